//! The words of the service, in each language: Fluent files embedded in the binary, and dates and lengths of time.

mod language;
mod told;

use std::fmt;
use std::sync::Arc;

use cineclub_domain::language::Language;
use cineclub_domain::money::Money;
use cineclub_domain::territory::Territory;
use cineclub_domain::time::Timestamp;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use jiff::ZonedDateTime;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use unic_langid::LanguageIdentifier;

pub use language::PageLanguage;

/// The Fluent files of a language as they are embedded, in the order they are read.
pub fn files(language: PageLanguage) -> [&'static str; 5] {
    match language {
        PageLanguage::En => [
            include_str!("../../locales/en/site.ftl"),
            include_str!("../../locales/en/errors.ftl"),
            include_str!("../../locales/en/names.ftl"),
            include_str!("../../locales/en/admin.ftl"),
            include_str!("../../locales/en/reasons.ftl"),
        ],
        PageLanguage::Fr => [
            include_str!("../../locales/fr/site.ftl"),
            include_str!("../../locales/fr/errors.ftl"),
            include_str!("../../locales/fr/names.ftl"),
            include_str!("../../locales/fr/admin.ftl"),
            include_str!("../../locales/fr/reasons.ftl"),
        ],
    }
}

/// Every text in every language, and the zone whose calendar dates are told in.
pub struct Translations {
    english: FluentBundle<FluentResource>,
    french: FluentBundle<FluentResource>,
    zone: TimeZone,
}

impl Translations {
    /// Reads the embedded files. Dates are told in `zone`, or in UTC where there is no such zone.
    pub fn load(zone: &str) -> Self {
        Self {
            english: bundle(PageLanguage::En),
            french: bundle(PageLanguage::Fr),
            zone: TimeZone::get(zone).unwrap_or(TimeZone::UTC),
        }
    }

    fn of(&self, language: PageLanguage) -> &FluentBundle<FluentResource> {
        match language {
            PageLanguage::En => &self.english,
            PageLanguage::Fr => &self.french,
        }
    }
}

fn bundle(language: PageLanguage) -> FluentBundle<FluentResource> {
    let tag: LanguageIdentifier = language.as_str().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    bundle.set_use_isolating(false);
    for text in files(language) {
        // What could be read of a file with an error in it; a test refuses such a file.
        let resource =
            FluentResource::try_new(text.to_owned()).unwrap_or_else(|(readable, _)| readable);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

/// A value that a sentence has a place for.
pub trait Argument {
    /// The value as Fluent takes it.
    fn value(&self) -> FluentValue<'_>;
}

macro_rules! numbers {
    ($($number:ty)*) => {$(
        impl Argument for $number {
            fn value(&self) -> FluentValue<'_> {
                (*self).into()
            }
        }
    )*};
}
numbers!(u8 u16 u32 u64 usize i32 i64);

impl Argument for str {
    fn value(&self) -> FluentValue<'_> {
        self.into()
    }
}

impl Argument for String {
    fn value(&self) -> FluentValue<'_> {
        self.as_str().into()
    }
}

impl<A: Argument + ?Sized> Argument for &A {
    fn value(&self) -> FluentValue<'_> {
        (**self).value()
    }
}

/// The words of one language.
#[derive(Clone)]
pub struct T {
    all: Arc<Translations>,
    language: PageLanguage,
}

impl T {
    /// The words of `language`.
    pub fn new(all: Arc<Translations>, language: PageLanguage) -> Self {
        Self { all, language }
    }

    /// The language.
    pub fn language(&self) -> PageLanguage {
        self.language
    }

    /// The language's tag, for `lang` attributes.
    pub fn tag(&self) -> &'static str {
        self.language.as_str()
    }

    /// The same words in another language.
    #[must_use]
    pub fn in_language(&self, language: PageLanguage) -> Self {
        Self {
            all: Arc::clone(&self.all),
            language,
        }
    }

    /// A text; the key itself if nobody wrote one.
    pub fn get(&self, key: &str) -> String {
        self.with(key, &[])
    }

    /// A text with one value in it.
    pub fn one(&self, key: &str, name: &'static str, value: impl Argument) -> String {
        self.with(key, &[(name, &value)])
    }

    /// A text with two values in it.
    pub fn two(
        &self,
        key: &str,
        name: &'static str,
        value: impl Argument,
        other: &'static str,
        second: impl Argument,
    ) -> String {
        self.with(key, &[(name, &value), (other, &second)])
    }

    /// A text with values in it.
    pub fn with(&self, key: &str, values: &[(&str, &dyn Argument)]) -> String {
        self.find(self.language, key, values)
            .or_else(|| self.find(PageLanguage::En, key, values))
            .unwrap_or_else(|| key.to_owned())
    }

    /// Whether there is a text under `key`.
    pub fn has(&self, key: &str) -> bool {
        self.all.of(self.language).has_message(key)
    }

    /// A day as people write it: 23 November 2026.
    pub fn date(&self, instant: Timestamp) -> String {
        self.local(instant)
            .map_or_else(|| instant.to_string(), |local| self.day(local.date()))
    }

    /// A day of the calendar as people write it.
    pub fn day(&self, day: Date) -> String {
        let month = self.get(month_key(day.month()));
        self.with(
            "date",
            &[
                ("day", &i32::from(day.day())),
                ("month", &month),
                ("year", &day.year().to_string()),
            ],
        )
    }

    /// The last day before `end`, which is the first instant outside a window.
    pub fn last_day(&self, end: Timestamp) -> String {
        self.date(end.plus_millis(-1))
    }

    /// A day and a time of day.
    pub fn moment(&self, instant: Timestamp) -> String {
        let (date, time) = (self.date(instant), self.time_of_day(instant));
        self.two("moment", "date", date, "time", time)
    }

    /// A time of day: 20:05.
    pub fn time_of_day(&self, instant: Timestamp) -> String {
        self.local(instant).map_or_else(
            || instant.to_string(),
            |local| format!("{:02}:{:02}", local.hour(), local.minute()),
        )
    }

    /// A length of time: 33 s, 3 min 20 s, 1 h 52 min.
    pub fn length(&self, millis: i64) -> String {
        let seconds = millis.max(0) / 1_000;
        let (hours, minutes, rest) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
        if hours > 0 {
            self.two("length-hours", "hours", hours, "minutes", minutes)
        } else if minutes >= 10 || (minutes > 0 && rest == 0) {
            self.one("length-minutes", "minutes", minutes)
        } else if minutes > 0 {
            self.two(
                "length-minutes-seconds",
                "minutes",
                minutes,
                "seconds",
                rest,
            )
        } else {
            self.one("length-seconds", "seconds", rest)
        }
    }

    /// An amount as people write it: €5.99, 5,99 €, 500 XPF.
    pub fn money(&self, money: Money) -> String {
        let code = money.currency.code();
        let text = money.to_string();
        let amount = text.trim_end_matches(code).trim_end();
        let amount = if self.tag() == "fr" {
            amount.replace('.', ",")
        } else {
            amount.to_owned()
        };
        match code {
            "EUR" => self.two("money-symbol", "amount", amount, "symbol", "€"),
            "GBP" => self.two("money-symbol", "amount", amount, "symbol", "£"),
            "USD" => self.two("money-symbol", "amount", amount, "symbol", "$"),
            _ => format!("{amount}\u{a0}{code}"),
        }
    }

    /// The name of a territory.
    pub fn territory(&self, territory: Territory) -> String {
        let key = format!("territory-{territory}");
        if self.has(&key) {
            self.get(&key)
        } else {
            territory.to_string()
        }
    }

    /// The name of a language.
    pub fn language_name(&self, language: &Language) -> String {
        let key = format!("language-{}", language.primary());
        let name = if self.has(&key) {
            self.get(&key)
        } else {
            return self.unnamed(language);
        };
        match language
            .as_str()
            .split_once('-')
            .and_then(|(_, region)| region.parse().ok())
        {
            Some(region) => format!("{name} ({})", self.territory(region)),
            None => name,
        }
    }

    /// Every territory with its name, by name.
    pub fn territories(&self) -> Vec<(Territory, String)> {
        let mut all: Vec<_> = Territory::all()
            .map(|territory| (territory, self.territory(territory)))
            .collect();
        all.sort_by_key(|(_, name)| cineclub_db::search::search_key(name));
        all
    }

    fn unnamed(&self, language: &Language) -> String {
        if *language == Language::unknown() {
            self.get("language-unknown")
        } else {
            language.to_string()
        }
    }

    fn local(&self, instant: Timestamp) -> Option<ZonedDateTime> {
        let instant = jiff::Timestamp::from_millisecond(instant.as_millis()).ok()?;
        Some(instant.to_zoned_datetime(self.all.zone.clone()))
    }

    fn find(
        &self,
        language: PageLanguage,
        key: &str,
        values: &[(&str, &dyn Argument)],
    ) -> Option<String> {
        let bundle = self.all.of(language);
        let pattern = bundle.get_message(key)?.value()?;
        let args: FluentArgs<'_> = values
            .iter()
            .map(|(name, value)| (*name, value.value()))
            .collect();
        Some(
            bundle
                .format_pattern(pattern, Some(&args), &mut Vec::new())
                .into_owned(),
        )
    }
}

impl fmt::Debug for T {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("T").field(&self.tag()).finish()
    }
}

fn month_key(month: i8) -> &'static str {
    match month {
        1 => "month-1",
        2 => "month-2",
        3 => "month-3",
        4 => "month-4",
        5 => "month-5",
        6 => "month-6",
        7 => "month-7",
        8 => "month-8",
        9 => "month-9",
        10 => "month-10",
        11 => "month-11",
        _ => "month-12",
    }
}

#[cfg(test)]
mod tests {
    use cineclub_domain::money::Currency;

    use super::*;

    #[test]
    fn a_price_is_written_as_people_do() {
        let all = Arc::new(Translations::load("UTC"));
        let told = |language, minor, code| {
            let currency = Currency::parse(code).unwrap();
            T::new(Arc::clone(&all), language).money(Money { minor, currency })
        };
        assert_eq!(told(PageLanguage::En, 599, "EUR"), "€5.99");
        assert_eq!(told(PageLanguage::Fr, 599, "EUR"), "5,99\u{a0}€");
        assert_eq!(told(PageLanguage::Fr, 500, "XPF"), "500\u{a0}XPF");
    }
}
