-- What can be shown: titles, their editions, the files that embody them.

-- What a viewer sees: a film, a series, one of its seasons or episodes, or an extra.
CREATE TABLE title (
    id TEXT PRIMARY KEY,
    -- Its name in addresses. Stable once given: links are promises.
    slug TEXT NOT NULL,
    kind TEXT NOT NULL CONSTRAINT title_kind CHECK (kind IN ('film', 'series', 'season', 'episode', 'extra')),
    -- The series of a season, the season of an episode, the title an extra belongs to.
    parent TEXT REFERENCES title (id),
    -- Its number within the parent: season 2, episode 5.
    ordinal BIGINT,
    year BIGINT,
    -- As announced; the file knows the exact one. Milliseconds.
    runtime_ms BIGINT,
    -- The youngest age it is meant for, in years; NULL when not rated.
    rating_age BIGINT,
    -- JSON array of genre words.
    genres TEXT NOT NULL,
    -- What lists sort by, folded and without leading articles. A stored key, because the engines'
    -- own collations differ.
    sort_key SORT_TEXT NOT NULL,
    original_language TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    updated_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX title_slug ON title (slug);
CREATE INDEX title_by_parent ON title (parent, ordinal);

-- A title's words in one language.
CREATE TABLE title_text (
    title TEXT NOT NULL REFERENCES title (id) ON DELETE CASCADE,
    language TEXT NOT NULL,
    name TEXT NOT NULL,
    tagline TEXT NOT NULL,
    synopsis TEXT NOT NULL,
    -- The name in small letters without accents, each word with a space before it,
    -- so that LIKE '% word%' finds the beginnings of words.
    search_key TEXT NOT NULL,
    PRIMARY KEY (title, language)
);

-- A title's identifiers elsewhere: eidr, isan, imdb, tmdb.
CREATE TABLE title_id (
    scheme TEXT NOT NULL,
    value TEXT NOT NULL,
    title TEXT NOT NULL REFERENCES title (id) ON DELETE CASCADE,
    PRIMARY KEY (scheme, value)
);
CREATE INDEX title_id_by_title ON title_id (title);

-- A version of a title: the cut of the festival, the director's. Most titles have one, named ''.
CREATE TABLE edit (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL REFERENCES title (id),
    name TEXT NOT NULL
);
CREATE UNIQUE INDEX edit_title_name ON edit (title, name);

-- A place where media files lie. It is known by a file with its id inside, so that an empty mount
-- point is seen to be absent instead of empty.
CREATE TABLE storage_root (
    id TEXT PRIMARY KEY,
    -- Where it is on this installation, for staff to read.
    path TEXT NOT NULL,
    label TEXT NOT NULL,
    created_ms BIGINT NOT NULL
);

-- A media file. Rows outlive the file: a file that is gone is 'missing'.
CREATE TABLE asset (
    id TEXT PRIMARY KEY,
    -- The edit it embodies; NULL while nobody knows.
    edit TEXT REFERENCES edit (id),
    root TEXT NOT NULL REFERENCES storage_root (id),
    -- Below the root, as found. It is data, never an address.
    path TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    modified_ms BIGINT NOT NULL,
    -- What tells two contents apart: a digest over the parts of the file that always change.
    fingerprint TEXT NOT NULL,
    -- What our sniffer named it: mp4, matroska, …
    container TEXT NOT NULL,
    duration_ms BIGINT,
    -- ready: can be played. waiting: kept, but browsers can't play it. damaged: can't be read.
    -- missing: the file or its root is not there.
    state TEXT NOT NULL CONSTRAINT asset_state CHECK (state IN ('ready', 'waiting', 'damaged', 'missing')),
    -- A sentence for staff: why it is not ready.
    reason TEXT,
    -- The media crate's index: segment boundaries and track configurations, tens of KB.
    -- Read alone, by the play that needs it.
    media_index BLOB,
    -- The version of the index's format; another one means "index again".
    format_version BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    updated_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX asset_root_path ON asset (root, path);
CREATE INDEX asset_by_edit ON asset (edit);

-- One video, audio or subtitle stream of an asset. Sidecar subtitles are tracks too.
CREATE TABLE track (
    asset TEXT NOT NULL REFERENCES asset (id) ON DELETE CASCADE,
    -- Its number in playlists and tokens, from 1; sidecars come after the file's own.
    number BIGINT NOT NULL,
    kind TEXT NOT NULL CONSTRAINT track_kind CHECK (kind IN ('video', 'audio', 'subtitle')),
    -- The codec as people say it (h264, aac, webvtt) and as RFC 6381 writes it.
    codec TEXT NOT NULL,
    rfc6381 TEXT NOT NULL,
    -- 'und' when the file does not say.
    language TEXT NOT NULL,
    -- main, dub, description, sdh, forced, commentary.
    role TEXT NOT NULL,
    name TEXT NOT NULL,
    width BIGINT,
    height BIGINT,
    -- Pictures a second.
    frame_rate DOUBLE PRECISION,
    channels BIGINT,
    sample_rate BIGINT,
    -- For a sidecar: the SHA-256 of the stored WebVTT; NULL for a stream inside the file.
    sidecar TEXT,
    PRIMARY KEY (asset, number)
);

-- Pictures of a title. The bytes are in the object store under their SHA-256.
CREATE TABLE artwork (
    title TEXT NOT NULL REFERENCES title (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CONSTRAINT artwork_kind CHECK (kind IN ('poster', 'backdrop', 'still')),
    object TEXT NOT NULL,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    PRIMARY KEY (title, kind)
);
