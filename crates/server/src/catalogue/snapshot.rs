//! The whole catalogue at one number of the change sequence.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use cineclub_db::{Tx, artwork, assets, changes, edits, grants, holds, titles, tracks};
use cineclub_domain::decide::Audience;
use cineclub_domain::grant::Grant;
use cineclub_domain::hold::Hold;
use cineclub_domain::id::{AssetId, TitleId};
use cineclub_domain::openings::Openings;
use cineclub_domain::time::Timestamp;
use cineclub_domain::title::Lineage;

use super::entry::{AssetEntry, Entry};
use super::shelf::Shelf;
use crate::storage::Roots;

/// Openings kept for audiences seen lately.
const OPENINGS_KEPT: usize = 512;

/// The whole catalogue at one number of the change sequence.
pub struct Snapshot {
    /// The last change it has seen.
    pub changed: i64,
    /// Every grant.
    pub grants: Vec<Grant>,
    /// Every hold not over when it was read.
    pub holds: Vec<Hold>,
    entries: HashMap<TitleId, Entry>,
    sorted: Vec<TitleId>,
    slugs: HashMap<String, TitleId>,
    children: HashMap<TitleId, Vec<TitleId>>,
    pictures: HashMap<String, Vec<TitleId>>,
    openings: Mutex<HashMap<Audience, Arc<Openings>>>,
}

impl Snapshot {
    /// A title.
    pub fn title(&self, id: TitleId) -> Option<&Entry> {
        self.entries.get(&id)
    }

    /// The title with this name in addresses.
    pub fn by_slug(&self, slug: &str) -> Option<&Entry> {
        self.slugs.get(slug).and_then(|id| self.entries.get(id))
    }

    /// Every title, in the order of names.
    pub fn all(&self) -> impl Iterator<Item = &Entry> {
        self.sorted.iter().filter_map(|id| self.entries.get(id))
    }

    /// The seasons of a series, the episodes of a season, in their order.
    pub fn children(&self, id: TitleId) -> impl Iterator<Item = &Entry> {
        self.children
            .get(&id)
            .into_iter()
            .flatten()
            .filter_map(|child| self.entries.get(child))
    }

    /// The title it belongs to.
    pub fn parent(&self, entry: &Entry) -> Option<&Entry> {
        entry
            .title
            .parent
            .and_then(|parent| self.entries.get(&parent))
    }

    /// The episodes of a series, season by season.
    pub fn episodes(&self, series: TitleId) -> impl Iterator<Item = &Entry> {
        self.children(series)
            .flat_map(|season| self.children(season.title.id))
    }

    /// The titles that show a picture.
    pub fn titles_with_picture(&self, object: &str) -> impl Iterator<Item = &Entry> {
        self.pictures
            .get(object)
            .into_iter()
            .flatten()
            .filter_map(|id| self.entries.get(id))
    }

    /// The titles an audience could be shown at `now` if these were the grants, and nothing else.
    pub fn shelf_under(&self, grants: &[Grant], audience: Audience, now: Timestamp) -> Shelf<'_> {
        let openings = Openings::at(audience, grants, &self.holds, now);
        Shelf::new(self, Arc::new(openings))
    }

    /// The titles an audience may be shown at `now`, and nothing else.
    pub fn shelf(&self, audience: Audience, now: Timestamp) -> Shelf<'_> {
        let mut kept = self
            .openings
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        if kept.len() > OPENINGS_KEPT {
            kept.clear();
        }
        let openings = kept
            .get(&audience)
            .filter(|openings| openings.hold_at(now))
            .cloned()
            .unwrap_or_else(|| Arc::new(Openings::at(audience, &self.grants, &self.holds, now)));
        kept.insert(audience, Arc::clone(&openings));
        Shelf::new(self, openings)
    }
}

/// Reads the catalogue in one unchanging state of the database.
pub(super) async fn load(
    tx: &mut Tx,
    now: Timestamp,
    roots: &Roots,
) -> cineclub_db::Result<Snapshot> {
    let changed = changes::marks(tx).await?.changed;
    let all = titles::list(tx).await?;
    let sorted: Vec<_> = all.iter().map(|title| title.id).collect();
    let parents: HashMap<_, _> = all.iter().map(|title| (title.id, title.parent)).collect();
    let mut entries: HashMap<_, _> = all
        .into_iter()
        .map(|title| {
            let lineage = lineage(title.id, &parents);
            let entry = Entry {
                title,
                lineage,
                texts: vec![],
                artwork: vec![],
                edits: vec![],
                assets: vec![],
            };
            (entry.title.id, entry)
        })
        .collect();
    let mut pictures: HashMap<String, Vec<TitleId>> = HashMap::new();
    for text in titles::texts(tx).await? {
        if let Some(entry) = entries.get_mut(&text.title) {
            entry.texts.push(text);
        }
    }
    for picture in artwork::list(tx).await? {
        pictures
            .entry(picture.object.clone())
            .or_default()
            .push(picture.title);
        if let Some(entry) = entries.get_mut(&picture.title) {
            entry.artwork.push(picture);
        }
    }
    load_assets(tx, &mut entries, roots).await?;
    let slugs = entries
        .values()
        .map(|entry| (entry.title.slug.clone(), entry.title.id))
        .collect();
    let children = children(&sorted, &entries);
    let (grants, holds) = (grants::list(tx).await?, holds::active(tx, now).await?);
    Ok(Snapshot {
        changed,
        grants,
        holds,
        entries,
        sorted,
        slugs,
        children,
        pictures,
        openings: Mutex::default(),
    })
}

async fn load_assets(
    tx: &mut Tx,
    entries: &mut HashMap<TitleId, Entry>,
    roots: &Roots,
) -> cineclub_db::Result<()> {
    let mut tracks_of: HashMap<AssetId, Vec<_>> = HashMap::new();
    for track in tracks::list(tx).await? {
        tracks_of.entry(track.asset).or_default().push(track);
    }
    let mut title_of = HashMap::new();
    for edit in edits::list(tx).await? {
        title_of.insert(edit.id, edit.title);
        if let Some(entry) = entries.get_mut(&edit.title) {
            entry.edits.push(edit);
        }
    }
    for asset in assets::list(tx).await?.into_iter().rev() {
        let title = asset.edit.and_then(|edit| title_of.get(&edit));
        if let Some(entry) = title.and_then(|title| entries.get_mut(title)) {
            let tracks = tracks_of.remove(&asset.id).unwrap_or_default();
            entry.assets.push(AssetEntry {
                presence: roots.presence(asset.root),
                asset,
                tracks,
            });
        }
    }
    Ok(())
}

/// A title and those it belongs to. The schema keeps chains short; a longer one is cut.
fn lineage(id: TitleId, parents: &HashMap<TitleId, Option<TitleId>>) -> Lineage {
    let parent = parents.get(&id).copied().flatten();
    let grandparent = parent.and_then(|parent| parents.get(&parent).copied().flatten());
    match (parent, grandparent) {
        (None, _) => Lineage::of(id),
        (Some(parent), None) => Lineage::below(id, Lineage::of(parent)),
        (Some(parent), Some(grandparent)) => {
            Lineage::below(id, Lineage::below(parent, Lineage::of(grandparent)))
        }
    }
}

fn children(
    sorted: &[TitleId],
    entries: &HashMap<TitleId, Entry>,
) -> HashMap<TitleId, Vec<TitleId>> {
    let mut children: HashMap<TitleId, Vec<TitleId>> = HashMap::new();
    for id in sorted {
        if let Some(parent) = entries.get(id).and_then(|entry| entry.title.parent) {
            children.entry(parent).or_default().push(*id);
        }
    }
    for list in children.values_mut() {
        list.sort_by_key(|id| {
            entries
                .get(id)
                .map(|entry| (entry.title.ordinal.is_none(), entry.title.ordinal))
        });
    }
    children
}
