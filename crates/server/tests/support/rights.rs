//! What a test's licensor gives.

use cineclub_domain::grant::{Grant, Limits, Protection};
use cineclub_domain::id::{GrantId, TitleId};
use cineclub_domain::language::LanguageRule;
use cineclub_domain::licence::Licence;
use cineclub_domain::offer::Offer;
use cineclub_domain::territory::TerritorySet;
use cineclub_domain::window::Window;
use cineclub_server::App;

/// A grant of these titles, everywhere, in every language, for ever, for members; not entered yet.
pub fn grant_of(app: &App, titles: &[TitleId]) -> Grant {
    Grant {
        id: GrantId::new(app.now(), app.entropy()),
        licensor: "Films du Cap".to_owned(),
        reference: "FC-1".to_owned(),
        titles: titles.to_vec(),
        offers: vec![Offer::Subscription],
        territories: TerritorySet::world(),
        audio: LanguageRule::All,
        subtitles: LanguageRule::All,
        window: Window::always(),
        exclusive: false,
        limits: Limits::default(),
        protection: Protection::None,
        licence: Licence::Contract,
        evidence: None,
        attribution: None,
        ended_at: None,
    }
}
