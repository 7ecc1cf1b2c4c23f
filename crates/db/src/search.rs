//! Finding titles by the beginnings of the words in their names, without regard to accents or case.

use cineclub_domain::id::TitleId;

use crate::value::{FromRow, Row, params};
use crate::{Result, Tx};

/// How many words of a question count. The statement has a place for each.
const WORDS: usize = 4;

/// A name as it is stored for searching: small letters without accents, a space before each word.
#[must_use]
pub fn search_key(name: &str) -> String {
    words(name).fold(String::new(), |key, word| key + " " + &word)
}

/// The words of a text, folded. Anything that is not a letter or a digit separates them, so none
/// of LIKE's own characters is left.
fn words(text: &str) -> impl Iterator<Item = String> {
    let folded: String = text
        .chars()
        .flat_map(char::to_lowercase)
        .flat_map(fold)
        .collect();
    folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect::<Vec<_>>()
        .into_iter()
}

/// The letters people type for a letter with marks. Apostrophes go without parting words ("l’été", "don't").
fn fold(letter: char) -> impl Iterator<Item = char> {
    let plain = match letter {
        'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'ä' | 'æ' => "ae",
        'ç' | 'ć' | 'č' | 'ĉ' | 'ċ' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' => "e",
        'ğ' | 'ģ' | 'ĝ' | 'ġ' => "g",
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'į' | 'ı' => "i",
        'ķ' => "k",
        'ł' | 'ļ' | 'ľ' | 'ĺ' => "l",
        'ñ' | 'ń' | 'ň' | 'ņ' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ø' | 'ō' | 'ő' => "o",
        'ö' | 'œ' => "oe",
        'ŕ' | 'ř' => "r",
        'ś' | 'š' | 'ş' | 'ș' => "s",
        'ß' => "ss",
        'ť' | 'ţ' | 'ț' => "t",
        'þ' => "th",
        'ù' | 'ú' | 'û' | 'ū' | 'ů' | 'ű' | 'ų' => "u",
        'ü' => "ue",
        'ý' | 'ÿ' => "y",
        'ź' | 'ž' | 'ż' => "z",
        '\'' | '’' => " ",
        // Combining marks, which decomposed names carry.
        '\u{300}'..='\u{36f}' => "",
        other => return either(None, Some(other)),
    };
    either(Some(plain), None)
}

fn either(text: Option<&'static str>, letter: Option<char>) -> impl Iterator<Item = char> {
    text.unwrap_or_default().chars().chain(letter)
}

struct Found(TitleId);

impl FromRow for Found {
    fn from_row(row: &Row) -> Result<Self> {
        row.get("id").map(Self)
    }
}

/// The titles that have a name, in any language, with a word beginning like each of the first four
/// words asked for; by sort key, at most `limit`. None when nothing was asked.
pub async fn titles(tx: &mut Tx, question: &str, limit: u32) -> Result<Vec<TitleId>> {
    let mut patterns: Vec<String> = words(question)
        .take(WORDS)
        .map(|word| format!("% {word}%"))
        .collect();
    if patterns.is_empty() {
        return Ok(Vec::new());
    }
    patterns.resize(WORDS, "%".to_owned());
    let found: Vec<Found> = tx
        .all(
            "SELECT t.id FROM title t
             WHERE EXISTS (SELECT 1 FROM title_text x WHERE x.title = t.id
                 AND x.search_key LIKE $1 AND x.search_key LIKE $2
                 AND x.search_key LIKE $3 AND x.search_key LIKE $4)
             ORDER BY t.sort_key, t.id LIMIT $5",
            params![patterns[0], patterns[1], patterns[2], patterns[3], limit],
        )
        .await?;
    Ok(found.into_iter().map(|found| found.0).collect())
}

#[cfg(test)]
mod tests {
    use super::search_key;

    #[test]
    fn a_key_has_no_accents_no_signs_and_a_space_before_each_word() {
        assert_eq!(search_key("L’Été, 50%_off: ŒUVRE"), " l ete 50 off oeuvre");
        assert_eq!(search_key("e\u{301}te\u{301}"), " ete");
        assert_eq!(search_key("***"), "");
    }
}
