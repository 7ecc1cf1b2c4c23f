//! One title as a page: its texts, files, grants, holds and history.

use askama::Template;
use cineclub_db::artwork::ArtworkKind;
use cineclub_db::assets::AssetState;
use cineclub_domain::grant::Grant;
use cineclub_domain::hold::Hold;
use cineclub_domain::language::Language;
use cineclub_domain::reason::Reason;
use cineclub_domain::time::Timestamp;
use cineclub_domain::title::TrackKind;

use super::form::{Fields, FormView};
use super::history::{self, Line};
use super::standing::Standing;
use super::studio::{Act, Badge, Cell, Fact, Mood, Place, Studio};
use super::{claims, show, titles};
use crate::App;
use crate::acquire;
use crate::catalogue::{AssetEntry, Entry, Snapshot};
use crate::delivery;
use crate::error::{Error, Result};
use crate::http::web::art;
use crate::http::web::layout::Visit;
use crate::reasons;
use crate::translations::{PageLanguage, T};

/// One title.
#[derive(Template)]
#[template(path = "admin/title.html")]
pub struct TitlePage {
    /// What is around it.
    pub page: Studio,
    slug: String,
    crumbs: Vec<Crumb>,
    public: Option<String>,
    claim: Option<Vec<Fact>>,
    grants: Vec<GrantRow>,
    parts: Vec<Part>,
    files: Vec<FileRow>,
    any_waiting: bool,
    texts: Vec<TextForm>,
    log: Vec<Line>,
    poster: Option<String>,
    backdrop: Option<String>,
    sentence: String,
    state: Badge,
    facts: Vec<Fact>,
    holds: Vec<HoldView>,
    hold: FormView,
    hold_question: String,
}

struct Crumb {
    href: String,
    label: String,
}

/// A grant as tables show it.
struct GrantRow {
    /// Where it is changed.
    pub href: String,
    /// What it is called.
    pub reference: String,
    /// Who gives it.
    pub licensor: String,
    /// Whether it is in force.
    pub state: Badge,
    /// Where it holds.
    pub territories: String,
    /// Until when.
    pub until: String,
}

impl GrantRow {
    fn of(page: &Studio, grant: &Grant, now: Timestamp) -> Self {
        Self {
            href: format!("/admin/grants/{}", grant.id),
            reference: show::reference(grant),
            licensor: grant.licensor.clone(),
            state: show::grant_state(&page.t, grant, now),
            territories: show::territories(&page.t, &grant.territories),
            until: show::until(&page.t, &page.zone, grant),
        }
    }
}

struct Part {
    cell: Cell,
    state: Badge,
}

struct FileRow {
    path: String,
    edit: String,
    reason: String,
    state: Badge,
    picture: String,
    sound: String,
    subtitles: String,
    size: String,
}

struct HoldView {
    reason: String,
    when: String,
    lift: Option<Act>,
}

/// The words of a title in one language, as a form.
struct TextForm {
    language: &'static str,
    label: String,
    /// The words as they were when the form was made, so that nobody's change is undone unseen.
    stood: String,
    name: String,
    tagline: String,
    synopsis: String,
    error: Option<String>,
}

impl TextForm {
    fn id(&self, field: &str) -> String {
        format!("{field}-{}", self.language)
    }
}

/// What was typed on the page and refused.
#[derive(Default)]
pub struct Refused {
    /// The form that withdraws it.
    pub hold: FormView,
    /// The form of its words, and why they were refused.
    pub text: Option<(Fields, String)>,
}

/// The page, with what was typed and refused.
///
/// # Errors
/// When there is no such title.
pub async fn view(app: &App, visit: &Visit, slug: &str, refused: Refused) -> Result<TitlePage> {
    let snapshot = app.catalogue().current(app).await?;
    let entry = snapshot.by_slug(slug).ok_or_else(Error::not_found)?;
    let (t, now, audience) = (&visit.t, app.now(), titles::everyone(app));
    let language = t.language().language();
    let name = titles::name(t, &snapshot, entry, &language);
    let page = Studio::new(app, visit, Place::Titles, name.clone())?;
    let standing = Standing::of(&snapshot, entry, audience, now);
    let misfits = acquire::misfits(app, entry).await?;
    let mut files = Vec::with_capacity(entry.assets.len());
    for file in &entry.assets {
        let chapters = delivery::chapters_of(app, file.asset.id).await?;
        files.push(file_row(
            t,
            entry,
            file,
            (misfits.get(&file.asset.id), chapters),
        ));
    }
    Ok(TitlePage {
        crumbs: crumbs(t, &snapshot, entry, &language),
        public: matches!(standing, Standing::Shown(..)).then(|| format!("/title/{slug}")),
        claim: claims::of(app, entry.title.id)
            .await?
            .map(|claim| claims::facts(&page, &claim)),
        grants: grants(&page, &snapshot, entry, now),
        parts: snapshot
            .children(entry.title.id)
            .map(|child| Part {
                cell: titles::cell(t, &snapshot, child, &language),
                state: Standing::of(&snapshot, child, audience, now).badge(t, now),
            })
            .collect(),
        any_waiting: entry
            .assets
            .iter()
            .any(|file| file.asset.state == AssetState::Waiting),
        files,
        texts: texts(t, entry, &refused),
        log: history::of(app, &page, &snapshot, "title", &entry.title.id.to_string()).await?,
        poster: entry
            .art(ArtworkKind::Poster)
            .map(|picture| art::address(picture, 800)),
        backdrop: titles::wide(entry),
        sentence: standing.sentence(t, audience),
        state: standing.badge(t, now),
        facts: facts(t, entry),
        holds: held(&page, &snapshot, entry, now),
        hold_question: t.one("admin-withdraw-question", "title", &name),
        hold: refused.hold,
        slug: slug.to_owned(),
        page,
    })
}

fn crumbs(t: &T, snapshot: &Snapshot, entry: &Entry, language: &Language) -> Vec<Crumb> {
    let above = entry
        .lineage
        .iter()
        .skip(1)
        .filter_map(|id| snapshot.title(id));
    let mut crumbs: Vec<_> = above
        .map(|above| Crumb {
            href: format!("/admin/titles/{}", above.title.slug),
            label: titles::name(t, snapshot, above, language),
        })
        .collect();
    crumbs.push(Crumb {
        href: "/admin/titles".to_owned(),
        label: t.get("admin-titles"),
    });
    crumbs.reverse();
    crumbs
}

fn grants(page: &Studio, snapshot: &Snapshot, entry: &Entry, now: Timestamp) -> Vec<GrantRow> {
    let naming = snapshot
        .grants
        .iter()
        .filter(|grant| grant.names(&entry.lineage));
    naming.map(|grant| GrantRow::of(page, grant, now)).collect()
}

fn file_row(
    t: &T,
    entry: &Entry,
    file: &AssetEntry,
    (misfit, chapters): (Option<&Reason>, usize),
) -> FileRow {
    let tracks = |kind| file.tracks.iter().filter(move |track| track.kind == kind);
    let state = file.state_now();
    let told = misfit.or(file.asset.reason.as_ref());
    let (mood, key) = match state {
        AssetState::Ready if told.is_some_and(reasons::is_of_damage) => {
            (Mood::Warn, "admin-ready-in-part")
        }
        AssetState::Ready if misfit.is_some() => (Mood::Warn, "admin-not-offered"),
        AssetState::Ready => (Mood::Good, "admin-ready"),
        AssetState::Waiting => (Mood::Warn, "admin-waiting"),
        AssetState::Damaged => (Mood::Bad, "admin-damaged"),
        AssetState::Missing => (Mood::Bad, "admin-missing"),
    };
    let picture = tracks(TrackKind::Video).map(|track| match track.height {
        Some(height) => format!("{} {height}p", track.codec),
        None => track.codec.clone(),
    });
    let sound = tracks(TrackKind::Audio)
        .map(|track| format!("{} · {}", t.language_name(&track.language), track.codec));
    let edit = entry
        .edits
        .iter()
        .find(|edit| Some(edit.id) == file.asset.edit)
        .map(|edit| edit.name.clone());
    let length = file.asset.duration_ms.map(|length| t.length(length));
    let film = file.asset.rung_of.and_then(|film| {
        let mut files = entry.assets.iter();
        files.find(|other| other.asset.id == film)
    });
    let size = film.map(|film| t.one("admin-size-of", "path", &film.asset.path));
    let reason = told.map(|reason| t.reason(reason));
    FileRow {
        path: file.asset.path.clone(),
        edit: edit
            .into_iter()
            .filter(|name| !name.is_empty())
            .chain(length)
            .chain(size)
            .chain((chapters > 0).then(|| t.one("admin-chapters", "n", chapters)))
            .collect::<Vec<_>>()
            .join(" · "),
        reason: match state == file.asset.state {
            true => reason.unwrap_or_default(),
            false => t.get("admin-disk-away"),
        },
        state: Badge::new(mood, t.get(key)),
        picture: picture.collect::<Vec<_>>().join(", "),
        sound: sound.collect::<Vec<_>>().join(", "),
        subtitles: show::languages(t, tracks(TrackKind::Subtitle).map(|track| &track.language)),
        size: t.size(file.asset.size_bytes),
    }
}

fn texts(t: &T, entry: &Entry, refused: &Refused) -> Vec<TextForm> {
    PageLanguage::ALL
        .into_iter()
        .map(|language| {
            let tag = language.language();
            let typed = refused
                .text
                .as_ref()
                .filter(|(fields, _)| fields.get("language") == language.as_str());
            let known = entry.texts.iter().find(|text| text.language == tag);
            let words = match (typed, known) {
                (Some((fields, _)), _) => {
                    ["name", "tagline", "synopsis"].map(|field| fields.get(field).to_owned())
                }
                (None, Some(text)) => [
                    text.name.clone(),
                    text.tagline.clone(),
                    text.synopsis.clone(),
                ],
                (None, None) => Default::default(),
            };
            let [name, tagline, synopsis] = words;
            TextForm {
                language: language.as_str(),
                label: t.language_name(&tag),
                stood: stood(entry, &tag),
                name,
                tagline,
                synopsis,
                error: typed.map(|(_, sentence)| sentence.clone()),
            }
        })
        .collect()
}

/// A mark of a title's words in one language, to tell whether they are still those a form was made of.
pub fn stood(entry: &Entry, language: &Language) -> String {
    let known = entry.texts.iter().find(|text| text.language == *language);
    crate::accounts::digest(&format!("{known:?}"))
}

fn facts(t: &T, entry: &Entry) -> Vec<Fact> {
    let title = &entry.title;
    let mut facts = vec![
        Fact::new(t.get("admin-kind"), show::kind(t, title.kind)),
        Fact::new(t.get("admin-address"), format!("/title/{}", title.slug)),
        Fact::new(
            t.get("admin-original-language"),
            t.language_name(&title.original_language),
        ),
    ];
    facts.extend(
        title
            .year
            .map(|year| Fact::new(t.get("admin-year"), year.to_string())),
    );
    facts.extend(
        title
            .runtime_ms
            .map(|length| Fact::new(t.get("admin-length"), t.length(length))),
    );
    facts.extend(
        title
            .rating_age
            .map(|age| Fact::new(t.get("admin-age"), t.one("admin-age-from", "n", age))),
    );
    if !title.genres.is_empty() {
        facts.push(Fact::new(t.get("admin-genres"), title.genres.join(", ")));
    }
    facts
}

fn held(page: &Studio, snapshot: &Snapshot, entry: &Entry, now: Timestamp) -> Vec<HoldView> {
    let keeping = snapshot
        .holds
        .iter()
        .filter(|hold| hold.keeps(&entry.lineage, now));
    keeping
        .map(|hold| hold_view(page, snapshot, entry, hold))
        .collect()
}

fn hold_view(page: &Studio, snapshot: &Snapshot, entry: &Entry, hold: &Hold) -> HoldView {
    let t = &page.t;
    let since = t.date(hold.since);
    let when = match hold.until {
        Some(until) => t.two(
            "admin-held-since-until",
            "since",
            since,
            "until",
            t.last_day(until),
        ),
        None => t.one("admin-held-since", "since", since),
    };
    let slug = snapshot
        .title(hold.title)
        .map_or(entry.title.slug.as_str(), |title| title.title.slug.as_str());
    let lift = Act::new(
        format!("/admin/titles/{slug}/holds/{}/lift", hold.id),
        t.get("admin-lift"),
    );
    HoldView {
        reason: hold.reason.clone(),
        when,
        lift: Some(lift),
    }
}
