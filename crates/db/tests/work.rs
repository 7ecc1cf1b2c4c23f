//! Watch folders, files that are still growing, and jobs.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod world;

use cineclub_db::folders::{Folder, FolderState};
use cineclub_db::jobs::{JobState, Settled};
use cineclub_db::sightings::SightingState;
use cineclub_db::{Db, Result, Tx, folders, jobs, on_both_engines, sightings};
use cineclub_domain::id::*;
use cineclub_domain::job::{Failure, JOB_LEASE_MS, Job, MAX_ATTEMPTS, backoff_ms};
use cineclub_domain::reason::Reason;
use cineclub_domain::time::Timestamp;
use world::{at, furnish, id};

on_both_engines! {
    async fn a_folder_is_watched_once_and_says_why_it_is_not(database: &TestDb) {
        let db = &database.db;
        with_folder(db).await;
        let twice = db.write(async |tx: &mut Tx| folders::insert(tx, &folder(2)).await).await.unwrap_err();
        assert!(twice.conflicts_on("folder_root"), "{twice}");
        db.write(async |tx: &mut Tx| -> Result<()> {
            assert_eq!(folders::list(tx).await?, [folder(1)]);
            folders::set_state(tx, id!(FolderId, 1), FolderState::Absent, Some(&"no id file".into())).await?;
            let found = folders::by_id(tx, id!(FolderId, 1)).await?.unwrap();
            assert_eq!((found.state, found.reason), (FolderState::Absent, Some("no id file".into())));
            sightings::observe(tx, id!(FolderId, 1), "a.mp4", 1, 1, at(0)).await?;
            folders::delete(tx, id!(FolderId, 1)).await?;
            assert_eq!(folders::by_id(tx, id!(FolderId, 1)).await?, None);
            assert_eq!(sightings::list(tx, id!(FolderId, 1)).await?, []);
            Ok(())
        }).await.unwrap();
    }

    async fn a_file_is_stable_from_when_its_size_and_time_stay(database: &TestDb) {
        let db = &database.db;
        with_folder(db).await;
        let folder = id!(FolderId, 1);
        db.write(async |tx: &mut Tx| -> Result<()> {
            assert_eq!(sightings::observe(tx, folder, "a.mp4", 10, 1, at(0)).await?.stable_ms(), 0);
            assert_eq!(sightings::observe(tx, folder, "a.mp4", 20, 1, at(5)).await?.stable_ms(), 0, "it grew");
            assert_eq!(sightings::observe(tx, folder, "a.mp4", 20, 1, at(9)).await?.stable_ms(), 4_000);
            sightings::take(tx, folder, "a.mp4").await?;
            assert_eq!(sightings::observe(tx, folder, "a.mp4", 20, 1, at(12)).await?.state, SightingState::Taken);
            let touched = sightings::observe(tx, folder, "a.mp4", 20, 2, at(13)).await?;
            assert_eq!((touched.state, touched.stable_ms()), (SightingState::Seen, 0), "another file by now");
            assert_eq!(sightings::list(tx, folder).await?, [touched]);
            sightings::forget(tx, folder, "a.mp4").await?;
            assert_eq!(sightings::list(tx, folder).await?, []);
            Ok(())
        }).await.unwrap();
    }

    async fn a_job_is_queued_once_while_it_lives(database: &TestDb) {
        database.db.write(async |tx: &mut Tx| -> Result<()> {
            assert!(jobs::enqueue(tx, id!(JobId, 1), &job("a"), 0, at(0), at(0)).await?);
            assert!(!jobs::enqueue(tx, id!(JobId, 2), &job("a"), 0, at(0), at(0)).await?);
            assert!(jobs::enqueue(tx, id!(JobId, 3), &job("b"), 0, at(0), at(0)).await?);
            let claimed = jobs::claim(tx, "w", at(0)).await?.unwrap();
            assert!(!jobs::enqueue(tx, id!(JobId, 2), &job("a"), 0, at(0), at(0)).await?, "running is living");
            assert!(jobs::finish(tx, claimed.id, "w", &"taken in".into(), at(1)).await?);
            assert!(jobs::enqueue(tx, id!(JobId, 2), &job("a"), 0, at(0), at(0)).await?);
            Ok(())
        }).await.unwrap();
    }

    async fn jobs_are_claimed_by_priority_then_by_time_and_not_before_it(database: &TestDb) {
        database.db.write(async |tx: &mut Tx| -> Result<()> {
            for (n, priority, run_at) in [(1, 0, 5), (2, 0, 3), (3, 9, 50), (4, 1, 4)] {
                jobs::enqueue(tx, id!(JobId, n), &job(&n.to_string()), priority, at(run_at), at(0)).await?;
            }
            let mut order = Vec::new();
            while let Some(claimed) = jobs::claim(tx, "w", at(10)).await? {
                assert_eq!((claimed.state, claimed.attempts), (JobState::Running, 1));
                assert_eq!(claimed.lease_until, Some(at(10).plus_millis(JOB_LEASE_MS)));
                assert_eq!(claimed.job, Some(job(&(claimed.id.to_bytes()[15]).to_string())));
                order.push(claimed.id.to_bytes()[15]);
            }
            assert_eq!(order, [4, 2, 1], "and 3 is not due");
            Ok(())
        }).await.unwrap();
    }

    async fn a_job_is_claimed_by_one_of_many_workers(database: &TestDb) {
        let db = &database.db;
        db.write(async |tx: &mut Tx| -> Result<()> {
            for n in 1..=60 {
                jobs::enqueue(tx, id!(JobId, n), &job(&n.to_string()), 0, at(0), at(0)).await?;
            }
            Ok(())
        }).await.unwrap();
        let workers: Vec<_> = (0..8).map(|n| {
            let db = db.clone();
            tokio::spawn(async move {
                let owner = format!("worker {n}");
                let mut mine = Vec::new();
                while let Some(job) = db.write(async |tx: &mut Tx| jobs::claim(tx, &owner, at(1)).await).await.unwrap() {
                    mine.push(job.id);
                }
                mine
            })
        }).collect();
        let mut claimed = Vec::new();
        for worker in workers {
            claimed.extend(worker.await.unwrap());
        }
        claimed.sort();
        let each: Vec<_> = (1..=60).map(|n| id!(JobId, n)).collect();
        assert_eq!(claimed, each);
    }

    async fn a_worker_that_lost_its_lease_can_do_nothing_more(database: &TestDb) {
        database.db.write(async |tx: &mut Tx| -> Result<()> {
            let id = id!(JobId, 1);
            jobs::enqueue(tx, id, &job("a"), 0, at(0), at(0)).await?;
            jobs::claim(tx, "first", at(0)).await?.unwrap();
            assert!(jobs::progress(tx, id, "first", 5, 10, Some(&"reading".into()), at(1)).await?);
            assert!(jobs::progress(tx, id, "first", 5, 10, Some(&"reading".into()), at(2)).await?);
            let expiry = at(2).plus_millis(JOB_LEASE_MS);
            assert_eq!(jobs::reclaim(tx, &each_time(), expiry.plus_millis(-1)).await?, []);
            let back = jobs::reclaim(tx, &each_time(), expiry).await?;
            assert_eq!((back.len(), back[0].state, back[0].progress_done), (1, JobState::Queued, 5));
            let second = jobs::claim(tx, "second", expiry).await?.unwrap();
            assert_eq!((second.attempts, second.progress_done, second.progress_total), (2, 0, 0), "it begins again");
            assert!(!jobs::progress(tx, id, "first", 6, 10, None, expiry).await?);
            assert!(!jobs::finish(tx, id, "first", &"taken in".into(), expiry).await?);
            assert_eq!(jobs::fail(tx, id, "first", &Failure::Fail("x".into()), expiry).await?, None);
            assert!(jobs::finish(tx, id, "second", &"taken in".into(), expiry).await?);
            let done = jobs::by_id(tx, id).await?.unwrap();
            assert_eq!((done.state, done.message, done.lease_owner), (JobState::Done, Some("taken in".into()), None));
            Ok(())
        }).await.unwrap();
    }

    async fn a_failure_is_retried_after_a_growing_wait_and_then_stays(database: &TestDb) {
        database.db.write(async |tx: &mut Tx| -> Result<()> {
            let id = id!(JobId, 1);
            jobs::enqueue(tx, id, &job("a"), 0, at(0), at(0)).await?;
            let mut now = at(0);
            for attempt in 1..=MAX_ATTEMPTS {
                assert_eq!(jobs::claim(tx, "w", now).await?.unwrap().attempts, attempt);
                let stands = jobs::fail(tx, id, "w", &Failure::Retry("the disk is busy".into()), now).await?;
                if attempt == MAX_ATTEMPTS {
                    assert_eq!(stands, Some(JobState::Failed));
                } else {
                    assert_eq!(stands, Some(JobState::Queued));
                    now = now.plus_millis(backoff_ms(attempt));
                    assert_eq!(jobs::claim(tx, "w", now.plus_millis(-1)).await?, None);
                }
            }
            let failed = jobs::by_id(tx, id).await?.unwrap();
            assert_eq!((failed.message, failed.finished), (Some("the disk is busy".into()), Some(now)));
            assert!(jobs::retry(tx, id, now).await?, "a person may say so");
            assert!(!jobs::retry(tx, id, now).await?);
            jobs::claim(tx, "w", now).await?.unwrap();
            let stands = jobs::fail(tx, id, "w", &Failure::Fail("not a film".into()), now).await?;
            assert_eq!(stands, Some(JobState::Failed), "no second try");
            Ok(())
        }).await.unwrap();
    }

    async fn a_job_that_kills_its_worker_each_time_fails_in_the_end(database: &TestDb) {
        database.db.write(async |tx: &mut Tx| -> Result<()> {
            jobs::enqueue(tx, id!(JobId, 1), &job("a"), 0, at(0), at(0)).await?;
            let mut now = at(0);
            for _ in 0..MAX_ATTEMPTS {
                jobs::claim(tx, "w", now).await?.unwrap();
                now = now.plus_millis(JOB_LEASE_MS);
                jobs::reclaim(tx, &each_time(), now).await?;
            }
            let job = jobs::by_id(tx, id!(JobId, 1)).await?.unwrap();
            assert_eq!((job.state, job.finished), (JobState::Failed, Some(now)));
            assert_eq!(job.message, Some(each_time()));
            Ok(())
        }).await.unwrap();
    }

    async fn a_folders_jobs_are_the_last_about_each_file_seen_in_it(database: &TestDb) {
        let db = &database.db;
        with_folder(db).await;
        let folder = id!(FolderId, 1);
        db.write(async |tx: &mut Tx| -> Result<()> {
            for path in ["a", "b"] {
                sightings::observe(tx, folder, path, 1, 1, at(0)).await?;
            }
            assert!(!jobs::is_any_due(tx, at(0)).await?);
            for (n, path) in [(1, "a"), (2, "b"), (3, "unseen")] {
                jobs::enqueue(tx, id!(JobId, n), &job(path), 0, at(1), at(0)).await?;
                jobs::cancel(tx, id!(JobId, n), at(0)).await?;
            }
            jobs::enqueue(tx, id!(JobId, 4), &job("a"), 0, at(1), at(0)).await?;
            let found: Vec<_> = jobs::of_folder(tx, folder).await?.into_iter().map(|job| job.id).collect();
            assert_eq!(found, [id!(JobId, 4), id!(JobId, 2)]);
            assert!(!jobs::is_any_due(tx, at(0)).await?, "its turn has not come");
            assert!(jobs::is_any_due(tx, at(1)).await?);
            jobs::cancel(tx, id!(JobId, 4), at(1)).await?;
            assert!(!jobs::retry(tx, id!(JobId, 1), at(1)).await?, "a later one was made for the same file");
            assert!(jobs::retry(tx, id!(JobId, 4), at(1)).await?);
            let first = jobs::of_folder(tx, folder).await?.remove(0);
            assert_eq!((first.id, first.state), (id!(JobId, 4), JobState::Queued));
            Ok(())
        }).await.unwrap();
    }

    async fn jobs_are_cancelled_counted_listed_and_swept(database: &TestDb) {
        database.db.write(async |tx: &mut Tx| -> Result<()> {
            for n in 1..=4 {
                jobs::enqueue(tx, id!(JobId, n), &job(&n.to_string()), 0, at(0), at(0)).await?;
            }
            let running = jobs::claim(tx, "w", at(0)).await?.unwrap();
            assert!(jobs::cancel(tx, id!(JobId, 2), at(1)).await?);
            assert!(!jobs::cancel(tx, id!(JobId, 2), at(1)).await?);
            let order: Vec<_> = jobs::list(tx, 0, 9).await?.into_iter().map(|job| (job.id, job.state)).collect();
            assert_eq!(order, [
                (running.id, JobState::Running),
                (id!(JobId, 4), JobState::Queued),
                (id!(JobId, 3), JobState::Queued),
                (id!(JobId, 2), JobState::Cancelled),
            ]);
            assert!(jobs::cancel(tx, running.id, at(1)).await?);
            assert!(!jobs::progress(tx, running.id, "w", 1, 1, None, at(2)).await?, "its worker learns of it");
            assert_eq!(counts(tx).await?, [(JobState::Cancelled, None, 2), (JobState::Queued, None, 2)]);
            let second_page: Vec<_> = jobs::list(tx, 1, 2).await?.into_iter().map(|job| job.id).collect();
            assert_eq!(second_page, [id!(JobId, 3), id!(JobId, 2)]);
            assert_eq!(jobs::sweep(tx, at(1)).await?, 0);
            assert_eq!(jobs::sweep(tx, at(2)).await?, 2);
            Ok(())
        }).await.unwrap();
    }

    async fn a_failure_needs_somebody_until_a_later_job_a_person_or_the_files_absence_settles_it(database: &TestDb) {
        database.db.write(async |tx: &mut Tx| -> Result<()> {
            for (n, path) in [(1, "made anew"), (2, "dismissed"), (3, "gone"), (4, "stays")] {
                failed(tx, n, path, at(1)).await?;
            }
            assert_eq!(counts(tx).await?, [(JobState::Failed, None, 4)]);
            assert!(jobs::enqueue(tx, id!(JobId, 5), &job("made anew"), 0, at(1), at(1)).await?);
            assert!(jobs::dismiss(tx, id!(JobId, 2)).await?);
            assert!(!jobs::dismiss(tx, id!(JobId, 2)).await?, "once is enough");
            assert!(!jobs::dismiss(tx, id!(JobId, 1)).await? && !jobs::dismiss(tx, id!(JobId, 5)).await?);
            jobs::moot(tx, id!(FolderId, 1), "gone").await?;
            assert_eq!(counts(tx).await?, [
                (JobState::Failed, None, 1),
                (JobState::Failed, Some(Settled::Dismissed), 1),
                (JobState::Failed, Some(Settled::Moot), 1),
                (JobState::Failed, Some(Settled::Superseded), 1),
                (JobState::Queued, None, 1),
            ]);
            let order: Vec<_> = jobs::list(tx, 0, 9).await?.into_iter().map(|job| job.id.to_bytes()[15]).collect();
            assert_eq!(order, [4, 5, 3, 2, 1], "what needs somebody comes first");
            for (n, may) in [(1, false), (2, true), (3, false), (4, true)] {
                assert_eq!(jobs::retry(tx, id!(JobId, n), at(1)).await?, may, "{n}");
            }
            assert_eq!(jobs::by_id(tx, id!(JobId, 2)).await?.unwrap().settled, None, "it is open again");
            Ok(())
        }).await.unwrap();
    }

    async fn the_last_job_about_a_file_that_never_came_in_is_kept_while_the_file_is_seen(database: &TestDb) {
        let db = &database.db;
        with_folder(db).await;
        let (folder, later) = (id!(FolderId, 1), at(9));
        db.write(async |tx: &mut Tx| -> Result<()> {
            // The path of the asset that `furnish` made.
            let taken = cineclub_db::assets::list(tx).await?.remove(0).path;
            for path in ["stopped", "dismissed", "failed", taken.as_str()] {
                sightings::observe(tx, folder, path, 1, 1, at(0)).await?;
            }
            for (n, path) in [(1, "stopped"), (2, "stopped"), (3, taken.as_str())] {
                jobs::enqueue(tx, id!(JobId, n), &job(path), 0, at(0), at(0)).await?;
                jobs::cancel(tx, id!(JobId, n), at(1)).await?;
            }
            failed(tx, 4, "dismissed", at(1)).await?;
            jobs::dismiss(tx, id!(JobId, 4)).await?;
            failed(tx, 5, "failed", at(1)).await?;
            assert_eq!(jobs::sweep(tx, later).await?, 2, "the superseded one, and that about a file that came in");
            let kept: Vec<_> = jobs::of_folder(tx, folder).await?.into_iter().map(|job| job.id.to_bytes()[15]).collect();
            assert_eq!(kept, [5, 4, 2]);
            for path in ["stopped", "dismissed", "failed"] {
                sightings::forget(tx, folder, path).await?;
            }
            assert_eq!(jobs::sweep(tx, later).await?, 2);
            assert_eq!(counts(tx).await?, [(JobState::Failed, None, 1)], "a failure stays until somebody saw to it");
            jobs::moot(tx, folder, "failed").await?;
            assert_eq!(jobs::sweep(tx, later).await?, 1);
            Ok(())
        }).await.unwrap();
    }
}

/// How many jobs there are in each state, and why nobody need look at them.
async fn counts(tx: &mut Tx) -> Result<Vec<(JobState, Option<Settled>, u64)>> {
    let counts = jobs::counts(tx).await?;
    Ok(counts
        .into_iter()
        .map(|count| (count.state, count.settled, count.n))
        .collect())
}

/// A job about a file that failed.
async fn failed(tx: &mut Tx, n: u64, path: &str, now: Timestamp) -> Result<()> {
    let failure = Failure::Fail("not a film".into());
    jobs::enqueue(tx, id!(JobId, n), &job(path), 0, at(0), at(0)).await?;
    jobs::claim(tx, "w", now).await?.unwrap();
    jobs::fail(tx, id!(JobId, n), "w", &failure, now).await?;
    Ok(())
}

async fn with_folder(db: &Db) {
    furnish(db).await;
    db.write(async |tx: &mut Tx| folders::insert(tx, &folder(1)).await)
        .await
        .unwrap();
}

fn folder(n: u64) -> Folder {
    Folder {
        id: id!(FolderId, n),
        root: id!(RootId, 1),
        name: "Films".to_owned(),
        created_ms: at(0),
        state: FolderState::Watching,
        reason: None,
    }
}

fn job(path: &str) -> Job {
    Job::Ingest {
        folder: id!(FolderId, 1),
        path: path.to_owned(),
        size_bytes: 5,
        modified_ms: 6,
    }
}

fn each_time() -> Reason {
    Reason::new("stopped-each-time").count("times", MAX_ATTEMPTS)
}
