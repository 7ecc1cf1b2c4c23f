//! Which part of a representation a request wants, by its conditions and range (RFC 9110 §13, §14).

use axum::http::{HeaderMap, Method, header};

/// What to answer with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All of it (200).
    Whole,
    /// Bytes from `start` up to, not including, `end` (206).
    Part {
        /// The first byte.
        start: u64,
        /// The byte after the last one.
        end: u64,
    },
    /// Nothing: the client has it already (304).
    NotModified,
    /// Nothing: the client asked for another version (412).
    Failed,
    /// Nothing: the range begins behind the end (416).
    Unsatisfiable,
}

/// Decides in the order of RFC 9110 §13.2.2. We have strong tags and no dates, so the conditions on
/// dates are never met by a date of ours, and are ignored as §13.1.3 and §13.1.4 ask.
///
/// A range counts for GET alone (§14.2). Of several ranges none is taken: the whole is sent, as §14.2
/// allows, because no player asks for several and joining them is a way to be made to work hard.
pub(super) fn wanted(method: &Method, headers: &HeaderMap, tag: &str, len: u64) -> Wanted {
    if let Some(tags) = list(headers, header::IF_MATCH)
        && !matches_strongly(&tags, tag)
    {
        return Wanted::Failed;
    }
    if let Some(tags) = list(headers, header::IF_NONE_MATCH)
        && matches_weakly(&tags, tag)
    {
        return Wanted::NotModified;
    }
    if method != Method::GET {
        return Wanted::Whole;
    }
    // If-Range holds one validator; a date is none of ours, so the whole is sent (§13.1.5).
    if let Some(validator) = headers.get(header::IF_RANGE)
        && validator.as_bytes() != tag.as_bytes()
    {
        return Wanted::Whole;
    }
    let mut ranges = headers.get_all(header::RANGE).iter();
    match (ranges.next(), ranges.next()) {
        (Some(range), None) => range.to_str().map_or(Wanted::Whole, |text| part(text, len)),
        _ => Wanted::Whole,
    }
}

/// Whether the client names this very version as the one it has: then nothing need be made to answer it.
pub(super) fn has_it(headers: &HeaderMap, tag: &str) -> bool {
    let named = list(headers, header::IF_NONE_MATCH);
    let named = named.filter(|_| !headers.contains_key(header::IF_MATCH));
    named.is_some_and(|tags| !tags.iter().any(|named| named == "*") && matches_weakly(&tags, tag))
}

/// Reads `bytes=a-b`, `bytes=a-` or `bytes=-n` (§14.1.2). What is not understood is ignored.
fn part(text: &str, len: u64) -> Wanted {
    let Some((first, last)) = text
        .split_once('=')
        .filter(|(unit, _)| unit.trim().eq_ignore_ascii_case("bytes"))
        .and_then(|(_, range)| range.trim().split_once('-'))
    else {
        return Wanted::Whole;
    };
    match (number(first), number(last)) {
        _ if last.contains([',', '-']) => Wanted::Whole,
        (Some(start), None) if last.is_empty() => within(start, len, len),
        (Some(start), Some(last)) if start <= last => within(start, last.saturating_add(1), len),
        (None, Some(0)) if first.is_empty() => Wanted::Unsatisfiable,
        (None, Some(count)) if first.is_empty() => within(len.saturating_sub(count), len, len),
        _ => Wanted::Whole,
    }
}

fn within(start: u64, end: u64, len: u64) -> Wanted {
    if start < len {
        Wanted::Part {
            start,
            end: end.min(len),
        }
    } else {
        Wanted::Unsatisfiable
    }
}

/// Digits alone; a number too large to hold is as good as the largest.
fn number(text: &str) -> Option<u64> {
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().unwrap_or(u64::MAX))
}

/// The values of a list header, or `None` where it is absent. One that can't be read matches nothing.
fn list(headers: &HeaderMap, name: header::HeaderName) -> Option<Vec<String>> {
    let mut values = headers.get_all(name).iter().peekable();
    values.peek()?;
    Some(
        values
            .filter_map(|value| value.to_str().ok())
            .flat_map(|line| line.split(','))
            .map(|tag| tag.trim().to_owned())
            .collect(),
    )
}

fn matches_strongly(tags: &[String], tag: &str) -> bool {
    tags.iter()
        .any(|candidate| candidate == "*" || candidate == tag)
}

fn matches_weakly(tags: &[String], tag: &str) -> bool {
    tags.iter().any(|candidate| {
        candidate == "*" || candidate.strip_prefix("W/").unwrap_or(candidate) == tag
    })
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    const TAG: &str = "\"abc\"";

    fn ask(method: Method, headers: &[(header::HeaderName, &str)]) -> Wanted {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(name, value.parse().unwrap());
        }
        wanted(&method, &map, TAG, 1000)
    }

    fn range(text: &str) -> Wanted {
        ask(Method::GET, &[(header::RANGE, text)])
    }

    #[test]
    fn one_range_of_bytes_is_taken_and_anything_else_is_the_whole() {
        let part = |start, end| Wanted::Part { start, end };
        for (text, expected) in [
            ("bytes=0-0", part(0, 1)),
            ("bytes=0-999", part(0, 1000)),
            ("bytes=10-", part(10, 1000)),
            ("bytes=990-5000", part(990, 1000)),
            ("bytes=-1", part(999, 1000)),
            ("bytes=-5000", part(0, 1000)),
            ("BYTES=1-2", part(1, 3)),
            ("bytes=999-99999999999999999999999", part(999, 1000)),
            ("bytes=1000-", Wanted::Unsatisfiable),
            ("bytes=1000-1001", Wanted::Unsatisfiable),
            ("bytes=99999999999999999999999-", Wanted::Unsatisfiable),
            ("bytes=-0", Wanted::Unsatisfiable),
            ("bytes=5-4", Wanted::Whole),
            ("bytes=0-1,5-6", Wanted::Whole),
            ("bytes=0-1, 5-6", Wanted::Whole),
            ("bytes=-", Wanted::Whole),
            ("bytes=--1", Wanted::Whole),
            ("bytes=a-b", Wanted::Whole),
            ("bytes=+1-2", Wanted::Whole),
            ("frames=0-1", Wanted::Whole),
            ("bytes", Wanted::Whole),
            ("", Wanted::Whole),
        ] {
            assert_eq!(range(text), expected, "{text:?}");
        }
        assert_eq!(
            wanted(
                &Method::GET,
                &HeaderMap::from_iter([(header::RANGE, "bytes=0-".parse().unwrap())]),
                TAG,
                0
            ),
            Wanted::Unsatisfiable
        );
    }

    /// The same slowly: each byte of the representation is asked whether the range names it.
    fn model(text: &str, len: u64) -> Wanted {
        let Some((unit, range)) = text.split_once('=') else {
            return Wanted::Whole;
        };
        let ends: Vec<&str> = range.trim().split('-').collect();
        let is_number = |end: &&str| end.chars().all(|letter| letter.is_ascii_digit());
        let (true, &[first, last], true) = (
            unit.trim().to_lowercase() == "bytes",
            ends.as_slice(),
            ends.iter().all(is_number),
        ) else {
            return Wanted::Whole;
        };
        let value = |end: &str| {
            let digits = end.chars().filter_map(|letter| letter.to_digit(10));
            digits.fold(0_u128, |all, digit| {
                (all * 10 + u128::from(digit)).min(u64::MAX.into())
            })
        };
        let is_named = |byte: u64| match (first, last) {
            ("", last) => u128::from(byte) + value(last) >= u128::from(len),
            (first, "") => u128::from(byte) >= value(first),
            (first, last) => (value(first)..=value(last)).contains(&byte.into()),
        };
        let is_backwards = !first.is_empty() && !last.is_empty() && value(first) > value(last);
        if is_backwards || (first.is_empty() && last.is_empty()) {
            return Wanted::Whole;
        }
        let named: Vec<u64> = (0..len).filter(|byte| is_named(*byte)).collect();
        match (named.first(), named.last()) {
            (Some(start), Some(last)) => Wanted::Part {
                start: *start,
                end: last + 1,
            },
            _ => Wanted::Unsatisfiable,
        }
    }

    /// Ranges as clients write them, and what is nearly one.
    fn written() -> impl Strategy<Value = String> {
        let number = "[0-9]{0,3}|18446744073709551615|0{30}7|9{25}|[+ ]?[0-9a]{0,2}";
        let unit =
            prop::sample::select(&["bytes=", "Bytes = ", "bytes", "items=", "=", " bytes=="][..]);
        let joint = prop::sample::select(&["-", "-", "-", "-", " - ", "--", ",", ""][..]);
        let range = (unit, number, joint, number, "|[, -]|,[0-9]-[0-9]");
        prop_oneof![
            range.prop_map(|(unit, first, joint, last, more)| unit.to_owned()
                + &first
                + joint
                + &last
                + &more),
            (0..70_u64, 0..70_u64).prop_map(|(first, last)| format!("bytes={first}-{last}")),
            "[ -~]{0,24}",
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn any_range_is_what_each_byte_says_of_itself(text in written(), len in 0..64_u64) {
            let headers = HeaderMap::from_iter([(header::RANGE, text.trim().parse().unwrap())]);
            prop_assert_eq!(wanted(&Method::GET, &headers, TAG, len), model(text.trim(), len), "{:?} of {}", text, len);
        }

        #[test]
        fn any_range_lies_within_any_length(text in written(), len in any::<u64>()) {
            let headers = HeaderMap::from_iter([(header::RANGE, text.trim().parse().unwrap())]);
            if let Wanted::Part { start, end } = wanted(&Method::GET, &headers, TAG, len) {
                prop_assert!(start < end && end <= len, "{:?} of {}", text, len);
            }
        }

        #[test]
        fn any_bytes_in_any_header_are_answered(values in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..20), 4)) {
            let names = [header::RANGE, header::IF_RANGE, header::IF_MATCH, header::IF_NONE_MATCH];
            let values = values.iter().map(|value| HeaderValue::from_bytes(value));
            let headers = names.into_iter().zip(values).filter_map(|(name, value)| Some((name, value.ok()?)));
            wanted(&Method::GET, &headers.collect(), TAG, 1000);
        }
    }

    #[test]
    fn conditions_come_before_ranges_and_only_get_has_ranges() {
        let half = (header::RANGE, "bytes=0-499");
        let part = Wanted::Part { start: 0, end: 500 };
        for (headers, expected) in [
            (
                vec![(header::IF_NONE_MATCH, TAG), half.clone()],
                Wanted::NotModified,
            ),
            (
                vec![(header::IF_NONE_MATCH, "\"x\", W/\"abc\"")],
                Wanted::NotModified,
            ),
            (vec![(header::IF_NONE_MATCH, "*")], Wanted::NotModified),
            (vec![(header::IF_NONE_MATCH, "\"x\""), half.clone()], part),
            (
                vec![(header::IF_MATCH, "\"x\""), half.clone()],
                Wanted::Failed,
            ),
            (vec![(header::IF_MATCH, "W/\"abc\"")], Wanted::Failed),
            (
                vec![(header::IF_MATCH, "\"x\", \"abc\""), half.clone()],
                part,
            ),
            (vec![(header::IF_RANGE, TAG), half.clone()], part),
            (
                vec![(header::IF_RANGE, "\"x\""), half.clone()],
                Wanted::Whole,
            ),
            (
                vec![(header::IF_RANGE, "W/\"abc\""), half.clone()],
                Wanted::Whole,
            ),
            (
                vec![
                    (header::IF_RANGE, "Sun, 06 Nov 1994 08:49:37 GMT"),
                    half.clone(),
                ],
                Wanted::Whole,
            ),
            (
                vec![(header::IF_MODIFIED_SINCE, "Sun, 06 Nov 2094 08:49:37 GMT")],
                Wanted::Whole,
            ),
            (vec![half.clone(), half.clone()], Wanted::Whole),
        ] {
            assert_eq!(ask(Method::GET, &headers), expected, "{headers:?}");
        }
        assert_eq!(ask(Method::HEAD, &[half]), Wanted::Whole);
        assert_eq!(
            ask(Method::HEAD, &[(header::IF_NONE_MATCH, TAG)]),
            Wanted::NotModified
        );
    }
}
