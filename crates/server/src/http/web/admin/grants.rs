//! `/admin/grants`: what may be shown, on whose permission; entering, changing and ending it.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use cineclub_db::search::search_key;
use cineclub_domain::grant::{Grant, Offer, Protection};
use cineclub_domain::id::GrantId;
use cineclub_domain::licence::Licence;
use cineclub_domain::time::Timestamp;
use cineclub_domain::title::TitleKind;
use serde::Deserialize;

use super::effects::{self, Effect};
use super::form::{Fields, FormView};
use super::grant_form::{self, Errors, Reading};
use super::history::{self, Line};
use super::studio::{self, Badge, Choice, Place, Studio};
use super::{claims, dates, plays, show, titles};
use crate::App;
use crate::catalogue::{Entry, Snapshot};
use crate::error::{Error, Kind, Result};
use crate::http::web::layout::{Flash, Visit, after};
use crate::http::web::translations::T;
use crate::rights;

/// Titles offered to tick besides those ticked.
const PICKS: usize = 60;
/// Titles a row of the list names.
const NAMED: usize = 3;
/// Heights a grant is commonly limited to, in lines.
const HEIGHTS: [u32; 5] = [2_160, 1_440, 1_080, 720, 480];
/// Zones offered; any other can be typed.
const ZONES: [&str; 14] = [
    "Europe/Paris",
    "Europe/Brussels",
    "Europe/Zurich",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Madrid",
    "Europe/Rome",
    "America/New_York",
    "America/Montreal",
    "America/Los_Angeles",
    "Africa/Dakar",
    "Indian/Reunion",
    "Pacific/Tahiti",
    "UTC",
];

#[derive(Template)]
#[template(path = "admin/grants.html")]
struct GrantsPage {
    page: Studio,
    grants: Vec<Row>,
}

struct Row {
    href: String,
    reference: String,
    licensor: String,
    licence: String,
    state: Badge,
    titles: String,
    offers: String,
    territories: String,
    until: String,
}

#[derive(Template)]
#[template(path = "admin/grant.html")]
struct GrantPage {
    page: Studio,
    state: Option<Badge>,
    over: bool,
    action: String,
    stood: String,
    from_claim: bool,
    f: FormView,
    licensors: Vec<String>,
    picks: Vec<Pick>,
    more_picks: bool,
    offers: Vec<Choice>,
    end_rules: Vec<Choice>,
    zones: Vec<&'static str>,
    heights: Vec<Choice>,
    protections: Vec<Choice>,
    licences: Vec<Choice>,
    effects: Vec<Effect>,
    end: Option<EndView>,
    log: Vec<Line>,
}

struct Pick {
    slug: String,
    name: String,
    meta: String,
    chosen: bool,
}

struct EndView {
    action: String,
    text: String,
    question: String,
}

/// What the editor is opened with.
#[derive(Deserialize)]
pub struct Opening {
    /// The title to attach a grant to, by its name in addresses.
    title: Option<String>,
}

/// What the editor shows besides the fields.
#[derive(Default)]
struct Editing<'e> {
    before: Option<&'e Grant>,
    id: Option<GrantId>,
    from_claim: bool,
    effects: Vec<Effect>,
}

/// `GET /admin/grants`
///
/// # Errors
/// When the catalogue can't be read.
pub async fn list(State(app): State<App>, visit: Visit) -> Result<Response> {
    let snapshot = app.catalogue().current(&app).await?;
    let page = Studio::new(&app, &visit, Place::Grants, visit.t.get("admin-grants"))?;
    let now = app.now();
    let mut grants: Vec<_> = rights::grants::list(&app).await?;
    // What is in force comes before what is over.
    grants.sort_by_key(|grant| grant.end().is_some_and(|end| end <= now));
    let grants = grants.iter().map(|grant| row(&page, &snapshot, grant, now)).collect();
    studio::page(&GrantsPage { page, grants })
}

/// `GET /admin/grants/new`
///
/// # Errors
/// When the catalogue can't be read.
pub async fn blank(State(app): State<App>, visit: Visit, Query(opening): Query<Opening>) -> Result<Response> {
    let snapshot = app.catalogue().current(&app).await?;
    let entry = opening.title.as_deref().and_then(|slug| snapshot.by_slug(slug));
    let claim = match entry {
        Some(entry) => claims::of(&app, entry.title.id).await?,
        None => None,
    };
    let mut fields = match &claim {
        Some(claim) => claims::fields(claim),
        None => Fields::of([("licence", Licence::Contract.as_str()), ("offer", Offer::Subscription.as_str())]),
    };
    fields.add("end_rule", "open");
    fields.add("zone", &app.config().service.zone);
    fields.add("seen", &dates::field(app.now(), &zone(&app)));
    if let Some(entry) = entry {
        fields.add("title", &entry.title.slug);
    }
    let editing = Editing { from_claim: claim.is_some(), ..Editing::default() };
    studio::page(&view(&app, &visit, &snapshot, FormView::new(fields), editing).await?)
}

/// `POST /admin/grants`
///
/// # Errors
/// When the catalogue can't be read or written.
pub async fn create(State(app): State<App>, visit: Visit, fields: Fields) -> Result<Response> {
    // The form carries the id of the grant it makes, so that sending it twice makes one.
    let id = fields.get("stood").parse().unwrap_or_else(|_| GrantId::new(app.now(), app.entropy()));
    match rights::grants::get(&app, id).await {
        Ok(_) => return Ok(after(&format!("/admin/grants/{id}"), Flash::good("admin-done-grant"))),
        Err(error) if error.kind == Kind::NotFound => {}
        Err(error) => return Err(error),
    }
    act(&app, &visit, fields, None, id).await
}

/// `GET /admin/grants/{id}`
///
/// # Errors
/// When there is no such grant.
pub async fn show(State(app): State<App>, visit: Visit, Path(id): Path<String>) -> Result<Response> {
    let snapshot = app.catalogue().current(&app).await?;
    let grant = rights::grants::get(&app, parse(&id)?).await?;
    let slugs = grant.titles.iter().filter_map(|id| snapshot.title(*id)).map(|entry| entry.title.slug.clone());
    let form = FormView::new(grant_form::fields(&grant, slugs));
    let effects = effects::of(&visit.t, &snapshot, &grant, titles::everyone(&app), app.now());
    let editing = Editing { before: Some(&grant), effects, ..Editing::default() };
    studio::page(&view(&app, &visit, &snapshot, form, editing).await?)
}

/// `POST /admin/grants/{id}`
///
/// # Errors
/// When there is no such grant.
pub async fn change(State(app): State<App>, visit: Visit, Path(id): Path<String>, fields: Fields) -> Result<Response> {
    let grant = rights::grants::get(&app, parse(&id)?).await?;
    let id = grant.id;
    act(&app, &visit, fields, Some(grant), id).await
}

/// `POST /admin/grants/{id}/end`
///
/// # Errors
/// When there is no such grant.
pub async fn end(State(app): State<App>, visit: Visit, Path(id): Path<String>) -> Result<Response> {
    let grant = rights::grants::get(&app, parse(&id)?).await?;
    let back = format!("/admin/grants/{}", grant.id);
    if grant.ended_at.is_some() {
        return Ok(after(&back, Flash::warn("admin-done-end-already")));
    }
    rights::grants::end(&app, visit.member()?.account.id, grant.id).await?;
    Ok(after(&back, Flash::good("admin-done-end")))
}

/// Does what the pressed button says: looks for titles, shows what would change, or saves.
async fn act(app: &App, visit: &Visit, fields: Fields, before: Option<Grant>, id: GrantId) -> Result<Response> {
    let snapshot = app.catalogue().current(app).await?;
    let editing = Editing { before: before.as_ref(), id: Some(id), ..Editing::default() };
    if fields.get("do") == "find" {
        return studio::page(&view(app, visit, &snapshot, FormView::new(fields), editing).await?);
    }
    let reading = Reading { t: &visit.t, id, before: before.as_ref(), now: app.now() };
    let title = |slug: &str| snapshot.by_slug(slug).map(|entry| entry.title.id);
    let read = match (&before, stale(&fields, before.as_ref())) {
        (Some(_), true) => Err(vec![("form", visit.t.get("admin-error-stale"))]),
        _ => grant_form::read(&fields, &reading, title),
    };
    match read {
        Err(errors) => refuse(app, visit, &snapshot, fields, editing, errors).await,
        Ok(grant) if fields.get("do") != "save" => {
            let effects = effects::of(&visit.t, &snapshot, &grant, titles::everyone(app), app.now());
            let editing = Editing { effects, ..editing };
            studio::page(&view(app, visit, &snapshot, FormView::new(fields), editing).await?)
        }
        Ok(grant) => match save(app, visit, &grant, before.is_some()).await {
            Ok(()) => Ok(after(&format!("/admin/grants/{id}"), Flash::good("admin-done-grant"))),
            Err(error) => {
                let errors = vec![("form", studio::sentence(&visit.t, error)?)];
                refuse(app, visit, &snapshot, fields, editing, errors).await
            }
        },
    }
}

async fn save(app: &App, visit: &Visit, grant: &Grant, exists: bool) -> Result<()> {
    let actor = visit.member()?.account.id;
    if exists {
        rights::grants::change(app, actor, grant).await
    } else {
        rights::grants::enter(app, Some(actor), grant).await
    }
}

async fn refuse(
    app: &App,
    visit: &Visit,
    snapshot: &Snapshot,
    fields: Fields,
    editing: Editing<'_>,
    errors: Errors,
) -> Result<Response> {
    let view = view(app, visit, snapshot, FormView::refused(fields, errors), editing).await?;
    studio::page_with(StatusCode::UNPROCESSABLE_ENTITY, &view)
}

/// Whether the grant has changed since the form was made of it.
fn stale(fields: &Fields, before: Option<&Grant>) -> bool {
    before.is_some_and(|before| fields.get("stood") != mark(before))
}

fn mark(grant: &Grant) -> String {
    crate::accounts::digest(&format!("{grant:?}"))
}

fn parse(id: &str) -> Result<GrantId> {
    id.parse().map_err(|_| Error::not_found())
}

fn zone(app: &App) -> jiff::tz::TimeZone {
    jiff::tz::TimeZone::get(&app.config().service.zone).unwrap_or(jiff::tz::TimeZone::UTC)
}

async fn view(
    app: &App,
    visit: &Visit,
    snapshot: &Snapshot,
    f: FormView,
    editing: Editing<'_>,
) -> Result<GrantPage> {
    let (t, now) = (&visit.t, app.now());
    let before = editing.before;
    let title = match before {
        Some(grant) => t.one("admin-grant-named", "reference", show::reference(grant)),
        None => t.get("admin-new-grant"),
    };
    let page = Studio::new(app, visit, Place::Grants, title)?;
    let (picks, more_picks) = picks(t, snapshot, &f);
    let running = match before {
        Some(grant) => plays::on_grant(app, grant.id).await?,
        None => 0,
    };
    let log = match before {
        Some(grant) => history::of(app, &page, snapshot, "grant", &grant.id.to_string()).await?,
        None => Vec::new(),
    };
    let over = before.is_some_and(|grant| grant.ended_at.is_some());
    Ok(GrantPage {
        state: before.map(|grant| show::grant_state(t, grant, now)),
        action: before.map_or_else(|| "/admin/grants".to_owned(), |grant| format!("/admin/grants/{}", grant.id)),
        stood: match (before, editing.id) {
            (Some(grant), _) => mark(grant),
            (None, id) => id.unwrap_or_else(|| GrantId::new(now, app.entropy())).to_string(),
        },
        from_claim: editing.from_claim,
        licensors: licensors(snapshot),
        offers: Offer::ALL
            .map(|offer| Choice { chosen: f.has("offer", offer.as_str()), ..Choice::of(offer.as_str(), show::offer(t, offer), "") })
            .to_vec(),
        end_rules: end_rules(t, f.value("end_rule")),
        zones: ZONES.to_vec(),
        heights: heights(t, f.value("max_height")),
        protections: Protection::ALL
            .map(|level| Choice::of(level.as_str(), show::protection(t, level), f.value("protection")))
            .to_vec(),
        licences: Licence::ALL
            .map(|licence| Choice::of(licence.as_str(), show::licence(t, licence), f.value("licence")))
            .to_vec(),
        effects: editing.effects,
        end: before.filter(|_| !over).map(|grant| EndView {
            action: format!("/admin/grants/{}/end", grant.id),
            text: t.two("admin-end-grant-text", "titles", grant.titles.len(), "plays", running),
            question: t.two("admin-end-grant-question", "reference", show::reference(grant), "plays", running),
        }),
        picks,
        more_picks,
        over,
        log,
        f,
        page,
    })
}

/// The titles to tick: those ticked first, then those that fit what is looked for.
fn picks(t: &T, snapshot: &Snapshot, f: &FormView) -> (Vec<Pick>, bool) {
    let words = search_key(f.value("find"));
    let words: Vec<_> = words.split(' ').filter(|word| !word.is_empty()).map(|word| format!(" {word}")).collect();
    let fits = |entry: &&Entry| {
        if words.is_empty() {
            return !matches!(entry.title.kind, TitleKind::Season | TitleKind::Episode);
        }
        entry.texts.iter().any(|text| {
            let key = search_key(&text.name);
            words.iter().all(|word| key.contains(word.as_str()))
        })
    };
    let is_ticked = |entry: &&Entry| f.has("title", &entry.title.slug);
    let mut picks: Vec<_> = f.values("title").filter_map(|slug| snapshot.by_slug(slug)).map(|e| pick(t, snapshot, e, true)).collect();
    let mut others = snapshot.all().filter(|entry| !is_ticked(entry)).filter(fits);
    picks.extend(others.by_ref().take(PICKS).map(|entry| pick(t, snapshot, entry, false)));
    (picks, others.next().is_some())
}

fn pick(t: &T, snapshot: &Snapshot, entry: &Entry, chosen: bool) -> Pick {
    let cell = titles::cell(t, snapshot, entry, &t.language().language());
    Pick { slug: entry.title.slug.clone(), name: cell.name, meta: cell.sub, chosen }
}

fn licensors(snapshot: &Snapshot) -> Vec<String> {
    let mut names: Vec<_> = snapshot.grants.iter().map(|grant| grant.licensor.clone()).collect();
    names.sort();
    names.dedup();
    names
}

fn end_rules(t: &T, current: &str) -> Vec<Choice> {
    [("through", "admin-end-through"), ("until", "admin-end-until"), ("open", "admin-end-open")]
        .map(|(value, key)| Choice::of(value, t.get(key), current))
        .to_vec()
}

fn heights(t: &T, current: &str) -> Vec<Choice> {
    let mut choices = vec![Choice::of("", t.get("admin-no-limit"), current)];
    choices.extend(HEIGHTS.map(|height| Choice::of(height.to_string(), format!("{height}p"), current)));
    if !choices.iter().any(|choice| choice.chosen) {
        choices.push(Choice::of(current, current, current));
    }
    choices
}

fn row(page: &Studio, snapshot: &Snapshot, grant: &Grant, now: Timestamp) -> Row {
    let t = &page.t;
    let language = t.language().language();
    let names: Vec<_> = grant
        .titles
        .iter()
        .take(NAMED)
        .filter_map(|id| snapshot.title(*id))
        .map(|entry| titles::name(t, snapshot, entry, &language))
        .collect();
    let names = names.join(", ");
    Row {
        href: format!("/admin/grants/{}", grant.id),
        reference: show::reference(grant),
        licensor: grant.licensor.clone(),
        licence: show::licence(t, grant.licence),
        state: show::grant_state(t, grant, now),
        titles: match grant.titles.len().saturating_sub(NAMED) {
            0 => names,
            more => t.two("admin-and-more", "names", names, "n", more),
        },
        offers: grant.offers.iter().map(|offer| show::offer(t, *offer)).collect::<Vec<_>>().join(", "),
        territories: show::territories(t, &grant.territories),
        until: show::until(t, &page.zone, grant),
    }
}
