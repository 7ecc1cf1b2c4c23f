//! What a running body promises: the right bytes, one buffer at a time, and an end when refused.

use std::sync::atomic::{AtomicBool, Ordering};

use cineclub_media::ByteRange;
use http_body_util::BodyExt as _;

use super::super::disk::identity;
use super::*;
use crate::storage::{SourceFile, Turns};

struct Scene {
    _dir: tempfile::TempDir,
    path: std::path::PathBuf,
    file: Arc<MediaFile>,
    bytes: Vec<u8>,
    allowed: Arc<AtomicBool>,
    turns: Turns,
}

impl Scene {
    fn new(size: usize) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("film.mp4");
        let bytes: Vec<u8> = (0..size as u32)
            .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
            .collect();
        std::fs::write(&path, &bytes).unwrap();
        let turns = Turns::default();
        let file = MediaFile::new(
            SourceFile::on_disk(std::fs::File::open(&path).unwrap()).unwrap(),
            identity(&std::fs::metadata(&path).unwrap()),
            turns.clone(),
        )
        .unwrap();
        Self {
            _dir: dir,
            path,
            file: Arc::new(file),
            bytes,
            allowed: Arc::new(AtomicBool::new(true)),
            turns,
        }
    }

    /// Has the system put the film out of memory; false where it can't, as in a file system that is memory.
    fn forget(&self) -> bool {
        let file = std::fs::File::open(&self.path).unwrap();
        // What is just being written stays once more.
        (0..50).any(|_| {
            file.sync_all().unwrap();
            rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed).unwrap();
            let mut byte = [0];
            let slices = &mut [io::IoSliceMut::new(&mut byte)];
            let probe = rustix::io::preadv2(&file, slices, 0, rustix::io::ReadWriteFlags::NOWAIT);
            // Asking brings the first bytes back.
            let _ = rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed);
            probe == Err(rustix::io::Errno::AGAIN)
        })
    }

    fn body(&self, header: &[u8], spans: &[(u64, u64)], window: (u64, u64)) -> SegmentBody {
        let ranges: Vec<_> = spans
            .iter()
            .map(|(offset, len)| ByteRange {
                offset: *offset,
                len: *len,
            })
            .collect();
        let len = header.len() as u64 + ranges.iter().map(|range| range.len).sum::<u64>();
        let segment = Segment {
            header: header.to_vec(),
            ranges,
            len,
        };
        let allowed = Arc::clone(&self.allowed);
        let ask = Box::new(move || {
            if allowed.load(Ordering::SeqCst) {
                Ok(())
            } else {
                Err(Refusal::Revoked)
            }
        });
        SegmentBody::new(
            Arc::clone(&self.file),
            segment,
            window,
            Pool::default(),
            ask,
        )
    }
}

/// Takes every byte as a network would: copied, and let go of.
async fn drain(mut body: SegmentBody) -> io::Result<Vec<u8>> {
    let mut taken = Vec::new();
    while let Some(frame) = body.frame().await {
        taken.extend_from_slice(frame?.data_ref().unwrap());
    }
    Ok(taken)
}

#[tokio::test]
async fn header_and_ranges_arrive_in_order_and_the_length_is_exact() {
    let scene = Scene::new(2_000_000);
    let spans = [(5, 700_000), (700_100, 300_000), (1_999_990, 10), (0, 3)];
    let body = scene.body(b"header", &spans, (0, u64::MAX));
    let mut expected = b"header".to_vec();
    for (offset, len) in spans {
        expected.extend_from_slice(&scene.bytes[offset as usize..(offset + len) as usize]);
    }
    assert_eq!(
        http_body::Body::size_hint(&body).exact(),
        Some(expected.len() as u64)
    );
    assert!(drain(body).await.unwrap() == expected);
    let part = drain(scene.body(b"header", &spans, (3, 900_000)))
        .await
        .unwrap();
    assert!(part == expected[3..900_000]);
}

#[tokio::test]
async fn only_one_buffer_is_on_its_way_at_a_time() {
    let scene = Scene::new(1_000_000);
    let mut body = scene.body(b"", &[(0, 1_000_000)], (0, u64::MAX));
    let first = body.frame().await.unwrap().unwrap();
    let second = tokio::time::timeout(Duration::from_millis(50), body.frame()).await;
    assert!(second.is_err(), "the first buffer is still held");
    drop(first);
    assert!(body.frame().await.unwrap().is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_viewer_who_takes_nothing_is_cut_off_within_ten_seconds_of_the_revocation() {
    let scene = Scene::new(1_000_000);
    let mut body = scene.body(b"", &[(0, 1_000_000)], (0, u64::MAX));
    let _held = body.frame().await.unwrap().unwrap();
    let waiting = tokio::time::timeout(Duration::from_secs(60), body.frame()).await;
    assert!(waiting.is_err(), "control: while it is allowed, it waits");
    scene.allowed.store(false, Ordering::SeqCst);
    let cut = tokio::time::timeout(Duration::from_secs(10), body.frame()).await;
    let error = cut
        .expect("within ten seconds")
        .expect("an error, not an end")
        .unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
    assert!(body.frame().await.is_none(), "nothing follows");
}

#[tokio::test]
async fn a_flowing_body_is_cut_at_the_next_buffer() {
    let scene = Scene::new(1_000_000);
    let mut body = scene.body(b"", &[(0, 1_000_000)], (0, u64::MAX));
    drop(body.frame().await.unwrap().unwrap());
    scene.allowed.store(false, Ordering::SeqCst);
    assert!(body.frame().await.unwrap().is_err());
}

#[tokio::test]
async fn a_film_written_to_while_it_is_sent_ends_in_an_error_never_in_other_bytes() {
    let scene = Scene::new(1_000_000);
    let mut body = scene.body(b"", &[(0, 1_000_000)], (0, u64::MAX));
    drop(body.frame().await.unwrap().unwrap());
    tokio::time::sleep(Duration::from_millis(20)).await;
    std::fs::write(&scene.path, vec![0; 1_000_000]).unwrap();
    assert!(body.frame().await.unwrap().is_err());

    let short = Scene::new(1000);
    let cut_short = short.body(b"", &[(500, 1000)], (0, u64::MAX));
    assert!(
        drain(cut_short).await.is_err(),
        "the plan names bytes that are not there"
    );
}

#[tokio::test]
async fn an_answer_begins_with_a_small_piece_so_that_a_viewer_who_seeks_sees_it_soon() {
    let scene = Scene::new(3_000_000);
    let mut body = scene.body(b"head", &[(0, 3_000_000)], (0, 3_000_004));
    let mut pieces = Vec::new();
    while let Some(frame) = body.frame().await {
        pieces.push(frame.unwrap().data_ref().unwrap().len());
    }
    assert_eq!(pieces[..2], [FIRST, Pool::default().take().room()]);
}

#[tokio::test]
async fn what_waited_for_a_disk_while_the_gate_closed_is_not_sent() {
    let scene = Scene::new(1_000_000);
    let mut before = Vec::new();
    while let Ok(turn) = tokio::time::timeout(Duration::ZERO, scene.turns.take()).await {
        before.push(turn.unwrap());
    }
    if !scene.forget() {
        return;
    }
    let mut body = scene.body(b"", &[(0, 1_000_000)], (0, u64::MAX));
    let waiting = tokio::time::timeout(Duration::from_millis(50), body.frame()).await;
    assert!(waiting.is_err(), "others have all turns of the disk");
    scene.allowed.store(false, Ordering::SeqCst);
    before.clear();
    let error = body.frame().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);

    scene.allowed.store(true, Ordering::SeqCst);
    scene.forget();
    let again = drain(scene.body(b"", &[(0, 1_000_000)], (0, u64::MAX))).await;
    assert_eq!(again.unwrap(), scene.bytes, "control");
}
