//! One `moof`: its track fragments, each added to the track it belongs to (ISO/IEC 14496-12, clauses 8.8.4 to 8.8.12).

use std::ops::Range;

use super::boxes::{Boxes, Fields};
use super::extends::{Defaults, Extends};
use super::form::{Form, is_sync};
use super::fragments::{Fragments, RUN_SAMPLES, Run};
use super::movie::TrackBox;
use super::scan::MOOV_LIMIT_BYTES;
use crate::error::{Result, bad};
use crate::model::Kind;

/// No film has more runs of samples: a sample each for ten hours of picture.
const RUNS_LIMIT: u32 = 1 << 20;

/// No `trun` has more samples: the limit for a whole track.
const RUN_LIMIT: u32 = 1 << 24;

/// Takes the fragments of a film, one `moof` after the other.
pub(super) struct Collector<'a> {
    extends: &'a Extends,
    tracks: &'a mut [TrackBox],
    /// Those of `moov`; what is kept of the fragments is added to them.
    bytes: &'a mut Vec<u8>,
    runs: u32,
}

/// What `tfhd` says (clause 8.8.7), completed by the defaults of the track.
struct Head {
    /// The place of the track; `None` when `moov` has none with this number, or it is damaged.
    track: Option<usize>,
    /// Where data offsets count from.
    base: u64,
    defaults: Defaults,
    /// There are no samples: the default duration passes without any.
    is_empty: bool,
}

impl<'a> Collector<'a> {
    pub(super) fn new(
        extends: &'a Extends,
        tracks: &'a mut [TrackBox],
        bytes: &'a mut Vec<u8>,
    ) -> Collector<'a> {
        Collector {
            extends,
            tracks,
            bytes,
            runs: 0,
        }
    }

    /// Takes the body of the `moof` whose header begins at `place` in the file.
    ///
    /// # Errors
    /// When a box in it cannot be as it is. A track whose fragments contradict each other is marked as damaged.
    pub(super) fn moof(&mut self, moof: &[u8], place: u64) -> Result<()> {
        let mut data_end = place;
        for child in Boxes::new(moof, 0..moof.len()) {
            let child = child?;
            if &child.kind == b"traf" {
                data_end = self.traf(moof, child.body, place, data_end)?;
            }
        }
        Ok(())
    }

    /// Takes one track's part, and says where its data end; the part before has its own end at `before`.
    fn traf(&mut self, moof: &[u8], traf: Range<usize>, place: u64, before: u64) -> Result<u64> {
        let within = || Boxes::new(moof, traf.clone());
        let head = self.head(moof, within().need(b"tfhd")?, place, before)?;
        if let Some(tfdt) = within().find(b"tfdt")? {
            let start = decode_time(moof, tfdt)?;
            self.at(&head, |fragments| fragments.go_on_at(start));
        }
        if head.is_empty {
            let pause = u64::from(head.defaults.duration);
            self.at(&head, |fragments| {
                fragments.go_on_at(fragments.next().saturating_add(pause));
            });
            return Ok(before);
        }
        let mut end = None;
        for child in within() {
            let child = child?;
            if &child.kind == b"trun" {
                end = Some(self.trun(moof, child.body, &head, end.unwrap_or(head.base))?);
            }
        }
        Ok(end.unwrap_or(before))
    }

    fn head(&self, moof: &[u8], body: Range<usize>, place: u64, before: u64) -> Result<Head> {
        let mut fields = Fields::new(moof, body, b"tfhd");
        let (_, flags) = fields.version_and_flags()?;
        let id = fields.u32()?;
        let has = |flag| flags & flag != 0;
        let base = if has(0x1) {
            fields.u64()?
        } else if has(0x02_0000) {
            place
        } else {
            // The old rule: the first part counts from the `moof`, each other from where the data before it ends.
            before
        };
        let mut defaults = self.extends.defaults(id);
        for (flag, value) in [
            (0x2, &mut defaults.description),
            (0x8, &mut defaults.duration),
            (0x10, &mut defaults.size),
            (0x20, &mut defaults.flags),
        ] {
            if has(flag) {
                *value = fields.u32()?;
            }
        }
        let is_it = |track: &TrackBox| track.id == id && track.tables.is_some();
        Ok(Head {
            track: self.tracks.iter().position(is_it),
            base,
            defaults,
            is_empty: has(0x01_0000),
        })
    }

    fn at(&mut self, head: &Head, change: impl FnOnce(&mut Fragments)) {
        let track = head.track.and_then(|track| self.tracks.get_mut(track));
        if let Some(tables) = track.and_then(|track| track.tables.as_mut()) {
            change(&mut tables.fragments);
        }
    }

    /// Takes one run (clause 8.8.8), whose data lie at `at` if it does not say otherwise; says where they end.
    fn trun(&mut self, moof: &[u8], body: Range<usize>, head: &Head, at: u64) -> Result<u64> {
        let mut fields = Fields::new(moof, body, b"trun");
        let (_, flags) = fields.version_and_flags()?;
        let count = fields.u32()?;
        let offset = match flags & 0x1 {
            0 => at,
            _ => head
                .base
                .checked_add_signed(i64::from(fields.i32()?))
                .ok_or_else(|| bad(b"trun", "its data lie outside of any file"))?,
        };
        let first_is_sync = match flags & 0x4 {
            0 => None,
            _ => Some(is_sync(fields.u32()?)),
        };
        let is_picture = |track: usize| self.tracks[track].kind == Kind::Video;
        let form = Form {
            fields: (flags >> 8 & 15) as u8,
            duration: head.defaults.duration,
            size: head.defaults.size,
            is_sync: is_sync(head.defaults.flags),
            first_is_sync,
            // Writers flag sound as they please; a decoder can begin anywhere in all that is played here.
            all_sync: !head.track.is_some_and(is_picture),
        };
        if count > RUN_LIMIT {
            return Err(bad(b"trun", "it lists more samples than any film has"));
        }
        let len = count as usize * form.entry_len();
        if len > fields.remaining() {
            return Err(bad(b"trun", "it counts more entries than it holds"));
        }
        self.runs(fields.take(len)?, head, form, count, offset)
    }

    /// Adds the entries of one `trun` in runs that are short enough to be walked.
    fn runs(
        &mut self,
        entries: &[u8],
        head: &Head,
        form: Form,
        count: u32,
        offset: u64,
    ) -> Result<u64> {
        let kept = self.bytes.len();
        if head.track.is_some() {
            append(self.bytes, entries);
        }
        // Zero is not allowed, but written, and means the only one there is.
        let is_other = count > 0 && head.defaults.description > 1;
        let (mut form, mut offset) = (form, offset);
        let mut done = 0;
        while done < count {
            self.runs += 1;
            if self.runs > RUNS_LIMIT {
                return Err(bad(
                    b"trun",
                    "there are more than a million runs of samples",
                ));
            }
            let some = (count - done).min(RUN_SAMPLES);
            let at = done as usize * form.entry_len();
            let sum = form.sum(entries, at, some);
            self.at(head, |fragments| {
                // All that is kept is less than 64 MiB.
                let run = Run::new((kept + at) as u32, fragments.next(), offset, form);
                fragments.push(run, some, sum);
                if is_other {
                    fragments.note_other_description();
                }
            });
            offset = offset.saturating_add(sum.size_bytes);
            form = form.later();
            done += some;
        }
        Ok(offset)
    }
}

/// `tfdt` (clause 8.8.12).
fn decode_time(moof: &[u8], body: Range<usize>) -> Result<u64> {
    let mut fields = Fields::new(moof, body, b"tfdt");
    match fields.version_and_flags()?.0 {
        1 => fields.u64(),
        _ => Ok(u64::from(fields.u32()?)),
    }
}

/// Appends without ever asking for more than is allowed at once.
fn append(bytes: &mut Vec<u8>, more: &[u8]) {
    let needed = bytes.len() + more.len();
    if needed > bytes.capacity() {
        let limit = MOOV_LIMIT_BYTES as usize;
        let wanted = (bytes.capacity() * 2).clamp(needed, limit.max(needed));
        bytes.reserve_exact(wanted - bytes.len());
    }
    bytes.extend_from_slice(more);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::{boxed, example_fragmented, words};
    use crate::model::{Sample, Waiting};
    use crate::mp4::Mp4;
    use crate::open::find_moov;

    fn full(kind: &[u8; 4], values: &[u32]) -> Vec<u8> {
        let mut out = Vec::new();
        boxed(&mut out, kind, &[&words(values.iter().copied())]);
        out
    }

    fn around(kind: &[u8; 4], parts: &[Vec<u8>]) -> Vec<u8> {
        let mut out = Vec::new();
        boxed(&mut out, kind, &[&parts.concat()]);
        out
    }

    fn read(fragments: &[Vec<u8>]) -> Result<Mp4> {
        let film = example_fragmented(&fragments.concat());
        let place = find_moov(&film, film.len() as u64)?;
        Mp4::read(&film, place, film.len() as u64)
    }

    fn samples(fragments: &[Vec<u8>]) -> Vec<Sample> {
        let mp4 = read(fragments).expect("the boxes are as they should be");
        let tables = mp4.movie.tracks[0].tables.as_ref().expect("no damage");
        tables.samples(&mp4.bytes, 0..u32::MAX).collect()
    }

    fn sizes(samples: &[Sample]) -> Vec<(u64, u32)> {
        samples.iter().map(|s| (s.offset, s.size)).collect()
    }

    /// Where the first box behind `moov` begins.
    fn start() -> u64 {
        example_fragmented(&[]).len() as u64
    }

    /// A `trun` of samples with these sizes, their data at `offset` if it is given.
    fn sized(offset: Option<i32>, sizes: &[u32]) -> Vec<u8> {
        let flags = 0x200 | u32::from(offset.is_some());
        let head = [flags, sizes.len() as u32];
        let offset: Vec<u32> = offset.iter().map(|offset| *offset as u32).collect();
        full(b"trun", &[&head[..], &offset, sizes].concat())
    }

    /// Red when any of the three is mistaken for another: all offsets differ.
    #[test]
    fn data_count_from_the_place_that_the_three_rules_name() {
        let parts = |head: &[Vec<u8>; 3]| {
            let traf = |n: usize| {
                around(
                    b"traf",
                    &[
                        head[n].clone(),
                        sized(Some(7), &[10]),
                        sized(None, &[20, 30]),
                    ],
                )
            };
            // A part of a track that `moov` does not know counts as well.
            around(b"moof", &[traf(0), traf(1), traf(2)])
        };
        let old = |id| full(b"tfhd", &[0, id]);
        let of_moof = full(b"tfhd", &[0x02_0000, 1]);
        let given = full(b"tfhd", &[0x1, 1, 1, 5]);

        let at = start();
        let found = sizes(&samples(&[parts(&[old(1), old(9), old(1)])]));
        let first = at + 7;
        // After the first part come ten, twenty and thirty bytes, then seven that are skipped, twice.
        let third = first + 60 + 7 + 60 + 7;
        assert_eq!(found[0], (first, 10));
        assert_eq!(found[1..3], [(first + 10, 20), (first + 30, 30)]);
        assert_eq!(found[3..5], [(third, 10), (third + 10, 20)]);

        let found = sizes(&samples(&[parts(&[old(1), of_moof, given])]));
        assert_eq!((found[0].0, found[3].0), (first, first));
        assert_eq!(found[6..8], [((1 << 32) + 12, 10), ((1 << 32) + 22, 20)]);
    }

    #[test]
    fn what_a_run_does_not_say_the_part_says_and_then_the_film() {
        let all = full(b"tfhd", &[0x38, 1, 100, 5, 0]);
        let none = full(b"tfhd", &[0, 1]);
        let silent = full(b"trun", &[0, 2]);
        let found = samples(&[
            around(b"moof", &[around(b"traf", &[all, silent.clone()])]),
            around(b"moof", &[around(b"traf", &[none.clone(), silent])]),
            around(
                b"moof",
                &[around(
                    b"traf",
                    &[
                        none,
                        full(
                            b"trun",
                            &[
                                0x0100_0F04,
                                1,
                                0x0200_0000,
                                64,
                                9,
                                0x0101_0000,
                                3_u32.wrapping_neg(),
                            ],
                        ),
                    ],
                )],
            ),
        ]);
        let said: Vec<_> = found
            .iter()
            .map(|s| (s.dts, s.duration, s.size, s.is_sync, s.composition_offset))
            .collect();
        assert_eq!(
            said,
            [
                (0, 100, 5, true, 0),
                (100, 100, 5, true, 0),
                (200, 512, 0, false, 0),
                (712, 512, 0, false, 0),
                (1224, 64, 9, true, -3),
            ]
        );
    }

    /// Red when an absent `tfdt` begins anew at zero, or one of either version is not read.
    #[test]
    fn time_is_said_in_two_versions_or_goes_on() {
        let moof = |tfdt: Option<Vec<u8>>, flags: u32| {
            let tfhd = full(b"tfhd", &[flags, 1]);
            let parts = [tfhd, tfdt.unwrap_or_default(), full(b"trun", &[0, 1])];
            around(b"moof", &[around(b"traf", &parts)])
        };
        let found = samples(&[
            moof(Some(full(b"tfdt", &[0, 1000])), 0),
            moof(None, 0),
            moof(Some(full(b"tfdt", &[0x0100_0000, 0, 3000])), 0),
            // Nothing for the length of a sample.
            moof(None, 0x01_0000),
            moof(None, 0),
            // Nothing comes of a time without samples.
            around(
                b"moof",
                &[around(
                    b"traf",
                    &[full(b"tfhd", &[0, 1]), full(b"tfdt", &[0, 9])],
                )],
            ),
        ]);
        let times: Vec<_> = found.iter().map(|s| (s.dts, s.duration)).collect();
        assert_eq!(
            times,
            [(1000, 512), (1512, 1488), (3000, 1024), (4024, 512)]
        );
    }

    #[test]
    fn a_film_that_goes_back_in_time_or_changes_its_format_waits() {
        let moof = |tfhd: &[u32], tfdt: u32| {
            let parts = [
                full(b"tfhd", tfhd),
                full(b"tfdt", &[0, tfdt]),
                full(b"trun", &[0, 2]),
            ];
            around(b"moof", &[around(b"traf", &parts)])
        };
        let waiting = |second: Vec<u8>| {
            let mp4 = read(&[moof(&[0, 1], 0), second]).expect("the boxes can be read");
            mp4.movie.tracks[0].waiting
        };
        assert_eq!(waiting(moof(&[0, 1], 512)), None);
        assert_eq!(waiting(moof(&[0, 1], 511)), Some(Waiting::Damaged));
        assert_eq!(waiting(moof(&[2, 1, 0], 1024)), None);
        assert_eq!(
            waiting(moof(&[2, 1, 2], 1024)),
            Some(Waiting::FormatChanges)
        );
    }

    #[test]
    fn counts_that_lie_and_parts_without_a_head_are_errors() {
        let traf = |trun: &[u32]| {
            let parts = [full(b"tfhd", &[0, 1]), full(b"trun", trun)];
            around(b"moof", &[around(b"traf", &parts)])
        };
        for (trun, sentence) in [
            (
                &[0x200, 3, 1, 1][..],
                "it counts more entries than it holds",
            ),
            (&[0, u32::MAX], "it lists more samples than any film has"),
            (&[1, 1, i32::MIN as u32], "its data lie outside of any file"),
            (&[0x200], "it ends early"),
        ] {
            let error = read(&[traf(trun)]).map(|_| ()).expect_err("it cannot be");
            assert!(error.to_string().ends_with(sentence), "{error}");
        }
        let headless = around(b"moof", &[around(b"traf", &[full(b"trun", &[0, 1])])]);
        assert!(matches!(
            read(&[headless]),
            Err(crate::Error::MissingBox(_))
        ));
        // Each of these takes twenty bytes and speaks of sixteen million samples.
        let many = vec![traf(&[0, RUN_LIMIT]); 17];
        let is_cut = |fragments| {
            read(fragments)
                .expect("the first is whole")
                .movie
                .cut
                .is_some()
        };
        assert!(!is_cut(&many[..1]));
        assert!(is_cut(&many), "the film ends before they are too many");
    }
}
