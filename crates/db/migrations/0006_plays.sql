-- Who is watching, how far they got, and what must stop.

-- One viewing session. It holds a stream slot as long as its lease lasts.
CREATE TABLE play (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES account (id),
    -- The sign-in it came from; sessions are deleted, plays are not, so this refers to nothing.
    session TEXT NOT NULL,
    title TEXT NOT NULL REFERENCES title (id),
    asset TEXT NOT NULL REFERENCES asset (id),
    -- The grant that allowed it: every minute watched names one.
    grant_id TEXT NOT NULL REFERENCES rights_grant (id),
    offer TEXT NOT NULL,
    device TEXT NOT NULL,
    started_ms BIGINT NOT NULL,
    last_beat_ms BIGINT NOT NULL,
    -- The slot is free from this instant on, unless a beat comes before.
    lease_until_ms BIGINT NOT NULL,
    -- When the playback token it was given stops by itself: a revocation need not outlive that.
    token_until_ms BIGINT NOT NULL,
    ended_ms BIGINT,
    -- closed, replaced, lost, revoked.
    end_reason TEXT,
    position_ms BIGINT NOT NULL
);
CREATE INDEX play_by_account ON play (account, lease_until_ms) WHERE ended_ms IS NULL;
CREATE INDEX play_by_lease ON play (lease_until_ms) WHERE ended_ms IS NULL;

-- How far an account got in a title.
CREATE TABLE progress (
    account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    title TEXT NOT NULL REFERENCES title (id) ON DELETE CASCADE,
    position_ms BIGINT NOT NULL,
    duration_ms BIGINT NOT NULL,
    -- Seen to its credits: no longer in "continue watching".
    finished BOOLEAN NOT NULL,
    -- When the position was true on the device. An older one never replaces a newer one.
    updated_ms BIGINT NOT NULL,
    PRIMARY KEY (account, title)
);
CREATE INDEX progress_recent ON progress (account, updated_ms);

-- What must stop giving bytes at once. Every node polls this and keeps the rows in memory.
CREATE TABLE revocation (
    -- From sequence 'change'.
    seq BIGINT PRIMARY KEY,
    kind TEXT NOT NULL
        CONSTRAINT revocation_kind CHECK (kind IN ('play', 'session', 'account', 'title', 'grant', 'asset')),
    subject TEXT NOT NULL,
    -- Tokens made before this instant are refused; later ones were given in knowledge of it.
    at_ms BIGINT NOT NULL,
    -- When no token it could concern is left.
    expires_ms BIGINT NOT NULL
);
CREATE INDEX revocation_by_expiry ON revocation (expires_ms);
