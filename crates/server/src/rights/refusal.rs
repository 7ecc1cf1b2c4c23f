//! Denials as sentences: what happened, and what one can do.

use cineclub_domain::decide::Denial;

use crate::error::{Error, Kind};

/// What a person is told of a denial. What one may not know of is simply not there.
pub fn sentence(denial: Denial) -> Error {
    match denial {
        Denial::NoGrant | Denial::NotYet(_) => Error::not_found(),
        Denial::Territory(None) => Error::new(
            Kind::UnavailableForLegalReasons,
            "We may not show this where you are.",
        )
        .keyed("error-territory"),
        Denial::Territory(Some(from)) => Error::new(
            Kind::UnavailableForLegalReasons,
            format!("We may show this where you are from {from}."),
        )
        .keyed("error-territory-from")
        .with("date", day(from)),
        Denial::Ended(at) => Error::new(Kind::Gone, "This has left the catalogue.")
            .keyed("error-ended")
            .with("date", day(at)),
        Denial::Held => {
            Error::new(Kind::Gone, "This is not available at the moment.").keyed("error-held")
        }
        Denial::Age(age) => Error::new(
            Kind::Forbidden,
            format!("This is for people of {age} and over."),
        )
        .keyed("error-age")
        .with("age", age),
        Denial::Protection(_) => Error::new(
            Kind::Forbidden,
            "The licensor asks for protection that this service can't give yet.",
        )
        .keyed("error-protection"),
        Denial::Languages => Error::new(
            Kind::UnavailableForLegalReasons,
            "None of this film's languages may be played here.",
        )
        .keyed("error-languages"),
        Denial::Height(_) => Error::new(
            Kind::Forbidden,
            "Your plan doesn't include this film's picture size.",
        )
        .keyed("error-height"),
        Denial::NoSubscription => Error::new(
            Kind::PaymentRequired,
            "This is for members. Subscribe or redeem a code to watch.",
        )
        .keyed("error-no-subscription"),
        Denial::Offer => Error::new(Kind::Forbidden, "This can't be rented or bought here yet.")
            .keyed("error-offer"),
    }
}

/// The day of an instant, for a sentence (UTC).
fn day(instant: cineclub_domain::time::Timestamp) -> String {
    instant.to_string().chars().take(10).collect()
}
