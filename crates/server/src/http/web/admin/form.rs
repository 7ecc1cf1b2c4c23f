//! Forms: what was typed, kept as it was, with errors beside the fields.

use axum::Form;
use axum::extract::{FromRequest, Request};

use crate::App;
use crate::error::{Error, Kind, Result};

/// The fields of a form in the order they were sent. A name may occur several times.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Fields by hand, for a form that is shown before anything was typed.
    pub fn of<N: Into<String>, V: Into<String>>(fields: impl IntoIterator<Item = (N, V)>) -> Self {
        Self(
            fields
                .into_iter()
                .map(|(name, value)| (name.into(), tidy(&value.into())))
                .collect(),
        )
    }

    /// The first value under a name; empty if there is none.
    pub fn get(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    /// The first value without white space around it; none if nothing is left.
    pub fn text(&self, name: &str) -> Option<&str> {
        Some(self.get(name).trim()).filter(|text| !text.is_empty())
    }

    /// Every value under a name.
    pub fn all<'f>(&'f self, name: &str) -> impl Iterator<Item = &'f str> + use<'f> {
        let name = name.to_owned();
        self.0
            .iter()
            .filter(move |(key, _)| *key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether a name was sent with this value, as ticked boxes are.
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.0
            .iter()
            .any(|(key, sent)| key == name && sent == value)
    }

    /// Adds a value under a name that has none yet.
    pub fn add(&mut self, name: &str, value: &str) {
        if self.get(name).is_empty() {
            self.0.push((name.to_owned(), tidy(value)));
        }
    }

    /// The words of a list such as `FR, BE; CH`.
    pub fn words(&self, name: &str) -> impl Iterator<Item = &str> {
        self.get(name)
            .split(|c: char| c == ',' || c == ';' || c.is_whitespace())
            .filter(|word| !word.is_empty())
    }
}

impl FromRequest<App> for Fields {
    type Rejection = Error;

    async fn from_request(request: Request, app: &App) -> Result<Self> {
        let form = Form::<Vec<(String, String)>>::from_request(request, app).await;
        let Form(fields) = form.map_err(|error| {
            Error::new(
                Kind::BadInput,
                "This form could not be read. Go back and send it again.",
            )
            .keyed("error-form-unreadable")
            .because(error)
        })?;
        Ok(Self::of(fields))
    }
}

/// Line ends as one character, and no NUL, which PostgreSQL can't keep.
fn tidy(value: &str) -> String {
    value.replace("\r\n", "\n").replace('\0', "")
}

/// A form as shown: what was typed, and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct FormView {
    fields: Fields,
    errors: Vec<(&'static str, String)>,
}

impl FormView {
    /// A form without errors.
    pub fn new(fields: Fields) -> Self {
        Self {
            fields,
            errors: Vec::new(),
        }
    }

    /// A form with errors, each beside its field; those of the form as a whole are under `form`.
    pub fn refused(fields: Fields, errors: Vec<(&'static str, String)>) -> Self {
        Self { fields, errors }
    }

    /// What was typed in a field.
    pub fn value(&self, name: &str) -> &str {
        self.fields.get(name)
    }

    /// Every value sent under a name.
    pub fn values<'f>(&'f self, name: &str) -> impl Iterator<Item = &'f str> + use<'f> {
        self.fields.all(name)
    }

    /// Whether a box is ticked.
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.fields.has(name, value)
    }

    /// What is wrong with a field.
    pub fn error(&self, name: &str) -> Option<&str> {
        self.errors
            .iter()
            .find(|(field, _)| *field == name)
            .map(|(_, text)| text.as_str())
    }

    /// Whether anything is wrong.
    pub fn any_error(&self) -> bool {
        !self.errors.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_be_sent_several_times_and_lists_are_read_as_people_write_them() {
        let fields = Fields::of([("title", "a"), ("title", "b"), ("where", " FR, be;CH\tPF ")]);
        assert_eq!(fields.all("title").collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(
            fields.words("where").collect::<Vec<_>>(),
            ["FR", "be", "CH", "PF"]
        );
        assert_eq!(fields.text("none"), None);
        assert!(fields.has("title", "b") && !fields.has("title", "c"));
    }

    #[test]
    fn line_ends_become_one_character_and_nul_is_dropped() {
        assert_eq!(Fields::of([("body", "a\r\nb\0c")]).get("body"), "a\nbc");
    }
}
