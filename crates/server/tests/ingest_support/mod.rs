//! A server with a watch folder for one test: real files, real clock, the scanner and the worker running.

#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    clippy::unwrap_used,
    reason = "test code; each test file uses a part of it"
)]

#[path = "../support/rights.rs"]
pub mod granted;
pub mod viewer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use cineclub_db::assets::{Asset, AssetState};
use cineclub_db::jobs::JobState;
use cineclub_db::revocations::{self, Kind, Revocation};
use cineclub_db::titles::{Title, TitleText};
use cineclub_domain::id::{AssetId, FolderId};
use cineclub_domain::reason::Reason;
use cineclub_server::acquire::{self, FileState, FileView};
use cineclub_server::app::Outside;
use cineclub_server::clock::{SystemClock, SystemEntropy};
use cineclub_server::config::Config;
use cineclub_server::translations::PageLanguage;
use cineclub_server::{App, jobs};

/// How long a test waits for something that must happen.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub struct Cinema {
    pub app: App,
    pub folder: FolderId,
    pub films: PathBuf,
    place: tempfile::TempDir,
    work: Vec<tokio::task::JoinHandle<()>>,
}

/// An opened server on a database, its data in `place`, that takes files soon after they lie still.
pub async fn open(place: &Path, database: &str) -> App {
    open_with(place, database, 200).await
}

pub async fn open_with(place: &Path, database: &str, settle_ms: u64) -> App {
    let mut config = Config::load(None, []).unwrap();
    config.data.folder = place.join("data");
    config.data.database = Some(database.to_owned());
    config.work.rescan_seconds = 1;
    config.work.settle_ms = settle_ms;
    let outside = Outside {
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        metrics: None,
    };
    App::open(config, outside).await.unwrap()
}

/// Starts the scanner, the worker, and the look for roots.
pub fn start(app: &App) -> Vec<tokio::task::JoinHandle<()>> {
    vec![
        tokio::spawn(acquire::attend(app.clone())),
        tokio::spawn(acquire::watch(app.clone())),
        tokio::spawn(jobs::run(app.clone())),
    ]
}

impl Cinema {
    pub async fn open(database: &str) -> Self {
        Self::patient(database, 200).await
    }

    /// One whose worker has not begun: [`Self::begin_work`] starts it.
    pub async fn idle(database: &str) -> Self {
        let mut cinema = Self::silent(database, 200).await;
        cinema
            .work
            .push(tokio::spawn(acquire::watch(cinema.app.clone())));
        cinema
    }

    pub fn begin_work(&mut self) {
        self.work.push(tokio::spawn(jobs::run(self.app.clone())));
    }

    pub async fn patient(database: &str, settle_ms: u64) -> Self {
        let mut cinema = Self::silent(database, settle_ms).await;
        cinema.work = start(&cinema.app);
        cinema
    }

    async fn silent(database: &str, settle_ms: u64) -> Self {
        let place = tempfile::tempdir().unwrap();
        let films = place.path().join("films");
        std::fs::create_dir(&films).unwrap();
        let app = open_with(place.path(), database, settle_ms).await;
        let folder = acquire::add_folder(&app, None, &films).await.unwrap().id;
        Self {
            app,
            folder,
            films,
            place,
            work: Vec::new(),
        }
    }

    pub async fn close(self) {
        self.app.shutdown().cancel();
        for task in self.work {
            task.await.unwrap();
        }
        self.app.db().close().await;
    }

    pub fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.films.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    pub async fn files(&self) -> Vec<FileView> {
        acquire::folder_report(&self.app, self.folder)
            .await
            .unwrap()
            .files
    }

    pub async fn file(&self, path: &str) -> Option<FileView> {
        self.files()
            .await
            .into_iter()
            .find(|file| file.path == path)
    }

    /// Waits until a file is in a state, and returns what is said of it.
    pub async fn wait_for(&self, path: &str, state: FileState) -> FileView {
        let mut last = None;
        for _ in 0..PATIENCE.as_millis() / 50 {
            last = self.file(path).await;
            if let Some(file) = last.as_ref().filter(|file| file.state == state) {
                return file.clone();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{path} never became {state:?}: {last:?}");
    }

    /// How often the plays of a file were revoked.
    pub async fn revoked(&self, asset: AssetId) -> usize {
        let all = self
            .app
            .db()
            .read(async |tx| revocations::after(tx, 0).await)
            .await
            .unwrap();
        let of_asset =
            |one: &&Revocation| one.kind == Kind::Asset && one.subject == asset.to_string();
        all.iter().filter(of_asset).count()
    }

    /// A reason in English; nothing if there is none.
    pub fn told(&self, reason: Option<&Reason>) -> String {
        let words = self.app.words(PageLanguage::En);
        reason.map_or_else(String::new, |reason| words.reason(reason))
    }

    pub async fn titles(&self) -> Vec<Title> {
        self.app
            .db()
            .read(async |tx| cineclub_db::titles::list(tx).await)
            .await
            .unwrap()
    }

    pub async fn title(&self, slug: &str) -> Title {
        let titles = self.titles().await;
        let title = titles.into_iter().find(|title| title.slug == slug);
        title.unwrap_or_else(|| panic!("there is no title {slug}"))
    }

    pub async fn texts(&self, slug: &str) -> Vec<TitleText> {
        let id = self.title(slug).await.id;
        self.app
            .db()
            .read(async |tx| cineclub_db::titles::texts_of(tx, id).await)
            .await
            .unwrap()
    }

    pub async fn assets(&self) -> Vec<Asset> {
        self.app
            .db()
            .read(async |tx| cineclub_db::assets::list(tx).await)
            .await
            .unwrap()
    }

    pub async fn asset(&self, path: &str) -> Asset {
        self.assets()
            .await
            .into_iter()
            .find(|asset| asset.path == path)
            .unwrap()
    }
}

/// Waits for something that must come.
pub async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let began = std::time::Instant::now();
    while !is_so().await {
        assert!(began.elapsed() < PATIENCE, "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Everything that would be wrong with a half-published title; empty when all is whole.
pub async fn half_published(app: &App) -> Vec<String> {
    let mut wrong = Vec::new();
    let titles = app
        .db()
        .read(async |tx| cineclub_db::titles::list(tx).await)
        .await
        .unwrap();
    let texts = app
        .db()
        .read(async |tx| cineclub_db::titles::texts(tx).await)
        .await
        .unwrap();
    let edits = app
        .db()
        .read(async |tx| cineclub_db::edits::list(tx).await)
        .await
        .unwrap();
    let assets = app
        .db()
        .read(async |tx| cineclub_db::assets::list(tx).await)
        .await
        .unwrap();
    let tracks = app
        .db()
        .read(async |tx| cineclub_db::tracks::list(tx).await)
        .await
        .unwrap();
    let artwork = app
        .db()
        .read(async |tx| cineclub_db::artwork::list(tx).await)
        .await
        .unwrap();
    for title in &titles {
        if !texts
            .iter()
            .any(|text| text.title == title.id && !text.name.is_empty())
        {
            wrong.push(format!("{} has no name", title.slug));
        }
        let of = edits.iter().find(|edit| edit.title == title.id);
        if title.kind.is_watched()
            && !assets
                .iter()
                .any(|asset| asset.edit == of.map(|edit| edit.id))
        {
            wrong.push(format!("{} has no file", title.slug));
        }
    }
    for asset in assets
        .iter()
        .filter(|asset| asset.state == AssetState::Ready)
    {
        let index = app
            .db()
            .read(async |tx| cineclub_db::assets::media_index(tx, asset.id).await)
            .await
            .unwrap();
        if index.is_none_or(|bytes| cineclub_media::Index::from_bytes(&bytes).is_err()) {
            wrong.push(format!("{} has no index", asset.path));
        }
        if !tracks.iter().any(|track| track.asset == asset.id) {
            wrong.push(format!("{} has no tracks", asset.path));
        }
    }
    let objects = artwork.iter().map(|picture| &picture.object);
    for object in objects.chain(tracks.iter().filter_map(|track| track.sidecar.as_ref())) {
        if app.store().read(object).is_err() {
            wrong.push(format!("object {object} is named but not there"));
        }
    }
    wrong
}

/// The jobs that have not ended.
pub async fn live_jobs(app: &App) -> usize {
    let rows = jobs::list(app, 0, 10_000).await.unwrap();
    rows.iter()
        .filter(|job| matches!(job.state, JobState::Queued | JobState::Running))
        .count()
}

/// A film no browser would refuse, different for each `n`.
pub fn film(n: u32) -> Vec<u8> {
    let mut film = cineclub_media::example_film();
    // A box that every reader passes over, so that each film has bytes of its own.
    film.extend_from_slice(&[0, 0, 0, 12]);
    film.extend_from_slice(b"free");
    film.extend_from_slice(&n.to_be_bytes());
    film
}

/// A picture, as a PNG.
pub fn picture(width: u32, height: u32) -> Vec<u8> {
    let picture = image::RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([(x % 256) as u8, (y % 256) as u8, 90])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}
