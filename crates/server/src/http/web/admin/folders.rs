//! `/admin/folders`: where films come from, what became of each file, and sending one by hand.

use askama::Template;
use axum::Json;
use axum::body::Body;
use axum::extract::{Multipart, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cineclub_db::folders::FolderState;
use cineclub_domain::id::FolderId;
use cineclub_domain::reason::Reason;
use serde::Serialize;

use super::files::{self, FileRow};
use super::form::{Fields, FormView};
use super::jobs;
use super::studio::{self, Act, Badge, Mood, Place, Studio};
use crate::App;
use crate::acquire::{self, Attachment, FileView, FolderReport, FolderView, Vanished};
use crate::error::{Error, Kind, Result};
use crate::http::session::escape_query;
use crate::http::web::layout::{Flash, Visit, after};
use crate::translations::T;

/// Files of a folder on its page; further ones are counted.
const SHOWN: usize = 500;

#[derive(Template)]
#[template(path = "admin/folders.html")]
struct FoldersPage {
    page: Studio,
    folders: Vec<Row>,
    any_absent: bool,
    f: FormView,
}

struct Row {
    href: String,
    name: String,
    path: String,
    reason: String,
    state: Badge,
    scan: Act,
}

#[derive(Template)]
#[template(path = "admin/folder.html")]
struct FolderPage {
    page: Studio,
    path: String,
    live: String,
    upload: Option<String>,
    state: Badge,
    reason: String,
    gone: Option<Act>,
    counted: String,
    files: Vec<FileRow>,
    cut: Option<String>,
    scan: Act,
    remove: Act,
}

#[derive(Template)]
#[template(path = "admin/folder_live.html")]
struct FolderLive {
    page: Studio,
    state: Badge,
    reason: String,
    gone: Option<Act>,
    counted: String,
    files: Vec<FileRow>,
    cut: Option<String>,
}

/// The sentence the page's script shows when a file has arrived.
#[derive(Serialize)]
struct Arrived {
    detail: String,
}

/// `GET /admin/folders`
///
/// # Errors
/// When the database can't be read.
pub async fn list(State(app): State<App>, visit: Visit) -> Result<Response> {
    studio::page(&view(&app, &visit, FormView::default()).await?)
}

/// `POST /admin/folders`
///
/// # Errors
/// When the database can't be read or written.
pub async fn add(State(app): State<App>, visit: Visit, fields: Fields) -> Result<Response> {
    let added = match fields.text("path") {
        Some(path) => acquire::add_folder(&app, Some(visit.member()?.account.id), path).await,
        None => {
            Err(Error::new(Kind::BadInput, "Give the folder's path.").keyed("admin-error-path"))
        }
    };
    match added {
        Ok(folder) => Ok(after(
            &format!("/admin/folders/{}", folder.id),
            Flash::good("admin-done-folder").what(folder.name),
        )),
        Err(error) => {
            let errors = vec![("path", studio::sentence(&visit.t, error)?)];
            let view = view(&app, &visit, FormView::refused(fields, errors)).await?;
            studio::page_with(StatusCode::UNPROCESSABLE_ENTITY, &view)
        }
    }
}

/// `GET /admin/folders/{id}`
///
/// # Errors
/// When there is no such folder.
pub async fn show(
    State(app): State<App>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response> {
    let live = report(&app, &visit, parse(&id)?).await?;
    let (t, id, folder) = (&visit.t, live.0.folder.id, live.0.folder);
    let FolderLive {
        page,
        state,
        reason,
        gone,
        counted,
        files,
        cut,
    } = live.1;
    studio::page(&FolderPage {
        live: format!("/admin/folders/{id}/live"),
        upload: (!folder.is_in_bucket).then(|| format!("/admin/folders/{id}/files")),
        scan: scan_act(t, id),
        remove: Act::new(
            format!("/admin/folders/{id}/remove"),
            t.get("admin-remove-folder-yes"),
        )
        .taking_away()
        .after_asking(
            t.one("admin-remove-folder-question", "name", &folder.name),
            t.get("admin-remove-folder-yes"),
            t.get("admin-leave-it"),
        ),
        path: folder.path,
        page,
        state,
        reason,
        gone,
        counted,
        files,
        cut,
    })
}

/// `GET /admin/folders/{id}/live`: what the page's script puts in place of the list of files.
///
/// # Errors
/// When there is no such folder.
pub async fn live(
    State(app): State<App>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response> {
    studio::page(&report(&app, &visit, parse(&id)?).await?.1)
}

/// `POST /admin/folders/{id}/scan`
///
/// # Errors
/// When there is no such folder.
pub async fn scan(State(app): State<App>, Path(id): Path<String>) -> Result<Response> {
    let id = parse(&id)?;
    acquire::rescan_now(&app, id).await?;
    Ok(after(
        &format!("/admin/folders/{id}"),
        Flash::good("admin-done-scan"),
    ))
}

/// `POST /admin/folders/{id}/gone/{n}`: so many films, and no more, are really gone.
///
/// # Errors
/// When there is no such folder, or more films are gone by now.
pub async fn gone(
    State(app): State<App>,
    visit: Visit,
    Path((id, gone)): Path<(String, String)>,
) -> Result<Response> {
    let (id, gone) = (parse(&id)?, gone.parse().map_err(|_| Error::not_found())?);
    acquire::concede(&app, visit.member()?.account.id, id, gone).await?;
    Ok(after(
        &format!("/admin/folders/{id}"),
        Flash::good("admin-done-gone"),
    ))
}

/// `POST /admin/assets/{id}/attach`: a file is the film that its name speaks of.
///
/// # Errors
/// When there is no such file, or it doesn't wait for this.
pub async fn attach(
    State(app): State<App>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response> {
    attach_as(&app, &visit, &id, Attachment::Film).await
}

/// `POST /admin/assets/{id}/size`: a file is another size of the film that its name speaks of.
///
/// # Errors
/// As [`attach`], and with the reason when players could not switch between the two.
pub async fn size(
    State(app): State<App>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response> {
    attach_as(&app, &visit, &id, Attachment::Size).await
}

async fn attach_as(app: &App, visit: &Visit, id: &str, how: Attachment) -> Result<Response> {
    let id = id.parse().map_err(|_| Error::not_found())?;
    let title = acquire::attach(app, visit.member()?.account.id, id, how).await?;
    let snapshot = app.catalogue().current(app).await?;
    let entry = snapshot.title(title).ok_or_else(Error::not_found)?;
    let done = match how {
        Attachment::Film => Flash::good("admin-done-attach"),
        Attachment::Size => Flash::good("admin-done-size"),
    };
    let page = format!("/admin/titles/{}", escape_query(&entry.title.slug));
    Ok(after(&page, done))
}

/// `POST /admin/folders/{id}/retry/{job}`: a file is tried again whose job failed or was stopped.
///
/// # Errors
/// When there is no such job.
pub async fn retry(
    State(app): State<App>,
    visit: Visit,
    Path((id, job)): Path<(String, String)>,
) -> Result<Response> {
    let job = job.parse().map_err(|_| Error::not_found())?;
    let done = crate::jobs::retry(&app, visit.member()?.account.id, job).await;
    jobs::retried(&format!("/admin/folders/{}", parse(&id)?), done)
}

/// `POST /admin/folders/{id}/remove`
///
/// # Errors
/// When there is no such folder.
pub async fn remove(
    State(app): State<App>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response> {
    acquire::remove_folder(&app, visit.member()?.account.id, parse(&id)?).await?;
    Ok(after("/admin/folders", Flash::good("admin-done-remove")))
}

/// `PUT /admin/folders/{id}/files/{name}`: a file as it is. The answer means that it is on the disk.
///
/// # Errors
/// With the sentence that the page's script shows.
pub async fn put(
    State(app): State<App>,
    visit: Visit,
    Path((id, name)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let declared = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse().ok());
    let stream = body.into_data_stream();
    let received = acquire::receive(&app, parse(&id)?, &name, declared, stream).await?;
    let size = visit.t.size(received.size_bytes);
    let detail = visit
        .t
        .two("admin-received", "name", received.name, "size", size);
    Ok((
        StatusCode::CREATED,
        [(header::CACHE_CONTROL, "no-store")],
        Json(Arrived { detail }),
    )
        .into_response())
}

/// `POST /admin/folders/{id}/files`: the same from a form, for browsers without script.
///
/// # Errors
/// When there is no such folder, or a file can't be kept.
pub async fn send(
    State(app): State<App>,
    Path(id): Path<String>,
    mut parts: Multipart,
) -> Result<Response> {
    let id = parse(&id)?;
    let mut sent = 0_usize;
    let broken = |error| acquire::broke_off().because(error);
    while let Some(part) = parts.next_field().await.map_err(broken)? {
        let name = part.file_name().unwrap_or_default().to_owned();
        if name.is_empty() {
            continue;
        }
        // The length of the whole form says nothing of one part; its closing boundary tells that it is whole.
        acquire::receive(&app, id, &name, None, part).await?;
        sent += 1;
    }
    let flash = if sent > 0 {
        Flash::good("admin-done-send")
    } else {
        Flash::warn("admin-done-send-none")
    };
    Ok(after(&format!("/admin/folders/{id}"), flash.what(sent)))
}

fn parse(id: &str) -> Result<FolderId> {
    id.parse().map_err(|_| Error::not_found())
}

async fn view(app: &App, visit: &Visit, f: FormView) -> Result<FoldersPage> {
    let page = Studio::new(app, visit, Place::Folders, visit.t.get("admin-folders"))?;
    let found = acquire::list_folders(app).await?;
    Ok(FoldersPage {
        any_absent: found
            .iter()
            .any(|folder| folder.state == FolderState::Absent),
        folders: found
            .into_iter()
            .map(|folder| row(&visit.t, folder))
            .collect(),
        page,
        f,
    })
}

fn row(t: &T, folder: FolderView) -> Row {
    Row {
        href: format!("/admin/folders/{}", folder.id),
        state: folder_state(t, folder.state),
        scan: scan_act(t, folder.id),
        name: folder.name,
        path: folder.path,
        reason: reason(t, folder.reason.as_ref()),
    }
}

fn scan_act(t: &T, id: FolderId) -> Act {
    Act::new(format!("/admin/folders/{id}/scan"), t.get("admin-look-now"))
}

fn reason(t: &T, reason: Option<&Reason>) -> String {
    reason.map_or_else(String::new, |reason| t.reason(reason))
}

fn gone_act(t: &T, folder: &FolderView) -> Option<Act> {
    let gone = Vanished::in_reason(folder.reason.as_ref()?)?.gone;
    let (yes, no) = (t.get("admin-gone-yes"), t.get("admin-leave-it"));
    let act = Act::new(
        format!("/admin/folders/{}/gone/{gone}", folder.id),
        yes.clone(),
    );
    let asked = t.one("admin-gone-question", "gone", gone);
    Some(act.taking_away().after_asking(asked, yes, no))
}

fn folder_state(t: &T, state: FolderState) -> Badge {
    match state {
        FolderState::Watching => Badge::new(Mood::Good, t.get("admin-watching")),
        FolderState::Absent => Badge::new(Mood::Bad, t.get("admin-absent")),
    }
}

async fn report(app: &App, visit: &Visit, id: FolderId) -> Result<(FolderReport, FolderLive)> {
    let report = acquire::folder_report(app, id).await?;
    let snapshot = app.catalogue().current(app).await?;
    let t = &visit.t;
    let page = Studio::new(app, visit, Place::Folders, report.folder.name.clone())?;
    let mut shown: Vec<&FileView> = report.files.iter().collect();
    shown.sort_by_key(|file| files::urgency(file));
    let live = FolderLive {
        state: folder_state(t, report.folder.state),
        reason: reason(t, report.folder.reason.as_ref()),
        gone: gone_act(t, &report.folder),
        counted: t.one("admin-n-files", "n", report.files.len()),
        files: shown
            .iter()
            .take(SHOWN)
            .map(|file| files::row(t, &snapshot, id, file, app.now()))
            .collect(),
        cut: report
            .files
            .len()
            .checked_sub(SHOWN)
            .filter(|more| *more > 0)
            .map(|more| t.one("admin-n-more-files", "n", more)),
        page,
    };
    Ok((report, live))
}
