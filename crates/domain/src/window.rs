//! Windows: when a grant holds, as contracts write it (local dates in a zone), resolved to instants.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// How a window ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WindowEnd {
    /// No end is agreed.
    Open,
    /// "Through 30 June": the whole of that day is inside. What contracts mean by an end date.
    Through(Date),
    /// "Until 1 July": that day is outside.
    Until(Date),
}

/// The dates of a window as the contract has them. This is what is stored; instants are computed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowRule {
    /// IANA name of the zone whose calendar counts, such as `Europe/Paris` or `Pacific/Tahiti`.
    pub zone: String,
    /// The first day inside; `None` when the window has always been open.
    pub start: Option<Date>,
    /// How it ends.
    pub end: WindowEnd,
}

/// Why a window can't be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WindowError {
    /// No such zone.
    #[error("{0:?} is not a time zone; use an IANA name such as Europe/Paris")]
    UnknownZone(String),
    /// It would hold no instant.
    #[error("the window ends before it starts")]
    Empty,
    /// A date beyond the calendar.
    #[error("a date of this window lies beyond the calendar")]
    OutOfRange,
}

/// A window resolved: `[start, end)`, with the rule it came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WindowRule", into = "WindowRule")]
pub struct Window {
    rule: WindowRule,
    start: Option<Timestamp>,
    end: Option<Timestamp>,
}

/// Where an instant lies with regard to a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// It opens at this instant.
    Before(Timestamp),
    /// It is open.
    Inside,
    /// It closed at this instant.
    After(Timestamp),
}

impl Window {
    /// Resolves the rule. A day begins at its first instant in the zone, which is not midnight
    /// where the clocks jump over midnight.
    ///
    /// # Errors
    /// When the zone is unknown, or the window would be empty.
    pub fn new(rule: WindowRule) -> Result<Self, WindowError> {
        let zone =
            TimeZone::get(&rule.zone).map_err(|_| WindowError::UnknownZone(rule.zone.clone()))?;
        let start = rule
            .start
            .map(|date| first_instant(date, &zone))
            .transpose()?;
        let end = match rule.end {
            WindowEnd::Open => None,
            WindowEnd::Until(date) => Some(first_instant(date, &zone)?),
            WindowEnd::Through(date) => {
                let next = date.tomorrow().map_err(|_| WindowError::OutOfRange)?;
                Some(first_instant(next, &zone)?)
            }
        };
        if let (Some(start), Some(end)) = (start, end)
            && end <= start
        {
            return Err(WindowError::Empty);
        }
        Ok(Self { rule, start, end })
    }

    /// A window that is always open.
    pub fn always() -> Self {
        let rule = WindowRule {
            zone: "UTC".to_owned(),
            start: None,
            end: WindowEnd::Open,
        };
        Self {
            rule,
            start: None,
            end: None,
        }
    }

    /// The dates as written in the contract.
    pub fn rule(&self) -> &WindowRule {
        &self.rule
    }

    /// The first instant inside.
    pub fn start(&self) -> Option<Timestamp> {
        self.start
    }

    /// The first instant after it.
    pub fn end(&self) -> Option<Timestamp> {
        self.end
    }

    /// Where `instant` lies.
    pub fn phase(&self, instant: Timestamp) -> Phase {
        match (self.start, self.end) {
            (Some(start), _) if instant < start => Phase::Before(start),
            (_, Some(end)) if instant >= end => Phase::After(end),
            _ => Phase::Inside,
        }
    }
}

impl TryFrom<WindowRule> for Window {
    type Error = WindowError;
    fn try_from(rule: WindowRule) -> Result<Self, WindowError> {
        Self::new(rule)
    }
}

impl From<Window> for WindowRule {
    fn from(window: Window) -> Self {
        window.rule
    }
}

fn first_instant(date: Date, zone: &TimeZone) -> Result<Timestamp, WindowError> {
    date.to_zoned_datetime(zone.clone())
        .and_then(|midnight| midnight.start_of_day())
        .map(|first| Timestamp::from_millis(first.timestamp().as_millisecond()))
        .map_err(|_| WindowError::OutOfRange)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn window(zone: &str, start: Option<Date>, end: WindowEnd) -> Window {
        Window::new(WindowRule {
            zone: zone.to_owned(),
            start,
            end,
        })
        .unwrap()
    }

    fn at(text: &str) -> Timestamp {
        Timestamp::from_millis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }

    #[test]
    fn through_30_june_ends_with_that_day_in_its_own_zone() {
        let june = WindowEnd::Through(date(2026, 6, 30));
        let paris = window("Europe/Paris", None, june);
        let papeete = window("Pacific/Tahiti", None, june);
        assert_eq!(paris.end(), Some(at("2026-06-30T22:00:00Z")));
        assert_eq!(papeete.end(), Some(at("2026-07-01T10:00:00Z")));
        assert_eq!(paris.phase(at("2026-06-30T21:59:59.999Z")), Phase::Inside);
        assert_eq!(
            paris.phase(at("2026-06-30T22:00:00Z")),
            Phase::After(at("2026-06-30T22:00:00Z"))
        );
    }

    #[test]
    fn a_day_without_midnight_begins_when_the_clocks_resume() {
        // Beirut's clocks jump from 00:00 to 01:00 on 29 March 2026.
        let beirut = window("Asia/Beirut", Some(date(2026, 3, 29)), WindowEnd::Open);
        assert_eq!(beirut.start(), Some(at("2026-03-28T22:00:00Z")));
        let spring = window(
            "Europe/Paris",
            Some(date(2026, 3, 29)),
            WindowEnd::Through(date(2026, 3, 29)),
        );
        let length = spring.end().unwrap().millis_since(spring.start().unwrap());
        assert_eq!(length, 23 * crate::time::HOUR_MS);
    }

    #[test]
    fn until_leaves_the_day_out_and_an_empty_window_is_refused() {
        let until = window("UTC", None, WindowEnd::Until(date(2026, 7, 1)));
        assert_eq!(until.end(), Some(at("2026-07-01T00:00:00Z")));
        let empty = WindowRule {
            zone: "UTC".to_owned(),
            start: Some(date(2026, 7, 1)),
            end: WindowEnd::Until(date(2026, 7, 1)),
        };
        assert_eq!(Window::new(empty), Err(WindowError::Empty));
        let nowhere = WindowRule {
            zone: "Europe/Atlantis".to_owned(),
            start: None,
            end: WindowEnd::Open,
        };
        assert!(matches!(
            Window::new(nowhere),
            Err(WindowError::UnknownZone(_))
        ));
    }
}
