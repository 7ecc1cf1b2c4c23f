//! `/admin`: how things stand, and what wants somebody's attention.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use cineclub_db::assets::AssetState;
use cineclub_db::folders::FolderState;
use cineclub_domain::time::DAY_MS;
use cineclub_domain::title::TitleKind;

use super::history::{self, Line};
use super::standing::{Group, Standing};
use super::studio::{self, Place, Studio};
use super::{plays, titles};
use crate::App;
use crate::acquire;
use crate::catalogue::Snapshot;
use crate::error::Result;
use crate::http::web::layout::Visit;
use crate::http::web::site::legal::LegalPage;
use crate::jobs;
use crate::translations::T;

/// Days before the end of a grant from which the overview warns of it.
const WARN_DAYS: i64 = 30;

#[derive(Template)]
#[template(path = "admin/overview.html")]
struct Overview {
    page: Studio,
    alerts: Vec<Alert>,
    figures: Vec<Figure>,
    steps: Vec<Step>,
    log: Vec<Line>,
}

struct Alert {
    kind: &'static str,
    text: String,
    href: String,
    link: String,
}

struct Figure {
    value: String,
    label: String,
    href: Option<String>,
}

struct Step {
    href: &'static str,
    label: String,
}

/// `GET /admin`
///
/// # Errors
/// When the database can't be read.
pub async fn show(State(app): State<App>, visit: Visit) -> Result<Response> {
    let snapshot = app.catalogue().current(&app).await?;
    let page = Studio::new(&app, &visit, Place::Overview, visit.t.get("admin-overview"))?;
    let alerts = alerts(&app, &page, &snapshot).await?;
    let figures = figures(&app, &visit.t, &snapshot).await?;
    let steps = steps(&app, &page, &snapshot).await?;
    let log = if page.owner {
        history::in_short(&app, &page, &snapshot).await?
    } else {
        Vec::new()
    };
    studio::page(&Overview {
        page,
        alerts,
        figures,
        steps,
        log,
    })
}

async fn figures(app: &App, t: &T, snapshot: &Snapshot) -> Result<Vec<Figure>> {
    let is_work = |kind| matches!(kind, TitleKind::Film | TitleKind::Series);
    let of_works = || snapshot.all().filter(|entry| is_work(entry.title.kind));
    let works = of_works().count();
    // Counted as the list counts them that the figure leads to.
    let (everyone, now) = (titles::everyone(app), app.now());
    let visible = of_works()
        .filter(|entry| Standing::of(snapshot, entry, everyone, now).group() == Group::Shown)
        .count();
    let waiting = snapshot
        .all()
        .flat_map(|entry| &entry.assets)
        .filter(|file| matches!(file.asset.state, AssetState::Waiting | AssetState::Damaged))
        .count();
    let tally = jobs::tally(app).await?;
    let jobs = tally.running + tally.queued;
    let plays = plays::all(app).await?.len();
    let figure = |value: String, label: String, href: &str| Figure {
        value,
        label,
        href: Some(href.to_owned()),
    };
    Ok(vec![
        figure(
            works.to_string(),
            t.one("admin-figure-works", "n", works),
            "/admin/titles",
        ),
        figure(
            visible.to_string(),
            t.one("admin-figure-visible", "n", visible),
            "/admin/titles?state=shown",
        ),
        figure(
            waiting.to_string(),
            t.one("admin-figure-waiting", "n", waiting),
            "/admin/titles?state=waiting",
        ),
        figure(
            jobs.to_string(),
            t.one("admin-figure-jobs", "n", jobs),
            "/admin/jobs",
        ),
        figure(
            plays.to_string(),
            t.one("admin-figure-plays", "n", plays),
            "/admin/plays",
        ),
    ])
}

async fn alerts(app: &App, page: &Studio, snapshot: &Snapshot) -> Result<Vec<Alert>> {
    let (t, now) = (&page.t, app.now());
    let mut alerts = Vec::new();
    for folder in acquire::list_folders(app).await? {
        if folder.state == FolderState::Absent {
            alerts.push(Alert {
                kind: "bad",
                text: t.one("admin-alert-folder", "name", folder.name),
                href: format!("/admin/folders/{}", folder.id),
                link: t.get("admin-alert-look"),
            });
        }
    }
    let failed = jobs::tally(app).await?.failed;
    if failed > 0 {
        alerts.push(Alert {
            kind: "warn",
            text: t.one("admin-alert-jobs", "n", failed),
            href: "/admin/jobs".to_owned(),
            link: t.get("admin-alert-look"),
        });
    }
    let soon = now.plus_millis(WARN_DAYS * DAY_MS);
    let ending = snapshot
        .grants
        .iter()
        .filter(|grant| grant.end().is_some_and(|end| end > now && end <= soon))
        .count();
    if ending > 0 {
        alerts.push(Alert {
            kind: "warn",
            text: t.two("admin-alert-ending", "n", ending, "days", WARN_DAYS),
            href: if page.owner {
                "/admin/grants"
            } else {
                "/admin/titles"
            }
            .to_owned(),
            link: t.get("admin-alert-look"),
        });
    }
    Ok(alerts)
}

/// What a new service still lacks, in the order one would do it.
async fn steps(app: &App, page: &Studio, snapshot: &Snapshot) -> Result<Vec<Step>> {
    let t = &page.t;
    let mut steps = Vec::new();
    if acquire::list_folders(app).await?.is_empty() {
        steps.push(Step {
            href: "/admin/folders",
            label: t.get("admin-step-folder"),
        });
    }
    let has_ungranted = snapshot
        .all()
        .filter(|entry| entry.title.parent.is_none())
        .any(|entry| {
            !snapshot
                .grants
                .iter()
                .any(|grant| grant.names(&entry.lineage))
        });
    if has_ungranted && page.owner {
        steps.push(Step {
            href: "/admin/titles?state=no-grant",
            label: t.get("admin-step-grant"),
        });
    }
    if page.owner {
        let written = crate::legal::written(app).await?;
        if LegalPage::ALL
            .iter()
            .any(|legal| !written.iter().any(|own| own.page == legal.as_str()))
        {
            steps.push(Step {
                href: "/admin/pages",
                label: t.get("admin-step-pages"),
            });
        }
    }
    Ok(steps)
}
