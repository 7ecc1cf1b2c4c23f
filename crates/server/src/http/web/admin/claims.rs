//! What a file beside a work claims of its licence, for staff to check and make a grant of.

use cineclub_domain::id::TitleId;
use cineclub_domain::offer::Offer;

use super::form::Fields;
use super::show;
use super::studio::{Fact, Studio};
use crate::App;
use crate::acquire;
use crate::acquire::claims::Claim;
use crate::error::Result;

/// The claim beside a title, or beside what it belongs to.
///
/// # Errors
/// When the database can't be read.
pub async fn of(app: &App, title: TitleId) -> Result<Option<Claim>> {
    acquire::claim_of(app, title).await
}

/// A claim under the names of its parts.
pub fn facts(page: &Studio, claim: &Claim) -> Vec<Fact> {
    let t = &page.t;
    let mut facts = vec![
        Fact::new(t.get("admin-licence"), show::licence(t, claim.licence)),
        Fact::new(t.get("admin-licensor"), &claim.licensor),
    ];
    let parts = [
        ("admin-evidence-url", claim.licence_url.clone()),
        ("admin-attribution", claim.attribution.clone()),
        ("admin-statement", claim.statement.clone()),
        (
            "admin-seen",
            claim.seen.map(|day| show::civil(t, &page.zone, day)),
        ),
    ];
    facts.extend(
        parts
            .into_iter()
            .filter_map(|(key, value)| Some(Fact::new(t.get(key), value?))),
    );
    facts
}

/// The fields of a new grant that a claim fills in. The person who saves it answers for them.
pub fn fields(claim: &Claim) -> Fields {
    let offers = [Offer::Subscription, Offer::Free]
        .into_iter()
        .filter(|offer| claim.licence.allows(*offer));
    let mut fields = vec![
        ("licence", claim.licence.as_str().to_owned()),
        ("licensor", claim.licensor.clone()),
        ("reference", claim.licence.as_str().to_owned()),
        (
            "evidence_url",
            claim.licence_url.clone().unwrap_or_default(),
        ),
        ("attribution", claim.attribution.clone().unwrap_or_default()),
        ("statement", claim.statement.clone().unwrap_or_default()),
        (
            "seen",
            claim.seen.map(|day| day.to_string()).unwrap_or_default(),
        ),
    ];
    fields.extend(
        offers
            .take(1)
            .map(|offer| ("offer", offer.as_str().to_owned())),
    );
    Fields::of(fields)
}
