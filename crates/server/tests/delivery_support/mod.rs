//! A film that can be played: a real file in a real root, indexed, attached and granted.

#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    reason = "each test file uses a part of it"
)]

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use cineclub_db::assets::{Asset, AssetState};
use cineclub_db::tracks::Track;
use cineclub_domain::grant::Grant;
use cineclub_domain::id::{AssetId, EditId, RootId, TitleId};
use cineclub_domain::language::{Language, LanguageRule};
use cineclub_domain::title::{TitleKind, TrackKind};
use cineclub_media as media;
use cineclub_server::{App, rights};

use crate::support::rights::grant_of;

/// A film that can be played.
pub struct Film {
    pub title: TitleId,
    pub asset: AssetId,
    pub grant: Grant,
    pub path: PathBuf,
    pub bytes: Vec<u8>,
}

impl Film {
    /// Puts `bytes` in a root in `folder` and makes a title of them that members may watch.
    pub async fn make(app: &App, folder: &Path, slug: &str, bytes: Vec<u8>) -> Self {
        Self::with_subtitles(app, folder, slug, bytes, &[]).await
    }

    /// The same, with WebVTT beside it.
    pub async fn with_subtitles(
        app: &App,
        folder: &Path,
        slug: &str,
        bytes: Vec<u8>,
        texts: &[(&str, &str)],
    ) -> Self {
        let (now, entropy) = (app.now(), app.entropy());
        let root = RootId::new(now, entropy);
        let place = folder.join(format!("root-{slug}"));
        std::fs::create_dir_all(&place).unwrap();
        std::fs::write(place.join(".cineclub-root"), format!("{root}\n")).unwrap();
        let path = place.join("film.mp4");
        std::fs::write(&path, &bytes).unwrap();
        let (index, _) = media::open(&bytes, bytes.len() as u64).unwrap();
        let meta = std::fs::metadata(&path).unwrap();
        let title = TitleId::new(now, entropy);
        let (edit, asset) = (EditId::new(now, entropy), AssetId::new(now, entropy));
        let row = Asset {
            id: asset,
            edit: Some(edit),
            rung_of: None,
            root,
            path: "film.mp4".to_owned(),
            size_bytes: meta.size(),
            modified_ms: meta.mtime() * 1000 + meta.mtime_nsec() / 1_000_000,
            fingerprint: String::new(),
            container: "mp4".to_owned(),
            duration_ms: Some(index.duration_ms as i64),
            state: AssetState::Ready,
            reason: None,
            format_version: media::FORMAT_VERSION.into(),
            created: now,
            updated: now,
        };
        let mut tracks: Vec<_> = index
            .tracks
            .iter()
            .filter(|track| track.is_playable())
            .map(|t| track(asset, t))
            .collect();
        for (place, (language, text)) in texts.iter().enumerate() {
            let object = app.store().put(text.as_bytes()).unwrap();
            tracks.push(sidecar(
                asset,
                (index.tracks.len() + 1 + place) as u8,
                language,
                object,
            ));
        }
        let place = place.display().to_string();
        app.db()
            .write(async |tx| {
                let film = title_row(title, slug, now);
                cineclub_db::titles::upsert(tx, &film).await?;
                let made = cineclub_db::edits::Edit {
                    id: edit,
                    title,
                    name: String::new(),
                };
                cineclub_db::edits::upsert(tx, &made, now).await?;
                let at = cineclub_db::roots::Root {
                    id: root,
                    path: place.clone(),
                    label: slug.to_owned(),
                    created_ms: now,
                };
                cineclub_db::roots::save(tx, &at, now).await?;
                cineclub_db::assets::upsert(tx, &row, Some(&index.to_bytes())).await?;
                cineclub_db::tracks::replace(tx, asset, &tracks).await
            })
            .await
            .unwrap();
        let grant = grant(app, title);
        rights::grants::enter(app, None, &grant).await.unwrap();
        Self {
            title,
            asset,
            grant,
            path,
            bytes,
        }
    }

    /// Puts another size of it beside it.
    pub async fn add_size(&self, app: &App, name: &str, bytes: &[u8]) -> (AssetId, PathBuf) {
        let path = self.path.with_file_name(name);
        std::fs::write(&path, bytes).unwrap();
        let (index, _) = media::open(bytes, bytes.len() as u64).unwrap();
        let meta = std::fs::metadata(&path).unwrap();
        let (now, id) = (app.now(), AssetId::new(app.now(), app.entropy()));
        let write = async |tx: &mut cineclub_db::Tx| {
            let film = cineclub_db::assets::by_id(tx, self.asset).await?.unwrap();
            // The clock stands still, and the order of files is that of their creation.
            let before = cineclub_db::assets::of_edit(tx, film.edit.unwrap())
                .await?
                .len();
            let row = Asset {
                id,
                rung_of: Some(film.id),
                path: name.to_owned(),
                size_bytes: meta.size(),
                modified_ms: meta.mtime() * 1000 + meta.mtime_nsec() / 1_000_000,
                fingerprint: name.to_owned(),
                created: now.plus_millis(before as i64),
                ..film
            };
            cineclub_db::assets::upsert(tx, &row, Some(&index.to_bytes())).await?;
            let playable = index.tracks.iter().filter(|track| track.is_playable());
            let tracks: Vec<_> = playable.map(|t| track(id, t)).collect();
            cineclub_db::tracks::replace(tx, id, &tracks).await
        };
        app.db().write(write).await.unwrap();
        (id, path)
    }

    /// Says that its picture has this codec and codec string.
    pub async fn recode(&self, app: &App, codec: &str, rfc6381: &str) {
        let now = app.now();
        let write = async |tx: &mut cineclub_db::Tx| {
            let mut tracks = cineclub_db::tracks::of_asset(tx, self.asset).await?;
            for track in tracks
                .iter_mut()
                .filter(|track| track.kind == TrackKind::Video)
            {
                codec.clone_into(&mut track.codec);
                rfc6381.clone_into(&mut track.rfc6381);
            }
            cineclub_db::tracks::replace(tx, self.asset, &tracks).await?;
            cineclub_db::assets::set_state(tx, self.asset, AssetState::Ready, None, now).await
        };
        app.db().write(write).await.unwrap();
    }

    /// Makes its stored index one that an older version of the program wrote.
    pub async fn age(&self, app: &App) {
        let write = async |tx: &mut cineclub_db::Tx| {
            let mut asset = cineclub_db::assets::by_id(tx, self.asset).await?.unwrap();
            asset.format_version = 1;
            let mut index = cineclub_db::assets::media_index(tx, self.asset)
                .await?
                .unwrap();
            index[4..6].copy_from_slice(&1_u16.to_be_bytes());
            cineclub_db::assets::upsert(tx, &asset, Some(&index)).await
        };
        app.db().write(write).await.unwrap();
    }

    /// The bytes of a segment, cut from the file in memory by the media engine alone.
    pub fn segment(&self, track: u32, n: u32) -> Vec<u8> {
        let (index, tables) = media::open(&self.bytes, self.bytes.len() as u64).unwrap();
        let lookup = media::Lookup::new(&self.bytes, &index, tables);
        let mut segment = media::Segment::default();
        media::plan_segment(&index, lookup.samples(), track, n, &mut segment).unwrap();
        let mut whole = segment.header.clone();
        for range in &segment.ranges {
            whole.extend_from_slice(&self.bytes[range.offset as usize..range.end() as usize]);
        }
        whole
    }
}

/// The example film in another size, with a key frame every so many seconds.
pub fn example_in((width, height): (u16, u16), key_seconds: u32) -> Vec<u8> {
    let mut film = media::example_film();
    let find = |film: &[u8], bytes: &[u8]| film.windows(bytes.len()).position(|w| w == bytes);
    let (old, new) = ([320_u16, 180], [width, height]);
    let bytes = |size: [u16; 2]| size.map(u16::to_be_bytes).concat();
    let at = find(&film, &bytes(old)).unwrap();
    film[at..at + 4].copy_from_slice(&bytes(new));
    let at = find(&film, b"stss").unwrap() + 8;
    let keys: Vec<u32> = (0..10).step_by(key_seconds as usize).collect();
    film[at..at + 4].copy_from_slice(&(keys.len() as u32).to_be_bytes());
    for (place, second) in keys.iter().enumerate() {
        let at = at + 4 + place * 4;
        film[at..at + 4].copy_from_slice(&(second * 25 + 1).to_be_bytes());
    }
    film
}

fn title_row(
    id: TitleId,
    slug: &str,
    now: cineclub_domain::time::Timestamp,
) -> cineclub_db::titles::Title {
    cineclub_db::titles::Title {
        id,
        slug: slug.to_owned(),
        kind: TitleKind::Film,
        parent: None,
        ordinal: None,
        year: Some(2024),
        runtime_ms: None,
        rating_age: None,
        genres: vec![],
        sort_key: slug.to_owned(),
        original_language: Language::unknown(),
        created: now,
        updated: now,
    }
}

fn track(asset: AssetId, track: &media::Track) -> Track {
    let video = track.kind == media::Kind::Video;
    Track {
        asset,
        number: track.number as u8,
        kind: if video {
            TrackKind::Video
        } else {
            TrackKind::Audio
        },
        codec: track.codec.clone(),
        rfc6381: track.rfc6381.clone().unwrap_or_default(),
        language: Language::unknown(),
        role: "main".to_owned(),
        name: String::new(),
        width: video.then_some(track.width),
        height: video.then_some(track.height),
        frame_rate: None,
        channels: None,
        sample_rate: None,
        sidecar: None,
    }
}

fn sidecar(asset: AssetId, number: u8, language: &str, object: String) -> Track {
    Track {
        asset,
        number,
        kind: TrackKind::Subtitle,
        codec: "webvtt".to_owned(),
        rfc6381: "wvtt".to_owned(),
        language: language.parse().unwrap(),
        role: "main".to_owned(),
        name: String::new(),
        width: None,
        height: None,
        frame_rate: None,
        channels: None,
        sample_rate: None,
        sidecar: Some(object),
    }
}

fn grant(app: &App, title: TitleId) -> Grant {
    Grant {
        subtitles: LanguageRule::Only(vec!["fr".parse().unwrap()]),
        attribution: Some("© Films du Cap".to_owned()),
        ..grant_of(app, &[title])
    }
}
