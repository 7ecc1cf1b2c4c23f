//! Pages for staff: the catalogue, what may be shown, vouchers, folders, jobs, plays, pages and people.

pub mod claims;
pub mod dates;
pub mod effects;
pub mod files;
pub mod folders;
pub mod form;
pub mod grant_form;
pub mod grant_page;
pub mod grants;
pub mod history;
pub mod jobs;
pub mod overview;
pub mod pages;
pub mod people;
pub mod plays;
pub mod show;
pub mod standing;
pub mod studio;
pub mod title;
pub mod title_page;
pub mod titles;
pub mod vouchers;

use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;

use crate::error::{Error, Kind};
use crate::http::policy::{Policy, Routes};

/// The staff's routes. What a programmer may not enter answers them as if it weren't there.
pub fn routes(routes: Routes) -> Routes {
    owners(programmers(routes))
}

fn programmers(routes: Routes) -> Routes {
    let who = Policy::Programmer;
    routes
        .get("/admin", who, overview::show)
        .get("/admin/titles", who, titles::list)
        .get("/admin/titles/{slug}", who, title::show)
        .post("/admin/titles/{slug}/texts", who, title::save_text)
        .post("/admin/titles/{slug}/hold", who, title::hold)
        .post("/admin/titles/{slug}/holds/{hold}/lift", who, title::lift)
        .get("/admin/folders", who, folders::list)
        .post("/admin/folders", who, folders::add)
        .get("/admin/folders/{id}", who, folders::show)
        .get("/admin/folders/{id}/live", who, folders::live)
        .post("/admin/folders/{id}/scan", who, folders::scan)
        .post("/admin/folders/{id}/gone/{n}", who, folders::gone)
        .post("/admin/folders/{id}/retry/{job}", who, folders::retry)
        .post("/admin/folders/{id}/remove", who, folders::remove)
        .post("/admin/assets/{id}/attach", who, folders::attach)
        .post("/admin/assets/{id}/size", who, folders::size)
        // A film is larger than what forms are held to; the disk sets the limit.
        .post(
            "/admin/folders/{id}/files",
            who,
            folders::send.layer(DefaultBodyLimit::disable()),
        )
        .put(
            "/admin/folders/{id}/files/{name}",
            who,
            folders::put.layer(DefaultBodyLimit::disable()),
        )
        .get("/admin/jobs", who, jobs::list)
        .get("/admin/jobs/live", who, jobs::live)
        .post("/admin/jobs/{id}/retry", who, jobs::retry)
        .post("/admin/jobs/{id}/cancel", who, jobs::cancel)
        .post("/admin/jobs/{id}/dismiss", who, jobs::dismiss)
        .get("/admin/plays", who, plays::list)
        .get("/admin/plays/live", who, plays::live)
        .post("/admin/plays/{id}/stop", who, plays::stop)
}

fn owners(routes: Routes) -> Routes {
    let who = Policy::Owner;
    routes
        .get("/admin/grants", who, grants::list)
        .post("/admin/grants", who, grants::create)
        .get("/admin/grants/new", who, grants::blank)
        .get("/admin/grants/{id}", who, grants::show)
        .post("/admin/grants/{id}", who, grants::change)
        .post("/admin/grants/{id}/end", who, grants::end)
        .get("/admin/vouchers", who, vouchers::list)
        .post("/admin/vouchers", who, vouchers::create)
        .post("/admin/vouchers/{id}/stop", who, vouchers::stop)
        .get("/admin/pages", who, pages::list)
        .get("/admin/pages/{page}/{language}", who, pages::edit)
        // A legal text is longer than what forms are held to, and its escapes longer still.
        .post(
            "/admin/pages/{page}/{language}",
            who,
            pages::save.layer(DefaultBodyLimit::max(1 << 20)),
        )
        .get("/admin/people", who, people::list)
        .post("/admin/people/{id}/role", who, people::set_role)
        .post("/admin/people/{id}/close", who, people::close)
        .post("/admin/people/{id}/open", who, people::open)
        .get("/admin/events", who, history::show)
}

/// The answer to a form that was made of something that has changed since.
fn stale() -> Error {
    Error::new(
        Kind::Conflict,
        "Somebody changed this while you were writing. Look at it again before you save.",
    )
    .keyed("admin-error-stale")
}
