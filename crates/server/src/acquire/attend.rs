//! Keeps in memory which storage roots are there, so that what lies on one that is away is not offered.

use std::collections::HashMap;
use std::time::Duration;

use cineclub_domain::id::RootId;
use tokio::task::JoinHandle;

use crate::{App, storage};

/// How often the roots are looked for, at most.
const EVERY: Duration = Duration::from_secs(5);
/// How long a disk may take to answer before it counts as away: a network mount can hang for minutes.
const ANSWER: Duration = Duration::from_secs(2);

/// Looks for every root again and again until the program is asked to stop.
pub async fn attend(app: App) {
    let mut asked = HashMap::new();
    let pause = EVERY.min(Duration::from_secs(app.config().work.rescan_seconds.max(1)));
    loop {
        if let Err(error) = app.roots().refresh(app.db()).await {
            tracing::warn!(%error, "the storage roots could not be listed");
        }
        look_for_all(&app, &mut asked).await;
        tokio::select! {
            () = app.shutdown().cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Asks each root whether it is there. One that has not answered yet is not asked again.
async fn look_for_all(app: &App, asked: &mut HashMap<RootId, JoinHandle<bool>>) {
    for id in app.roots().ids() {
        asked.entry(id).or_insert_with(|| {
            let app = app.clone();
            tokio::task::spawn_blocking(move || {
                !matches!(
                    app.roots().open(id),
                    Err(storage::Error::Offline { .. } | storage::Error::UnknownRoot)
                )
            })
        });
    }
    for id in app.roots().ids() {
        let Some(answer) = asked.get_mut(&id) else {
            continue;
        };
        let answered = tokio::time::timeout(ANSWER, answer).await;
        if answered.is_ok() {
            asked.remove(&id);
        }
        let is_away = !matches!(answered, Ok(Ok(true)));
        if app.roots().presence(id).note(is_away) {
            tracing::info!(root = %id, is_away, "a storage root came or went");
        }
    }
}
