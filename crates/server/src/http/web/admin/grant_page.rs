//! The grant editor as a page: its fields, the titles to tick, and what saving would change.

use askama::Template;
use cineclub_db::search::search_key;
use cineclub_domain::grant::{Grant, Protection};
use cineclub_domain::id::GrantId;
use cineclub_domain::licence::Licence;
use cineclub_domain::offer::Offer;
use cineclub_domain::title::TitleKind;

use super::effects::Effect;
use super::form::FormView;
use super::history::{self, Line};
use super::studio::{Badge, Choice, Place, Studio};
use super::{plays, show, titles};
use crate::App;
use crate::catalogue::{Entry, Snapshot};
use crate::error::Result;
use crate::http::web::layout::Visit;
use crate::translations::T;

/// Titles offered to tick besides those ticked.
const PICKS: usize = 60;
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

/// The grant editor.
#[derive(Template)]
#[template(path = "admin/grant.html")]
pub struct GrantPage {
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

/// What the editor shows besides the fields.
#[derive(Default)]
pub struct Editing<'e> {
    /// The grant as it is, if it is changed and not new.
    pub before: Option<&'e Grant>,
    /// The id that a new grant will have, once a form has been sent.
    pub id: Option<GrantId>,
    /// Whether the fields were filled in from a claim.
    pub from_claim: bool,
    /// What saving would change.
    pub effects: Vec<Effect>,
}

/// A mark of a grant as it is, to tell whether it is still what a form was made of.
pub fn mark(grant: &Grant) -> String {
    crate::accounts::digest(&format!("{grant:?}"))
}

/// The editor with what was typed.
///
/// # Errors
/// When the database can't be read.
pub async fn view(
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
        action: before.map_or_else(
            || "/admin/grants".to_owned(),
            |grant| format!("/admin/grants/{}", grant.id),
        ),
        stood: match (before, editing.id) {
            (Some(grant), _) => mark(grant),
            (None, id) => id
                .unwrap_or_else(|| GrantId::new(now, app.entropy()))
                .to_string(),
        },
        from_claim: editing.from_claim,
        licensors: licensors(snapshot),
        offers: Offer::ALL
            .map(|offer| Choice {
                chosen: f.has("offer", offer.as_str()),
                ..Choice::of(offer.as_str(), show::offer(t, offer), "")
            })
            .to_vec(),
        end_rules: end_rules(t, f.value("end_rule")),
        zones: ZONES.to_vec(),
        heights: heights(t, f.value("max_height")),
        protections: Protection::ALL
            .map(|level| {
                Choice::of(
                    level.as_str(),
                    show::protection(t, level),
                    f.value("protection"),
                )
            })
            .to_vec(),
        licences: Licence::ALL
            .map(|licence| {
                Choice::of(
                    licence.as_str(),
                    show::licence(t, licence),
                    f.value("licence"),
                )
            })
            .to_vec(),
        effects: editing.effects,
        end: before.filter(|_| !over).map(|grant| EndView {
            action: format!("/admin/grants/{}/end", grant.id),
            text: t.two(
                "admin-end-grant-text",
                "titles",
                grant.titles.len(),
                "plays",
                running,
            ),
            question: t.two(
                "admin-end-grant-question",
                "reference",
                show::reference(grant),
                "plays",
                running,
            ),
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
    let words: Vec<_> = words
        .split(' ')
        .filter(|word| !word.is_empty())
        .map(|word| format!(" {word}"))
        .collect();
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
    let mut picks: Vec<_> = f
        .values("title")
        .filter_map(|slug| snapshot.by_slug(slug))
        .map(|e| pick(t, snapshot, e, true))
        .collect();
    let mut others = snapshot
        .all()
        .filter(|entry| !is_ticked(entry))
        .filter(fits);
    picks.extend(
        others
            .by_ref()
            .take(PICKS)
            .map(|entry| pick(t, snapshot, entry, false)),
    );
    (picks, others.next().is_some())
}

fn pick(t: &T, snapshot: &Snapshot, entry: &Entry, chosen: bool) -> Pick {
    let cell = titles::cell(t, snapshot, entry, &t.language().language());
    Pick {
        slug: entry.title.slug.clone(),
        name: cell.name,
        meta: cell.sub,
        chosen,
    }
}

fn licensors(snapshot: &Snapshot) -> Vec<String> {
    let mut names: Vec<_> = snapshot
        .grants
        .iter()
        .map(|grant| grant.licensor.clone())
        .collect();
    names.sort();
    names.dedup();
    names
}

fn end_rules(t: &T, current: &str) -> Vec<Choice> {
    [
        ("through", "admin-end-through"),
        ("until", "admin-end-until"),
        ("open", "admin-end-open"),
    ]
    .map(|(value, key)| Choice::of(value, t.get(key), current))
    .to_vec()
}

fn heights(t: &T, current: &str) -> Vec<Choice> {
    let mut choices = vec![Choice::of("", t.get("admin-no-limit"), current)];
    choices.extend(
        HEIGHTS.map(|height| Choice::of(height.to_string(), format!("{height}p"), current)),
    );
    if !choices.iter().any(|choice| choice.chosen) {
        choices.push(Choice::of(current, current, current));
    }
    choices
}
