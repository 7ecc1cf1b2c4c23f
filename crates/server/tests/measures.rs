//! The numbers an operator watches, read from the router and seen to move.

#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod delivery_support;
mod support;

use axum::body::Body;
use axum::http::Method;
use cineclub_db::folders::{Folder, FolderState};
use cineclub_db::{Engine, jobs};
use cineclub_domain::id::{FolderId, JobId, RootId};
use cineclub_domain::job::{Failure, Job};
use cineclub_domain::time::SECOND_MS;
use delivery_support::Film;
use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::json;
use support::TestApp;

/// What a monitor on this host reads.
async fn measured(server: &TestApp) -> String {
    let headers = [("host", "localhost:8080")];
    let reply = server
        .visitor()
        .send(Method::GET, "/metrics", &headers, Body::empty())
        .await;
    assert_eq!(reply.status, 200);
    reply.text()
}

/// The value of the one line that holds all of `parts`.
fn value(text: &str, parts: &[&str]) -> f64 {
    let mut lines = text
        .lines()
        .filter(|line| !line.starts_with('#') && parts.iter().all(|part| line.contains(part)));
    let line = lines
        .next()
        .unwrap_or_else(|| panic!("no {parts:?} in {text}"));
    assert_eq!(lines.next(), None, "{parts:?} is not one line");
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

/// A watch folder whose disk is away, and a job that waits for it.
async fn leave_work(server: &TestApp) {
    let (now, entropy) = (server.app.now(), server.app.entropy());
    let root = cineclub_db::roots::Root {
        id: RootId::new(now, entropy),
        path: "/nowhere".to_owned(),
        label: "away".to_owned(),
        created_ms: now,
    };
    let folder = Folder {
        id: FolderId::new(now, entropy),
        root: root.id,
        name: "away".to_owned(),
        created_ms: now,
        state: FolderState::Absent,
        reason: None,
    };
    let (id, job) = (
        JobId::new(now, entropy),
        Job::Ingest {
            folder: folder.id,
            path: "a.mp4".to_owned(),
            size_bytes: 1,
            modified_ms: 1,
        },
    );
    server
        .app
        .db()
        .write(async |tx| {
            cineclub_db::roots::save(tx, &root, now).await?;
            cineclub_db::folders::insert(tx, &folder).await?;
            cineclub_db::jobs::enqueue(tx, id, &job, 0, now, now).await
        })
        .await
        .unwrap();
}

/// The job in line fails.
async fn fail_the_job(server: &TestApp) {
    let (now, failure) = (server.app.now(), Failure::Fail("not a film".into()));
    let failed: cineclub_db::Result<_> = server
        .app
        .db()
        .write(async |tx| {
            let job = jobs::claim(tx, "w", now).await?.unwrap();
            jobs::fail(tx, job.id, "w", &failure, now).await
        })
        .await;
    assert!(failed.unwrap().is_some());
}

/// Somebody has seen that the latest job failed.
async fn dismiss_the_job(server: &TestApp) {
    let dismissed: cineclub_db::Result<bool> = server
        .app
        .db()
        .write(async |tx| {
            let failed = jobs::list(tx, 0, 1).await?.remove(0);
            jobs::dismiss(tx, failed.id).await
        })
        .await;
    assert!(dismissed.unwrap());
}

async fn the_numbers_move(engine: Engine) {
    // Counted on this thread alone, so that no other test is counted with it.
    let recorder = PrometheusBuilder::new().build_recorder();
    let _counting = metrics::set_default_local_recorder(&recorder);
    let server = TestApp::watched(engine, |_| (), Some(recorder.handle())).await;
    let bytes = cineclub_media::example_film();
    let film = Film::make(&server.app, server.folder.path(), "lichen", bytes).await;
    let zoe = server.subscriber("zoe@example.org").await;

    let before = measured(&server).await;
    let version = format!("version=\"{}\"", env!("CARGO_PKG_VERSION"));
    assert_eq!(value(&before, &["cineclub_build_info", &version]), 1.0);
    for still in [
        &["cineclub_plays "][..],
        &["cineclub_media_bytes_total "],
        &["cineclub_folders_absent "],
        &["cineclub_revocations_age_seconds "],
        &["cineclub_jobs", "\"queued\""],
        &["cineclub_jobs", "\"failed\""],
    ] {
        assert_eq!(value(&before, still), 0.0, "{still:?}");
    }
    assert_eq!(value(&before, &["cineclub_database_up "]), 1.0);

    let play = zoe
        .post_json(
            "/api/v1/titles/lichen/play",
            &json!({"device": {"name": "A test"}}),
        )
        .await
        .json();
    let manifest = play["manifest"].as_str().unwrap();
    let segment = zoe.get(&manifest.replace("master.m3u8", "1/0.m4s")).await;
    assert_eq!(segment.body, film.segment(1, 0));
    zoe.get("/nothing-here").await;
    leave_work(&server).await;
    server.clock.advance_ms(7 * SECOND_MS);

    let after = measured(&server).await;
    let sent = segment.body.len() as f64;
    for (moved, to) in [
        (&["cineclub_plays "][..], 1.0),
        (&["cineclub_media_bytes_total "], sent),
        (&["cineclub_folders_absent "], 1.0),
        (&["cineclub_revocations_age_seconds "], 7.0),
        (&["cineclub_jobs", "\"queued\""], 1.0),
        (
            &["cineclub_http_requests_total", "\"(none)\"", "\"4xx\""],
            1.0,
        ),
        (
            &[
                "cineclub_http_requests_total",
                "/media/{token}/{track}/{file}",
                "\"2xx\"",
            ],
            1.0,
        ),
    ] {
        assert_eq!(value(&after, moved), to, "{moved:?}");
    }
    for personal in ["zoe", "lichen", "127.0.0.1", manifest] {
        assert!(!after.contains(personal), "{personal} in {after}");
    }

    let failed = async || value(&measured(&server).await, &["cineclub_jobs", "\"failed\""]);
    fail_the_job(&server).await;
    assert_eq!(failed().await, 1.0);
    dismiss_the_job(&server).await;
    assert_eq!(failed().await, 0.0, "somebody has seen to it");

    server.app.db().close().await;
    let blind = measured(&server).await;
    assert_eq!(value(&blind, &["cineclub_database_up "]), 0.0);
    assert!(
        value(&blind, &["cineclub_plays "]).is_nan(),
        "what can't be told is not told as it was"
    );
    server.stop().await;
}

/// On one thread each, where all that is counted happens.
mod the_numbers_move_with_what_happens {
    use super::*;

    #[tokio::test]
    async fn sqlite() {
        the_numbers_move(Engine::Sqlite).await;
    }

    #[tokio::test]
    async fn postgres() {
        the_numbers_move(Engine::Postgres).await;
    }
}
