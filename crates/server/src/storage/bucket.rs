//! A bucket of an object store, as far as films need it: listed by pages, read by ranges, never written to.
//!
//! **Invariant:** what a bucket is asked is bounded in time and in number, follows no redirect, and carries no secret.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::client::{HttpClient, HttpConnector};
use object_store::list::{PaginatedListOptions, PaginatedListStore};
use object_store::{BackoffConfig, ClientOptions, ListResult, RetryConfig};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

use super::{Absence, Error};
use crate::config::{self, CredentialsError};

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(5);
/// How long the store may stay silent while it answers.
const SILENCE: Duration = Duration::from_secs(10);
/// How often something is asked again, and until when.
const RETRIES: usize = 2;
const RETRY_UNTIL: Duration = Duration::from_secs(30);
/// A page of a listing may take so long in all, however it drips.
const PAGE: Duration = Duration::from_secs(60);
/// How many reads of a bucket go on at a time; others wait for so long.
const READS: usize = 64;
const PATIENCE: Duration = Duration::from_secs(10);
/// How many threads may wait for one bucket at a time: the pool they come from serves every disk.
const TURNS: usize = 16;
/// What of a bucket may be kept in memory for those who are about to want it, in kibibytes.
const KEPT_KIB: usize = 64 * 1024;
/// The most pages one listing is read to: of a thousand objects each.
const MAX_PAGES: usize = 10_000;

/// Why a list is not whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unlisted {
    /// There is more than is read.
    TooMany,
    /// It can't be read to its end: a key is no path, or the store goes round in circles.
    Broken,
}

/// The buckets of the configuration, by name.
#[derive(Debug, Clone, Default)]
pub struct Buckets(BTreeMap<String, Bucket>);

/// A bucket. Cloning gives another handle to the same one.
#[derive(Clone)]
pub(crate) struct Bucket(Arc<Inner>);

struct Inner {
    name: String,
    /// What it is, whatever it is called here.
    address: String,
    rescan: Duration,
    store: AmazonS3,
    reads: Semaphore,
    turns: Arc<Semaphore>,
    kept: Arc<Semaphore>,
}

/// Why a bucket can't be used at all.
#[derive(Debug, thiserror::Error)]
#[error("[buckets.{name}] {why}")]
pub struct BadBucket {
    name: String,
    why: BadBucketWhy,
}

#[derive(Debug, thiserror::Error)]
enum BadBucketWhy {
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    #[error("it can't be used as it is set: {0}")]
    Settings(#[from] object_store::Error),
}

impl Buckets {
    /// The buckets that the configuration names. Asks nothing of them yet.
    ///
    /// # Errors
    /// When a key can't be read.
    pub fn open(config: &BTreeMap<String, config::Bucket>) -> Result<Self, BadBucket> {
        let open = |(name, settings): (&String, &config::Bucket)| {
            let bucket = Bucket::open(name, settings).map_err(|why| BadBucket {
                name: name.clone(),
                why,
            })?;
            Ok((name.clone(), bucket))
        };
        config.iter().map(open).collect::<Result<_, _>>().map(Self)
    }

    /// What the configuration calls them.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Asks one whether it answers.
    ///
    /// # Errors
    /// [`Error::Offline`] if it doesn't.
    pub async fn ask(&self, name: &str) -> Result<(), Error> {
        let asked = match self.get(name) {
            Some(bucket) => bucket.ask().await,
            None => Err(Absence::UnknownBucket),
        };
        asked.map_err(|why| Error::Offline {
            path: format!("s3://{name}"),
            why,
        })
    }

    pub(super) fn get(&self, name: &str) -> Option<&Bucket> {
        self.0.get(name)
    }
}

impl Bucket {
    fn open(name: &str, settings: &config::Bucket) -> Result<Self, BadBucketWhy> {
        let bucket = settings.bucket.as_deref().unwrap_or(name);
        let endpoint = match settings.endpoint.split_once("://") {
            Some((scheme, host)) if settings.virtual_host => format!("{scheme}://{bucket}.{host}"),
            _ => settings.endpoint.clone(),
        };
        let mut builder = AmazonS3Builder::new()
            .with_endpoint(&endpoint)
            .with_virtual_hosted_style_request(settings.virtual_host)
            .with_region(&settings.region)
            .with_bucket_name(bucket)
            .with_http_connector(Connector)
            .with_retry(RetryConfig {
                backoff: BackoffConfig {
                    init_backoff: Duration::from_millis(100),
                    max_backoff: Duration::from_secs(2),
                    base: 2.0,
                },
                max_retries: RETRIES,
                retry_timeout: RETRY_UNTIL,
            });
        builder = match settings.credentials()? {
            Some(key) => builder
                .with_access_key_id(key.access_key_id)
                .with_secret_access_key(key.secret_access_key),
            // Without this a key would be looked for in the cloud's own places.
            None => builder.with_skip_signature(true),
        };
        Ok(Self(Arc::new(Inner {
            name: name.to_owned(),
            address: format!("{endpoint}/{bucket}"),
            rescan: Duration::from_secs(settings.rescan_seconds),
            store: builder.build()?,
            reads: Semaphore::new(READS),
            turns: Arc::new(Semaphore::new(TURNS)),
            kept: Arc::new(Semaphore::new(KEPT_KIB)),
        })))
    }

    pub(super) fn name(&self) -> &str {
        &self.0.name
    }

    /// What it is, whatever it is called here.
    pub(super) fn address(&self) -> &str {
        &self.0.address
    }

    /// How often what lies in it is looked at.
    pub(super) fn rescan(&self) -> Duration {
        self.0.rescan
    }

    pub(super) fn store(&self) -> &AmazonS3 {
        &self.0.store
    }

    /// A place among those who read from it, to be held while bytes are waited for.
    ///
    /// # Errors
    /// [`io::ErrorKind::TimedOut`] when others hold them all for too long.
    pub(super) async fn reading(&self) -> io::Result<SemaphorePermit<'_>> {
        let place = tokio::time::timeout(PATIENCE, self.0.reads.acquire()).await?;
        place.map_err(io::Error::other)
    }

    /// Leave to let a thread wait for the bucket.
    ///
    /// # Errors
    /// As [`Self::reading`].
    pub(super) async fn turn(&self) -> io::Result<OwnedSemaphorePermit> {
        let turns = Arc::clone(&self.0.turns);
        let turn = tokio::time::timeout(PATIENCE, turns.acquire_owned()).await?;
        turn.map_err(io::Error::other)
    }

    /// Room for so many of its bytes in memory, if there is any.
    pub(super) fn room(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        let kib = u32::try_from(bytes.div_ceil(1024)).ok()?;
        Arc::clone(&self.0.kept).try_acquire_many_owned(kib).ok()
    }

    /// Asks whether it answers.
    pub(super) async fn ask(&self) -> Result<(), Absence> {
        self.page("", false, Some(1), None).await.map(|_| ())
    }

    /// What lies below `prefix`, directly or at any depth, page by page until `each` says no; and why that was not all.
    pub(super) async fn list(
        &self,
        prefix: &str,
        is_deep: bool,
        mut each: impl FnMut(ListResult) -> bool,
    ) -> Result<Option<Unlisted>, Absence> {
        let mut token = None;
        for _ in 0..MAX_PAGES {
            let page = self.page(prefix, is_deep, None, token.clone()).await?;
            let Some((found, next)) = page else {
                return Ok(Some(Unlisted::Broken));
            };
            if !each(found) {
                return Ok(Some(Unlisted::TooMany));
            }
            match next {
                None => return Ok(None),
                // A store that goes round in circles is not followed.
                Some(next) if token.as_ref() == Some(&next) => return Ok(Some(Unlisted::Broken)),
                Some(next) => token = Some(next),
            }
        }
        Ok(Some(Unlisted::TooMany))
    }

    /// One page, and where the next one begins; nothing if it holds a key that is no path.
    async fn page(
        &self,
        prefix: &str,
        is_deep: bool,
        max_keys: Option<usize>,
        page_token: Option<String>,
    ) -> Result<Option<(ListResult, Option<String>)>, Absence> {
        let options = PaginatedListOptions {
            delimiter: (!is_deep).then_some("/".into()),
            max_keys,
            page_token,
            ..PaginatedListOptions::default()
        };
        let prefix = Some(prefix).filter(|prefix| !prefix.is_empty());
        let page = self.store().list_paginated(prefix, options);
        let page = tokio::time::timeout(PAGE, page).await;
        let page = page.map_err(|_| Absence::Unreadable(io::ErrorKind::TimedOut.into()))?;
        match page {
            Ok(page) => Ok(Some((page.result, page.page_token))),
            Err(object_store::Error::InvalidPath { source }) => {
                let bucket = self.name();
                tracing::warn!(bucket, error = %source, "an object has a key that is no path: what follows it is not seen");
                Ok(None)
            }
            Err(error) => Err(absence(&error)),
        }
    }
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Bucket").field(&self.0.name).finish()
    }
}

/// Makes connections that follow no redirect: the endpoint is the operator's word, where it points to is not.
#[derive(Debug)]
struct Connector;

impl HttpConnector for Connector {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .http1_only()
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .build();
        let refused = |error| object_store::Error::Generic {
            store: "S3",
            source: Box::new(error),
        };
        client.map(HttpClient::new).map_err(refused)
    }
}

/// Why a bucket can't be had, of what it or the network said.
pub(super) fn absence(error: &object_store::Error) -> Absence {
    let told = cause(error);
    match (error, status(&told)) {
        (object_store::Error::NotFound { .. }, _) | (_, Some(404)) => Absence::NoBucket,
        (_, Some(401 | 403)) => Absence::Refused,
        _ => Absence::Unanswered(told),
    }
}

/// The status in a cause: of a listing's, the client tells it in words alone.
fn status(told: &str) -> Option<u16> {
    let (_, status) = told.split_once("status code: ")?;
    status.get(..3)?.parse().ok()
}

/// The innermost cause, in one line. What a store says at length can hold what was signed, so it is left out.
pub(super) fn cause(error: &object_store::Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    let told = innermost.to_string();
    let line = told.split(['<', '\n']).next().unwrap_or_default();
    line.chars()
        .take(200)
        .collect::<String>()
        .trim_end_matches([':', ' '])
        .to_owned()
}
