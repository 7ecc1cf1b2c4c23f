//! The record of what staff do: who, when, what, from what to what.

use cineclub_db::events::Event;
use cineclub_domain::id::{AccountId, EventId};
use serde::Serialize;

use crate::App;

/// What a change changed, as JSON.
#[derive(Debug, Clone, Default)]
pub struct Change {
    from: Option<String>,
    to: Option<String>,
}

impl Change {
    /// Something new.
    pub fn to(value: &impl Serialize) -> Self {
        Self {
            from: None,
            to: json(value),
        }
    }

    /// Something that was otherwise before.
    pub fn from_to(from: &impl Serialize, to: &impl Serialize) -> Self {
        Self {
            from: json(from),
            to: json(to),
        }
    }
}

/// An entry for the record; store it in the transaction that makes the change.
pub fn event(
    app: &App,
    actor: Option<AccountId>,
    action: &str,
    subject_kind: &str,
    subject: impl ToString,
    change: &Change,
) -> Event {
    let now = app.now();
    Event {
        id: EventId::new(now, app.entropy()),
        at_ms: now,
        actor,
        action: action.to_owned(),
        subject_kind: subject_kind.to_owned(),
        subject: subject.to_string(),
        from_json: change.from.clone(),
        to_json: change.to.clone(),
    }
}

fn json(value: &impl Serialize) -> Option<String> {
    serde_json::to_string(value).ok()
}
