//! Samples for a caller whose reads may block and who goes through a film in order.

use std::cell::RefCell;
use std::sync::Arc;

use crate::cmaf::Samples;
use crate::error::Result;
use crate::index::Index;
use crate::matroska::{Stretch, Stretches};
use crate::source::ReadAt;
use crate::tables::SampleTables;

/// So many stretches are remembered: a segment needs three at most.
const REMEMBERED: usize = 3;

/// Where the samples of an opened film are looked up, whatever its container.
pub struct Lookup<'a, S: ?Sized> {
    source: &'a S,
    index: &'a Index,
    tables: Option<SampleTables>,
    recent: RefCell<Vec<(u32, Arc<Stretch>)>>,
}

impl<'a, S: ReadAt + ?Sized> Lookup<'a, S> {
    /// For the film in `source`, with what [`crate::open`] returned.
    pub fn new(source: &'a S, index: &'a Index, tables: Option<SampleTables>) -> Lookup<'a, S> {
        Lookup {
            source,
            index,
            tables,
            recent: RefCell::default(),
        }
    }

    /// For the film in `source` whose index was stored: reads the tables of an MP4.
    ///
    /// # Errors
    /// What [`SampleTables::read`] reports.
    pub fn open(source: &'a S, index: &'a Index) -> Result<Lookup<'a, S>> {
        let tables = match index.moov.len {
            0 => None,
            _ => Some(SampleTables::read(source, index)?),
        };
        Ok(Lookup::new(source, index, tables))
    }

    /// What [`crate::plan_segment`] wants.
    pub fn samples(&self) -> Samples<'_> {
        match &self.tables {
            Some(tables) => Samples::Tables(tables),
            None => Samples::from(self),
        }
    }
}

impl<S: ReadAt + ?Sized> Stretches for Lookup<'_, S> {
    fn stretch(&self, n: u32) -> Result<Arc<Stretch>> {
        let known = |recent: &Vec<(u32, Arc<Stretch>)>| {
            let found = recent.iter().find(|(number, _)| *number == n);
            found.map(|(_, stretch)| Arc::clone(stretch))
        };
        if let Some(stretch) = known(&self.recent.borrow()) {
            return Ok(stretch);
        }
        let stretch = Arc::new(Stretch::read(self.source, self.index, n)?);
        let mut recent = self.recent.borrow_mut();
        recent.truncate(REMEMBERED - 1);
        recent.insert(0, (n, Arc::clone(&stretch)));
        Ok(stretch)
    }
}
