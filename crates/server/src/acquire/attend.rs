//! Keeps in memory which storage roots are there, so that what lies on one that is away is not offered.

use std::collections::HashMap;
use std::time::Duration;

use cineclub_domain::id::RootId;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::{App, storage};

/// How often the roots are looked for, at most.
const EVERY: Duration = Duration::from_secs(5);
/// How often a bucket is asked, at least: each time is a request.
const BUCKETS_EVERY: Duration = Duration::from_secs(30);
/// How long a disk may take to answer before it counts as away: a network mount can hang for minutes.
const ANSWER: Duration = Duration::from_secs(2);
/// The same of a bucket, which is asked again when it does not answer. The others are looked for meanwhile.
const BUCKET_ANSWER: Duration = Duration::from_secs(20);

/// Looks for every root again and again until the program is asked to stop.
pub async fn attend(app: App) {
    let (mut asked, mut due) = (HashMap::new(), HashMap::new());
    let pause = EVERY.min(Duration::from_secs(app.config().work.rescan_seconds.max(1)));
    loop {
        if let Err(error) = app.roots().refresh(app.db()).await {
            tracing::warn!(%error, "the storage roots could not be listed");
        }
        look_for_all(&app, &mut asked, &mut due).await;
        tokio::select! {
            () = app.shutdown().cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Asks each root whose time has come whether it is there. One that has not answered yet is not asked again.
async fn look_for_all(
    app: &App,
    asked: &mut HashMap<RootId, (Instant, JoinHandle<bool>)>,
    due: &mut HashMap<RootId, Instant>,
) {
    let now = Instant::now();
    let mut looked_for = app.roots().ids();
    looked_for.retain(|id| due.get(id).is_none_or(|due| *due <= now));
    for id in &looked_for {
        asked.entry(*id).or_insert_with(|| {
            let (app, id) = (app.clone(), *id);
            let look = tokio::spawn(async move {
                !matches!(
                    app.roots().look_for(id).await,
                    Err(storage::Error::Offline { .. } | storage::Error::UnknownRoot)
                )
            });
            (now, look)
        });
    }
    for id in looked_for {
        let Some((since, answer)) = asked.get_mut(&id) else {
            continue;
        };
        let (since, bucket) = (*since, app.roots().rescan(id));
        let answered = tokio::time::timeout(ANSWER, answer).await;
        if answered.is_ok() {
            asked.remove(&id);
            if let Some(rescan) = bucket {
                due.insert(id, now + rescan.min(BUCKETS_EVERY));
            }
        } else if bucket.is_some() && since.elapsed() < BUCKET_ANSWER {
            continue;
        }
        let is_away = !matches!(answered, Ok(Ok(true)));
        if app.roots().presence(id).note(is_away) {
            tracing::info!(root = %id, is_away, "a storage root came or went");
        }
    }
}
