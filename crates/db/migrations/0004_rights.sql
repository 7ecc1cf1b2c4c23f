-- On what terms a title may be shown. Nothing here is ever deleted.

-- Permission from a licensor (a grant; GRANT itself is a word of SQL).
CREATE TABLE rights_grant (
    id TEXT PRIMARY KEY,
    licensor TEXT NOT NULL,
    -- The contract's number, or where the licence stands.
    reference TEXT NOT NULL,
    -- JSON array: free, subscription, rental, purchase, ticket.
    offers TEXT NOT NULL,
    -- JSON: territories included (null for the world) and excluded.
    territories TEXT NOT NULL,
    -- JSON language rules for sound and for subtitles.
    audio TEXT NOT NULL,
    subtitles TEXT NOT NULL,
    -- JSON: dates and zone as the contract has them. Instants are computed from it, never stored,
    -- because rules about clocks change after contracts are signed.
    window_rule TEXT NOT NULL,
    exclusive BOOLEAN NOT NULL,
    -- The tallest picture allowed, in lines; NULL for any.
    max_height BIGINT,
    downloads BOOLEAN NOT NULL,
    -- Plays at once over all viewers; NULL for any number.
    max_streams BIGINT,
    -- none, encrypted, drm_software, drm_hardware: what can't be met is denied.
    protection TEXT NOT NULL,
    -- contract, public-domain, or a Creative Commons licence by its SPDX name.
    licence TEXT NOT NULL,
    -- What the right rests on: where it was published, the text, its SHA-256, when it was seen.
    -- All but the address are there together or not at all.
    evidence_url TEXT,
    evidence_statement TEXT,
    evidence_sha256 TEXT,
    evidence_seen_ms BIGINT,
    -- The line that must be shown with the work.
    attribution TEXT,
    created_ms BIGINT NOT NULL,
    created_by TEXT,
    -- From when it no longer holds, because a person ended it; NULL while nobody did.
    ended_ms BIGINT,
    ended_by TEXT
);

-- The titles a grant names. Naming a series names what is below it.
CREATE TABLE grant_title (
    grant_id TEXT NOT NULL REFERENCES rights_grant (id),
    title TEXT NOT NULL REFERENCES title (id),
    PRIMARY KEY (grant_id, title)
);
CREATE INDEX grant_title_by_title ON grant_title (title);

-- A title kept back by a person, whatever its grants say.
CREATE TABLE hold (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL REFERENCES title (id),
    reason TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    -- When it ends by itself; NULL for no end.
    expires_ms BIGINT,
    -- When and by whom it was lifted.
    lifted_ms BIGINT,
    lifted_by TEXT
);
CREATE INDEX hold_by_title ON hold (title);
