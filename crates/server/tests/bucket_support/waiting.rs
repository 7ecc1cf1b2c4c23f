//! Nobody waits for a disk or a bucket but those who want something of it.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_film_on_a_disk_does_not_wait_for_a_slow_bucket_however_many_do() {
    let (store, place, _) = stocked().await;
    let url = format!("sqlite:{}", place.path().join("data.db").display());
    let house = House::open(&url, &store, "s3://archive/films").await;
    let disk = tempfile::tempdir().unwrap();
    std::fs::write(disk.path().join("Gamma (2003).mp4"), film(1)).unwrap();
    acquire::add_folder(&house.app, None, disk.path())
        .await
        .unwrap();
    house.opens_with(3).await;
    let (one, other) = (
        house.viewer("v@example.org").await,
        house.viewer("o@example.org").await,
    );
    let (beta, gamma) = (
        house.play(&one, "beta-2002").await,
        house.play(&other, "gamma-2003").await,
    );
    beta.get("1/init.mp4").await.body.unwrap();
    // Whoever plays it opens its file again, which takes a thread.
    let asset = house.assets().await;
    let asset = asset.iter().find(|asset| asset.path.starts_with("Gamma"));
    house.app.library().forget(asset.unwrap().id).await;
    store.is(Mood::Slow(Duration::from_secs(4)));
    // More than there are threads that may wait (512), each for a stretch that nobody has read.
    let mut waiting = JoinSet::new();
    for n in 0..700 {
        let beta = beta.clone();
        waiting.spawn(async move { beta.get(&format!("1/{}.m4s", n % 3)).await });
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    let begun = Instant::now();
    assert_eq!(gamma.get("1/0.m4s").await.status, StatusCode::OK);
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(2), "it took {took:?}");
    assert!(waiting.try_join_next().is_none(), "the control: those wait");
    waiting.abort_all();
    store.is(Mood::Well);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_film_on_one_disk_does_not_wait_for_another_that_hangs_however_many_do() {
    let (store, place, _) = stocked().await;
    let url = format!("sqlite:{}", place.path().join("data.db").display());
    let house = House::open(&url, &store, "s3://archive/films").await;
    let disks = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let hung = stripped::film(&place.path().join("hung.mkv"));
    std::fs::write(disks[0].path().join("Gamma (2003).mkv"), hung).unwrap();
    std::fs::write(disks[1].path().join("Delta (2004).mp4"), film(1)).unwrap();
    for disk in &disks {
        acquire::add_folder(&house.app, None, disk.path())
            .await
            .unwrap();
    }
    house.opens_with(4).await;
    let (one, other) = (
        house.viewer("v@example.org").await,
        house.viewer("o@example.org").await,
    );
    let (gamma, delta) = (
        house.play(&one, "gamma-2003").await,
        house.play(&other, "delta-2004").await,
    );
    gamma.get("1/init.mp4").await.body.unwrap();
    let assets = house.assets().await;
    let find = |name: &str| assets.iter().find(|asset| asset.path.starts_with(name));
    // Whoever plays it opens its file again, which takes a thread.
    house.app.library().forget(find("Delta").unwrap().id).await;
    // Threads that came before and wait for the disk have all its turns.
    let turns = house.app.roots().turns(find("Gamma").unwrap().root);
    let mut before = Vec::new();
    while let Ok(turn) = tokio::time::timeout(Duration::from_millis(50), turns.take()).await {
        before.push(turn.unwrap());
    }
    let mut waiting = JoinSet::new();
    for n in 0..700 {
        let gamma = gamma.clone();
        waiting.spawn(async move { gamma.get(&format!("1/{}.m4s", n % 2)).await });
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(delta.get("1/0.m4s").await.status, StatusCode::OK);
    assert!(waiting.try_join_next().is_none(), "the control: those wait");
    before.clear();
    let answer = waiting.join_next().await.unwrap().unwrap();
    assert_eq!(answer.status, StatusCode::OK, "the disk is back");
    waiting.abort_all();
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_is_long_in_listing_holds_no_other_up() {
    let (store, place, _) = stocked().await;
    store.write("old/notes.txt", b"nothing here plays");
    let url = format!("sqlite:{}", place.path().join("data.db").display());
    let house = House::open(&url, &store, "s3://archive/films").await;
    house.opens_with(2).await;
    acquire::add_folder(&house.app, None, "s3://archive/old")
        .await
        .unwrap();
    store.is(Mood::Lost("old"));
    // By now it is being looked at: each is, every second.
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    let begun = Instant::now();
    store.write(
        "films/Gamma (2003).mkv",
        stripped::film(&place.path().join("gamma.mkv")),
    );
    house.opens_with(3).await;
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(15), "taken in after {took:?}");
    store.is(Mood::Well);
    house.close().await;
}
