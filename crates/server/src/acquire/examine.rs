//! Reads a complete file and what lies beside it. Blocks; writes nothing but objects nobody names yet.

use cineclub_db::artwork::ArtworkKind;
use cineclub_domain::id::RootId;
use cineclub_domain::job::Failure;
use cineclub_domain::language::Language;
use cineclub_domain::reason::Reason;
use cineclub_media as media;
use sha2::{Digest, Sha256};

use super::artwork::Stored;
use super::beside::Beside;
use super::claims::Claim;
use super::film::{Film, Refusal, read_film, refused};
use super::names::{self, Named};
use super::nfo::{About, Nfo};
use super::sidecars::{self, Level};
use crate::reasons;
use crate::storage::{self, Identity, ObjectStore, RelativePath, Roots, SourceFile};

/// How much of each end of a file its fingerprint covers, in bytes.
const FINGERPRINT_BYTES: u64 = 64 << 10;
/// Everything an ingest learned of a file.
#[derive(Debug, Clone)]
pub(super) struct Examined {
    pub(super) root: RootId,
    pub(super) path: String,
    pub(super) identity: Identity,
    pub(super) fingerprint: String,
    pub(super) named: Named,
    pub(super) film: Film,
    /// NFO files: whose, the language of a localised one, what it says.
    pub(super) texts: Vec<(Level, Option<Language>, Nfo)>,
    pub(super) pictures: Vec<(Level, ArtworkKind, Stored)>,
    pub(super) claim: Option<(Level, Claim)>,
    /// What was passed over, and why: for staff.
    pub(super) notes: Vec<Reason>,
}

impl Examined {
    /// The NFO files of a level, that in the service's language first.
    pub(super) fn texts_of(&self, level: Level) -> Vec<(Option<Language>, &Nfo)> {
        let about = |nfo: &Nfo| match level {
            Level::Series => nfo.about == About::Series,
            Level::Season => nfo.about == About::Season,
            Level::Own => matches!(nfo.about, About::Film | About::Episode),
        };
        let of_level = self
            .texts
            .iter()
            .filter(|(whose, _, nfo)| *whose == level && about(nfo));
        let mut texts: Vec<_> = of_level
            .map(|(_, language, nfo)| (language.clone(), nfo))
            .collect();
        texts.sort_by_key(|(language, _)| language.is_some());
        texts
    }
}

/// Where the bytes are and where made objects go.
pub(super) struct Places<'a> {
    pub(super) roots: &'a Roots,
    pub(super) store: &'a ObjectStore,
}

/// Reads the file at `path`, which was found complete with this size and time. `step` hears what is being done.
pub(super) fn examine(
    places: &Places<'_>,
    root: RootId,
    path: &str,
    complete: (u64, i64),
    step: &dyn Fn(u64, Reason),
) -> Result<Examined, Refusal> {
    let path =
        RelativePath::parse(path).map_err(|refused| Failure::Fail(reasons::of_path(refused)))?;
    let open = places.roots.open(root).map_err(unavailable)?;
    let source = open.open_file(&path).map_err(unavailable)?;
    let identity = source.identity();
    if !identity.is(complete.0, complete.1) {
        return Err(Failure::Fail(Reason::new("reason-changed-since")).into());
    }
    step(1, Reason::new("reason-step-film"));
    let mut film = read_film(&source, identity.size_bytes)?;
    let fingerprint = fingerprint(&source).map_err(refused)?;
    let named = names::read(path.as_str());
    let mut beside = Beside {
        open: &open,
        store: places.store,
        notes: Vec::new(),
    };
    let sidecars = sidecars::find(path.as_str(), &named, &mut |folder| beside.names(folder));
    step(2, Reason::new("reason-step-texts"));
    let texts = beside.texts(&sidecars);
    let claim = beside.claim(&sidecars);
    step(3, Reason::new("reason-step-pictures"));
    let pictures = beside.pictures(&sidecars)?;
    step(4, Reason::new("reason-step-subtitles"));
    let subtitles = beside.subtitles(&sidecars, &film)?;
    film.keep_texts(&source, places.store)?;
    film.tracks.extend(subtitles);
    if source.has_changed().unwrap_or(true) {
        return Err(Failure::Retry(Reason::new("reason-changed-while-read")).into());
    }
    let notes = beside.notes;
    Ok(Examined {
        root,
        path: path.to_string(),
        identity,
        fingerprint,
        named,
        film,
        texts,
        pictures,
        claim,
        notes,
    })
}

fn unavailable(error: storage::Error) -> Failure {
    tracing::info!(%error, "a file could not be opened");
    match error {
        storage::Error::UnknownRoot | storage::Error::NotAFile => {
            Failure::Fail(reasons::of_storage(&error))
        }
        // The scanner takes it as a new file when it is back.
        storage::Error::Gone => Failure::Fail(Reason::new("reason-gone-before-read")),
        other => Failure::Retry(reasons::of_storage(&other)),
    }
}

/// A digest over the size and both ends of the file, where every container keeps what tells contents apart.
fn fingerprint(source: &SourceFile) -> std::io::Result<String> {
    let size = source.identity().size_bytes;
    let mut digest = Sha256::new();
    digest.update(size.to_le_bytes());
    let part = size.min(FINGERPRINT_BYTES);
    let mut buffer = vec![0; usize::try_from(part).unwrap_or(0)];
    for offset in [0, size - part] {
        media::read_exact_at(source, offset, &mut buffer).map_err(std::io::Error::other)?;
        digest.update(&buffer);
    }
    Ok(storage::hex(&digest.finalize()))
}
