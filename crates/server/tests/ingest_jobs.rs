//! What staff see of files on their way in, and what they can do about a job that failed or was stopped.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod ingest_support;

use std::io::Write;

use axum::http::StatusCode;
use cineclub_db::{events, jobs, on_both_engines};
use cineclub_domain::account::Role;
use cineclub_domain::id::JobId;
use cineclub_domain::job::Job;
use cineclub_domain::time::DAY_MS;
use cineclub_server::acquire::FileState;
use cineclub_server::jobs::Steps;
use ingest_support::viewer::Viewer;
use ingest_support::{Cinema, film, picture, until};

on_both_engines! {
    async fn a_failure_is_told_until_a_later_job_a_person_or_the_files_absence_settles_it(database: &TestDb) {
        let cinema = Cinema::open(&database.url).await;
        let staff = programmer(&cinema).await;
        let overview = async || staff.get("/admin").await;
        let names = ["replaced.mp4", "dismissed.mp4", "removed.mp4"];
        for name in names {
            cinema.write(name, "only words");
        }
        for name in names {
            cinema.wait_for(name, FileState::Refused).await;
        }
        assert!(overview().await.contains("3 jobs have failed."));

        cinema.write("replaced.mp4", film(1));
        cinema.wait_for("replaced.mp4", FileState::Ready).await;
        assert!(overview().await.contains("2 jobs have failed."));
        assert!(staff.get("/admin/jobs").await.contains("Failed earlier"));

        let job = cinema.file("dismissed.mp4").await.unwrap().job.unwrap();
        let dismiss = format!("/admin/jobs/{job}/dismiss");
        assert!(staff.get("/admin/jobs").await.contains(&dismiss));
        assert_eq!(staff.post(&dismiss).await, StatusCode::SEE_OTHER);
        assert!(overview().await.contains("One job has failed."));
        let listed = staff.get("/admin/jobs").await;
        assert!(listed.contains("Dismissed") && !listed.contains(&dismiss), "{listed}");
        let told = cinema.file("dismissed.mp4").await.unwrap();
        assert_eq!(told.state, FileState::Refused, "the file is still none");
        let latest = cinema.app.db().read(async |tx| events::latest(tx, 1).await).await.unwrap().remove(0);
        assert_eq!((latest.action.as_str(), latest.actor), ("job.dismissed", Some(staff.account().id)));
        assert!(latest.to_json.unwrap().contains("dismissed.mp4"), "the record names the file");

        std::fs::remove_file(cinema.films.join("removed.mp4")).unwrap();
        until("nobody is asked any more", async || !overview().await.contains("failed.")).await;

        assert_eq!(staff.post(&retry(&cinema, job)).await, StatusCode::SEE_OTHER);
        until("it has failed again", async || overview().await.contains("One job has failed.")).await;
        cinema.close().await;
    }

    async fn a_file_whose_job_was_stopped_can_be_tried_again_however_long_ago_that_was(database: &TestDb) {
        let mut cinema = Cinema::idle(&database.url).await;
        let staff = programmer(&cinema).await;
        cinema.write("Patience (2020).mp4", film(1));
        let job = cinema.wait_for("Patience (2020).mp4", FileState::Queued).await.job.unwrap();
        let page = format!("/admin/folders/{}/live", cinema.folder);
        assert!(!staff.get(&page).await.contains("Try again"));
        assert_eq!(staff.post(&format!("/admin/jobs/{job}/cancel")).await, StatusCode::SEE_OTHER);
        let much_later = cinema.app.now().plus_millis(60 * DAY_MS);
        cinema.app.db().write(async |tx| jobs::sweep(tx, much_later).await).await.unwrap();
        cinema.wait_for("Patience (2020).mp4", FileState::Refused).await;
        let shown = staff.get(&page).await;
        assert!(shown.contains(&retry(&cinema, job)) && shown.contains("Try again"), "{shown}");
        assert_eq!(staff.post(&retry(&cinema, job)).await, StatusCode::SEE_OTHER);
        cinema.begin_work();
        cinema.wait_for("Patience (2020).mp4", FileState::Ready).await;
        assert!(!staff.get(&page).await.contains("Try again"));
        cinema.close().await;
    }

    async fn an_arriving_file_shows_its_size_and_when_it_last_changed(database: &TestDb) {
        let cinema = Cinema::patient(&database.url, 3_000).await;
        let staff = programmer(&cinema).await;
        let whole = film(1);
        cinema.write("growing.mp4", &whole[..600]);
        let first = cinema.wait_for("growing.mp4", FileState::Arriving).await;
        assert_eq!(first.size_bytes, 600);
        let shown = staff.get(&format!("/admin/folders/{}/live", cinema.folder)).await;
        assert!(shown.contains("600 bytes") && shown.contains("Last seen changing"), "{shown}");
        let mut file = std::fs::File::options().append(true).open(cinema.films.join("growing.mp4")).unwrap();
        file.write_all(&whole[600..]).unwrap();
        until("it has grown", async || {
            let now = cinema.file("growing.mp4").await.unwrap();
            now.size_bytes == whole.len() as u64 && now.since > first.since
        }).await;
        cinema.wait_for("growing.mp4", FileState::Ready).await;
        cinema.close().await;
    }

    async fn the_step_under_way_is_told_and_counts_as_not_yet_done(database: &TestDb) {
        let mut cinema = Cinema::idle(&database.url).await;
        let staff = programmer(&cinema).await;
        let name = "Slow (2020).mp4";
        cinema.write(name, film(1));
        cinema.wait_for(name, FileState::Queued).await;
        let page = format!("/admin/folders/{}/live", cinema.folder);
        let shown = async || staff.get(&page).await.split("<progress").nth(1).unwrap_or_default().to_owned();
        let claimed: cineclub_db::Result<_> = cinema.app.db().write(async |tx| jobs::claim(tx, "w", cinema.app.now()).await).await;
        let id = claimed.unwrap().unwrap().id;
        assert_eq!(cinema.file(name).await.unwrap().steps, None);
        assert!(!shown().await.contains("value="), "nobody knows yet how far it is");
        cinema.app.db().write(async |tx| jobs::progress(tx, id, "w", 2, 5, Some(&"reading".into()), cinema.app.now()).await).await.unwrap();
        assert_eq!(cinema.file(name).await.unwrap().steps, Some(Steps { at: 2, total: 5 }));
        assert!(shown().await.contains("value=\"1\" max=\"5\"") && shown().await.contains("Step 2 of 5"));
        assert!(staff.get("/admin/jobs/live").await.contains("Step 2 of 5 · reading"));

        // A worker tells how far it is soon after it began.
        let poster = picture(3_000, 4_500);
        for kind in ["poster", "fanart"] {
            cinema.write(&format!("Slow too (2021)-{kind}.png"), &poster);
        }
        cinema.write("Slow too (2021).mp4", film(2));
        cinema.begin_work();
        until("a step is told", async || {
            cinema.file("Slow too (2021).mp4").await.is_some_and(|file| file.steps.is_some())
        }).await;
        cinema.wait_for("Slow too (2021).mp4", FileState::Ready).await;
        cinema.close().await;
    }

    async fn every_job_can_be_looked_up_page_by_page(database: &TestDb) {
        let cinema = Cinema::idle(&database.url).await;
        let staff = programmer(&cinema).await;
        let now = cinema.app.now();
        cinema.app.db().write(async |tx| {
            for n in 0..150 {
                let job = Job::Ingest { folder: cinema.folder, path: format!("old-{n:03}.mp4"), size_bytes: 1, modified_ms: 1 };
                let id = JobId::new(now.plus_millis(n), cinema.app.entropy());
                jobs::enqueue(tx, id, &job, 0, now, now).await?;
                jobs::cancel(tx, id, now).await?;
            }
            Ok::<_, cineclub_db::Error>(())
        }).await.unwrap();
        let listed = |page: &str| page.matches("old-").count();
        let first = staff.get("/admin/jobs").await;
        assert_eq!(listed(&first), 100);
        assert!(first.contains("href=\"/admin/jobs?page=2\"") && first.contains("1 to 100 of 150"), "{first}");
        let second = staff.get("/admin/jobs?page=2").await;
        assert_eq!(listed(&second), 50);
        assert!(second.contains("old-000.mp4") && second.contains("data-live=\"/admin/jobs/live?page=2\""), "{second}");
        assert!(second.contains("rel=\"prev\" href=\"/admin/jobs\"") && !second.contains("rel=\"next\""));
        assert_eq!(listed(&staff.get("/admin/jobs/live?page=2").await), 50);
        for beyond in ["99", "0", "x"] {
            assert!(listed(&staff.get(&format!("/admin/jobs?page={beyond}")).await) > 0, "{beyond}");
        }
        cinema.close().await;
    }
}

async fn programmer(cinema: &Cinema) -> Viewer {
    Viewer::new(&cinema.app, "p@example.org", Role::Programmer).await
}

/// Where a file of the folder is tried again.
fn retry(cinema: &Cinema, job: JobId) -> String {
    format!("/admin/folders/{}/retry/{job}", cinema.folder)
}
