//! Denials as sentences: what happened, and what one can do.

use cineclub_domain::decide::Denial;
use cineclub_domain::time::Timestamp;
use jiff::tz::TimeZone;

use crate::error::{Error, Kind};

/// What a person is told of a denial, its dates by the calendar of `zone`. What one may not know of is
/// simply not there.
pub fn sentence(denial: Denial, zone: &TimeZone) -> Error {
    match denial {
        Denial::NoGrant | Denial::NotYet(_) | Denial::Protection(_) => Error::not_found(),
        Denial::Territory(None) => Error::new(
            Kind::UnavailableForLegalReasons,
            "We may not show this where you are.",
        )
        .keyed("error-territory"),
        Denial::Territory(Some(from)) => Error::new(
            Kind::UnavailableForLegalReasons,
            format!("We may show this where you are from {}.", day(from, zone)),
        )
        .keyed("error-territory-from")
        .with("date", day(from, zone)),
        Denial::Ended(at) => Error::new(Kind::Gone, "This has left the catalogue.")
            .keyed("error-ended")
            .with("date", day(at.plus_millis(-1), zone)),
        Denial::Held => {
            Error::new(Kind::Gone, "This is not available at the moment.").keyed("error-held")
        }
        Denial::Age(age) => Error::new(
            Kind::Forbidden,
            format!("This is for people of {age} and over."),
        )
        .keyed("error-age")
        .with("age", age),
        Denial::Languages => Error::new(
            Kind::UnavailableForLegalReasons,
            "None of this film's languages may be played here.",
        )
        .keyed("error-languages"),
        Denial::Height(_) => Error::new(
            Kind::Forbidden,
            "This film's picture is larger than its grant or your plan allows.",
        )
        .keyed("error-height"),
        Denial::Device(codec) => Error::new(
            Kind::Forbidden,
            format!(
                "This device doesn't play {}. Try another browser or another screen.",
                codec.name()
            ),
        )
        .keyed("error-device")
        .with("codec", codec.name()),
        Denial::Encryption(codec) => Error::new(
            Kind::Forbidden,
            format!(
                "This film may be shown encrypted alone, and {} can't be.",
                codec.name()
            ),
        )
        .keyed("error-encryption")
        .with("codec", codec.name()),
        Denial::DeviceEncryption => Error::new(
            Kind::Forbidden,
            "This film is sent encrypted, which this device doesn't play. Try another browser or another screen.",
        )
        .keyed("error-device-encryption"),
        Denial::NoSubscription => Error::new(
            Kind::PaymentRequired,
            "This is for members. Subscribe or redeem a code to watch.",
        )
        .keyed("error-no-subscription"),
        Denial::Offer => Error::new(Kind::Forbidden, "This can't be rented or bought here yet.")
            .keyed("error-offer"),
    }
}

/// The day of an instant (ISO 8601), which pages write as people do.
fn day(instant: Timestamp, zone: &TimeZone) -> String {
    jiff::Timestamp::from_millisecond(instant.as_millis()).map_or_else(
        |_| instant.to_string(),
        |instant| instant.to_zoned_datetime(zone.clone()).date().to_string(),
    )
}

#[cfg(test)]
mod tests {
    use cineclub_domain::reason::Fact;

    use super::*;

    #[test]
    fn days_are_those_of_the_services_calendar_and_a_window_ends_on_its_last_day() {
        let paris = TimeZone::get("Europe/Paris").unwrap();
        // 1 July 2026, 00:00 in Paris.
        let midnight = Timestamp::from_millis(1_782_856_800_000);
        let from = sentence(Denial::Territory(Some(midnight)), &paris);
        assert_eq!(from.facts, [("date", Fact::Text("2026-07-01".to_owned()))]);
        assert!(from.message.contains("2026-07-01"), "{}", from.message);
        let ended = sentence(Denial::Ended(midnight), &paris);
        assert_eq!(ended.facts, [("date", Fact::Text("2026-06-30".to_owned()))]);
    }
}
