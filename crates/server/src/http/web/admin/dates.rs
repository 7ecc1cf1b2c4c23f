//! Dates as forms send them, and the instants they stand for.

use cineclub_domain::time::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::form::Fields;

/// A text that is not a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotADate;

/// The day in a field; none if the field is empty.
///
/// # Errors
/// When what is there is not a date.
pub fn day(fields: &Fields, name: &str) -> Result<Option<Date>, NotADate> {
    let Some(text) = fields.text(name) else {
        return Ok(None);
    };
    let day: Date = text.parse().map_err(|_| NotADate)?;
    // A form's date has four digits of year; anything further is a slip of the hand.
    if (1800..=9000).contains(&day.year()) {
        Ok(Some(day))
    } else {
        Err(NotADate)
    }
}

/// The first instant after the day in a field, which is thus inside; none if the field is empty.
///
/// # Errors
/// When what is there is not a date.
pub fn through(
    fields: &Fields,
    name: &str,
    zone: &TimeZone,
) -> Result<Option<Timestamp>, NotADate> {
    let Some(day) = day(fields, name)? else {
        return Ok(None);
    };
    first_instant(day.tomorrow().map_err(|_| NotADate)?, zone).map(Some)
}

/// The first instant of a day.
///
/// # Errors
/// When it lies beyond the calendar.
pub fn first_instant(day: Date, zone: &TimeZone) -> Result<Timestamp, NotADate> {
    day.to_zoned_datetime(zone.clone())
        .and_then(|midnight| midnight.start_of_day())
        .map(|first| Timestamp::from_millis(first.timestamp().as_millisecond()))
        .map_err(|_| NotADate)
}

/// The day of an instant, as a date field has it.
pub fn field(instant: Timestamp, zone: &TimeZone) -> String {
    jiff::Timestamp::from_millisecond(instant.as_millis())
        .map(|instant| instant.to_zoned_datetime(zone.clone()).date().to_string())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn through_a_day_ends_with_it_in_the_zone_and_nonsense_is_refused() {
        let zone = TimeZone::get("Europe/Paris").unwrap();
        let read = |text: &str| through(&Fields::of([("until", text)]), "until", &zone);
        let end = read("2026-06-30").unwrap().unwrap();
        assert_eq!(end.to_string(), "2026-06-30T22:00:00Z");
        assert_eq!(field(end, &zone), "2026-07-01");
        assert_eq!(read(""), Ok(None));
        for bad in [
            "30/06/2026",
            "2026-02-30",
            "tomorrow",
            "0001-01-01",
            "9999-12-31",
        ] {
            assert_eq!(read(bad), Err(NotADate), "{bad}");
        }
    }
}
