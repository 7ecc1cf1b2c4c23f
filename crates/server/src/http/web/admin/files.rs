//! The files of a folder, as its page shows them: what became of each, and what somebody can do about it.

use cineclub_domain::id::FolderId;
use cineclub_domain::time::Timestamp;

use super::studio::{Act, Badge, Mood, Progress};
use super::{show, titles};
use crate::acquire::{FileState, FileView, Question};
use crate::catalogue::Snapshot;
use crate::http::session::escape_query;
use crate::reasons;
use crate::translations::T;

/// A file of a folder, as its page shows it.
pub struct FileRow {
    /// Its path below the folder.
    pub path: String,
    /// Where its title is.
    pub href: Option<String>,
    /// Why it stands so, or which title it is.
    pub reason: String,
    /// What somebody can do about it.
    pub acts: Vec<Act>,
    /// What became of it.
    pub state: Badge,
    /// How far it is being read.
    pub progress: Option<Progress>,
    /// Of a file that is arriving: since when it lies still.
    pub still: String,
    /// Its size.
    pub size: String,
}

/// What needs somebody, and what is under way, comes before what is done.
pub fn urgency(file: &FileView) -> u8 {
    match file.state {
        FileState::Ready if is_in_part(file) => 2,
        FileState::Reading => 0,
        FileState::Arriving | FileState::Queued => 1,
        FileState::Refused | FileState::Damaged => 2,
        FileState::Waiting | FileState::Missing => 3,
        FileState::Ready => 4,
    }
}

/// Whether some of the film is missing.
fn is_in_part(file: &FileView) -> bool {
    file.reason.as_ref().is_some_and(reasons::is_of_damage)
}

/// A file of `folder` as its page shows it.
pub fn row(
    t: &T,
    snapshot: &Snapshot,
    folder: FolderId,
    file: &FileView,
    now: Timestamp,
) -> FileRow {
    let is_in_part = is_in_part(file);
    let (mood, key) = match file.state {
        FileState::Ready if is_in_part => (Mood::Warn, "admin-ready-in-part"),
        FileState::Arriving => (Mood::Live, "admin-arriving"),
        FileState::Queued => (Mood::Plain, "admin-queued"),
        FileState::Reading => (Mood::Live, "admin-reading"),
        FileState::Ready => (Mood::Good, "admin-ready"),
        FileState::Waiting => (Mood::Warn, "admin-waiting"),
        FileState::Damaged => (Mood::Bad, "admin-damaged"),
        FileState::Missing => (Mood::Bad, "admin-missing"),
        FileState::Refused => (Mood::Bad, "admin-refused"),
    };
    let entry = file.title.and_then(|title| snapshot.title(title));
    let language = t.language().language();
    let of = entry.map(|entry| titles::name(t, snapshot, entry, &language));
    let told = file.reason.as_ref().map(|reason| t.reason(reason));
    let reason = match file.state {
        FileState::Ready if !is_in_part => of.or(told),
        FileState::Missing if told.is_none() => Some(t.get("admin-disk-away")),
        _ => told.or(of),
    };
    FileRow {
        path: file.path.clone(),
        href: entry.map(|entry| format!("/admin/titles/{}", escape_query(&entry.title.slug))),
        reason: reason.unwrap_or_default(),
        acts: acts(t, snapshot, folder, file),
        state: Badge::new(mood, t.get(key)),
        // What it is doing stands below the file's name.
        progress: (file.state == FileState::Reading).then(|| Progress::of(t, file.steps, "")),
        still: file
            .since
            .filter(|_| file.state == FileState::Arriving)
            .map(|since| t.one("admin-still-since", "ago", show::ago(t, since, now)))
            .unwrap_or_default(),
        size: t.size(file.size_bytes),
    }
}

/// What somebody can do about a file.
fn acts(t: &T, snapshot: &Snapshot, folder: FolderId, file: &FileView) -> Vec<Act> {
    let attach = file
        .asks
        .and_then(|question| attach_acts(t, snapshot, question));
    match attach {
        Some(acts) => acts.into(),
        None => retry_act(t, folder, file).into_iter().collect(),
    }
}

/// Its use as the film, and as another size of it.
fn attach_acts(t: &T, snapshot: &Snapshot, question: Question) -> Option<[Act; 2]> {
    let entry = snapshot.title(question.title)?;
    let name = titles::name(t, snapshot, entry, &t.language().language());
    let yes = t.one("admin-use-file", "title", &name);
    let act = Act::new(
        format!("/admin/assets/{}/attach", question.asset),
        yes.clone(),
    );
    let asked = t.one("admin-use-file-question", "title", &name);
    let size = Act::new(
        format!("/admin/assets/{}/size", question.asset),
        t.get("admin-use-size"),
    );
    let size_asked = t.one("admin-use-size-question", "title", &name);
    Some([
        act.after_asking(asked, yes, t.get("admin-leave-it")),
        size.after_asking(size_asked, t.get("admin-use-size"), t.get("admin-leave-it")),
    ])
}

/// Trying a file again: only one that was refused has a job for that.
fn retry_act(t: &T, folder: FolderId, file: &FileView) -> Option<Act> {
    let job = file.job.filter(|_| file.state == FileState::Refused)?;
    let action = format!("/admin/folders/{folder}/retry/{job}");
    Some(Act::new(action, t.get("admin-retry")))
}
