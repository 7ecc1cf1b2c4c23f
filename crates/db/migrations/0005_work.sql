-- Watch folders and the work that waits to be done.

-- A folder whose files are taken in.
CREATE TABLE folder (
    id TEXT PRIMARY KEY,
    root TEXT NOT NULL REFERENCES storage_root (id),
    name TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    -- watching, absent (its root can't be found: nothing is concluded from that).
    state TEXT NOT NULL CONSTRAINT folder_state CHECK (state IN ('watching', 'absent')),
    -- A sentence for staff: why it is not watched.
    reason TEXT
);
CREATE UNIQUE INDEX folder_root ON folder (root);

-- A file seen in a watch folder. It counts as complete when size and time have not changed for a while.
CREATE TABLE sighting (
    folder TEXT NOT NULL REFERENCES folder (id) ON DELETE CASCADE,
    -- Below the folder, as found.
    path TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    modified_ms BIGINT NOT NULL,
    -- Since when this size and time have been seen.
    stable_since_ms BIGINT NOT NULL,
    last_seen_ms BIGINT NOT NULL,
    -- seen: still being watched. taken: a job has been made for exactly this size and time.
    state TEXT NOT NULL CONSTRAINT sighting_state CHECK (state IN ('seen', 'taken')),
    PRIMARY KEY (folder, path)
);

-- Work in the background. A job can run twice without harm: its worker may die at any moment.
CREATE TABLE job (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    -- The job itself, as JSON.
    payload TEXT NOT NULL,
    -- Two live jobs never have the same key.
    dedupe_key TEXT NOT NULL,
    state TEXT NOT NULL
        CONSTRAINT job_state CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    -- The higher, the earlier.
    priority BIGINT NOT NULL,
    -- Not before this instant.
    run_at_ms BIGINT NOT NULL,
    -- Who runs it, and until when that is believed without a sign of life.
    lease_owner TEXT,
    lease_until_ms BIGINT,
    -- How often it was begun, and how often it may be.
    attempts BIGINT NOT NULL,
    max_attempts BIGINT NOT NULL,
    -- In the job's own unit (bytes for a file); a total of 0 means "not known yet".
    progress_done BIGINT NOT NULL DEFAULT 0,
    progress_total BIGINT NOT NULL DEFAULT 0,
    -- A sentence for staff: what it is doing, or why it failed.
    message TEXT NOT NULL DEFAULT '',
    created_ms BIGINT NOT NULL,
    finished_ms BIGINT
);
CREATE UNIQUE INDEX job_dedupe_key ON job (dedupe_key) WHERE state IN ('queued', 'running');
CREATE INDEX job_by_turn ON job (state, priority, run_at_ms);
