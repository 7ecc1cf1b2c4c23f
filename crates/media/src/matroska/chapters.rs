//! `Chapters`: of the editions a Matroska file may have, the one that is played as the film lies (RFC 9559, section 5.1.7).

use super::Clusters;
use super::ebml::{Element, Elements};
use super::tracks::language;
use crate::chapters::{CHAPTERS_LIMIT, Chapter, Chapters, LANGUAGES_LIMIT, NAME_LIMIT_BYTES};
use crate::index::Index;

/// What a film says of its chapters.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listed {
    /// An edition asks for another order than the film lies in; it gives no chapters (section 5.1.7.1.1).
    pub(crate) is_ordered: bool,
    atoms: Vec<Atom>,
}

/// A chapter: its start in nanoseconds of the file, and its names with their languages.
#[derive(Clone, Debug, Default)]
struct Atom {
    start_ns: u64,
    names: Vec<(Option<String>, String)>,
}

/// Reads `Chapters`. Damage within costs what lies behind it, never the film.
pub(crate) fn parse(chapters: Elements<'_>) -> Listed {
    let mut listed = Listed::default();
    let mut chosen: Option<((bool, bool), Element<'_>)> = None;
    for edition in chapters.flatten().filter(|element| element.id == 0x45B9) {
        let is_set = |id| {
            edition
                .children()
                .find(id)
                .is_some_and(|flag| flag.is_set())
        };
        if is_set(0x45DD) {
            listed.is_ordered = true;
            continue;
        }
        // What is meant to be seen comes first, then what is meant to be chosen, then what stands first.
        let rank = (is_set(0x45BD), !is_set(0x45DB));
        if chosen.as_ref().is_none_or(|(best, _)| rank < *best) {
            chosen = Some((rank, edition));
        }
    }
    if let Some((_, edition)) = chosen {
        let atoms = edition.children().flatten();
        let atoms = atoms.filter(|element| element.id == 0xB6).filter_map(atom);
        listed.atoms = atoms.take(CHAPTERS_LIMIT).collect();
    }
    listed
}

/// A chapter of the first level, if it is to be seen; those inside it are its own parts.
fn atom(element: Element<'_>) -> Option<Atom> {
    let mut atom = Atom::default();
    for part in element.children().flatten() {
        match part.id {
            0x91 => atom.start_ns = part.number(),
            0x98 if part.is_set() => return None,
            0x4598 if !part.is_set() => return None,
            0x80 if atom.names.len() < LANGUAGES_LIMIT => atom.names.push(display(&part)),
            _ => {}
        }
    }
    Some(atom)
}

/// A name and its language, which without a word is English (section 5.1.7.1.4.11).
fn display(display: &Element<'_>) -> (Option<String>, String) {
    let (mut name, mut said, mut bcp47) = (String::new(), Some("eng".to_owned()), None);
    for part in display.children().flatten() {
        match part.id {
            0x85 => name = text(&part),
            0x437C => said = language(&part),
            0x437D => bcp47 = language(&part),
            _ => {}
        }
    }
    (bcp47.or(said), name)
}

/// The text up to its first NUL, where some writers pad it.
fn text(part: &Element<'_>) -> String {
    let bytes = part.body.split(|byte| *byte == 0).next();
    let bytes = bytes.unwrap_or_default();
    String::from_utf8_lossy(&bytes[..bytes.len().min(NAME_LIMIT_BYTES)]).into_owned()
}

impl Listed {
    /// The chapters on the time line that is played, of a film whose `index` has everything else already.
    pub(crate) fn placed(&self, index: &Index) -> Vec<Chapter> {
        let zero_ns = index.clusters.as_ref().map_or(0, Clusters::zero_ns);
        let mut found = Chapters::default();
        for atom in &self.atoms {
            let ns = i128::from(atom.start_ns) - zero_ns;
            let start_ms = (ns + 500_000)
                .div_euclid(1_000_000)
                .clamp(-1 << 60, 1 << 60) as i64;
            found.add(start_ms, None, "");
            for (language, name) in &atom.names {
                found.add(start_ms, language.as_deref(), name);
            }
        }
        found.finish(index.longest_ms())
    }
}
