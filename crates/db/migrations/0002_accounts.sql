-- Who may come in and what they have paid for.
--
-- Everywhere in this schema: ids are UUIDs (RFC 9562, version 7) as lower-case text. Columns ending
-- in _ms are milliseconds, counted from 1970-01-01T00:00:00Z when they name an instant. Sets and
-- rules are JSON text, written and read whole. Languages are BCP 47 tags, territories ISO 3166-1
-- alpha-2. A constraint or unique index is named table_column(_column), because that is the name
-- both engines give when they refuse a row.

-- The counter that orders what other processes must notice (tables change and revocation).
-- A row is raised with UPDATE .. RETURNING, whose lock lasts to the commit: numbers are therefore
-- given in commit order and without gaps, and a reader who has seen N has seen everything before N.
CREATE TABLE sequence (
    name TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO sequence (name, value) VALUES ('change', 0);

-- That something changed which processes keep in memory: the catalogue, grants, holds, legal pages.
-- They ask for "everything after N" and load again what is named.
CREATE TABLE change (
    -- From sequence 'change'.
    seq BIGINT PRIMARY KEY,
    at_ms BIGINT NOT NULL,
    -- What kind of thing: title, edit, asset, artwork, grant, hold, page, root, plan, revocation.
    kind TEXT NOT NULL,
    -- Its id (for a page its name and language).
    subject TEXT NOT NULL
);

-- Who signs in and pays. Staff are accounts with another role.
CREATE TABLE account (
    id TEXT PRIMARY KEY,
    -- As it was typed, for writing to the person.
    email TEXT NOT NULL,
    -- Trimmed and lower-cased: what makes two addresses the same.
    email_key SORT_TEXT NOT NULL,
    -- An argon2id PHC string. Never anything else.
    password_hash TEXT NOT NULL,
    role TEXT NOT NULL CONSTRAINT account_role CHECK (role IN ('viewer', 'programmer', 'owner')),
    -- The language of pages and messages.
    language TEXT NOT NULL,
    -- Where the account is at home, which decides its rights; NULL when it is not known.
    territory TEXT,
    -- Years, as stated by the person; NULL when not stated.
    age BIGINT,
    created_ms BIGINT NOT NULL,
    -- From when the account may not sign in; NULL while it may.
    disabled_ms BIGINT,
    -- Raised by everyone who asks for a stream. It means nothing in itself: writing the row first
    -- makes those who count the account's live plays take turns, on both engines.
    stream_asks BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX account_email_key ON account (email_key);

-- A signed-in browser or device.
CREATE TABLE session (
    id TEXT PRIMARY KEY,
    -- SHA-256 of the cookie's secret: a stolen database signs nobody in.
    token_hash TEXT NOT NULL,
    account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    created_ms BIGINT NOT NULL,
    last_seen_ms BIGINT NOT NULL,
    -- The session is over at this instant whatever happens.
    expires_ms BIGINT NOT NULL,
    -- What the person reads in the list of devices ("Firefox on Linux").
    device TEXT NOT NULL
);
CREATE UNIQUE INDEX session_token_hash ON session (token_hash);
CREATE INDEX session_by_account ON session (account);

-- Failed sign-ins, one row each, counted over a sliding window and swept afterwards.
CREATE TABLE signin_attempt (
    -- What is limited: a digest of the account's address or of the network it came from.
    limit_key TEXT NOT NULL,
    at_ms BIGINT NOT NULL
);
CREATE INDEX signin_attempt_by_key ON signin_attempt (limit_key, at_ms);
CREATE INDEX signin_attempt_by_time ON signin_attempt (at_ms);

-- The code printed on the host that lets the first owner in. There is at most one.
CREATE TABLE host_code (
    id TEXT PRIMARY KEY CONSTRAINT host_code_id CHECK (id = 'owner'),
    code_hash TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL,
    -- When it was used; it works once.
    used_ms BIGINT
);

-- What is sold.
CREATE TABLE plan (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    -- How many plays may run at once.
    streams BIGINT NOT NULL,
    -- The tallest picture it pays for, in lines; NULL for any.
    max_height BIGINT,
    downloads BOOLEAN NOT NULL,
    -- In the currency's smallest unit, so that money is never a fraction.
    price_minor BIGINT NOT NULL,
    -- ISO 4217.
    currency TEXT NOT NULL,
    -- How long one payment lasts.
    period_days BIGINT NOT NULL
);
CREATE UNIQUE INDEX plan_name ON plan (name);

-- One account's purchase of a plan. Paying again moves paid_until_ms.
CREATE TABLE subscription (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES account (id),
    plan TEXT NOT NULL REFERENCES plan (id),
    -- Who collects the money: 'voucher' here, a payment provider's name later.
    provider TEXT NOT NULL,
    -- The purchase's name at the provider, so that hearing of it twice makes one subscription.
    provider_ref TEXT NOT NULL,
    started_ms BIGINT NOT NULL,
    -- The first instant that is not paid for.
    paid_until_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX subscription_provider_provider_ref ON subscription (provider, provider_ref);
CREATE INDEX subscription_by_account ON subscription (account, paid_until_ms);

-- A code that buys days on a plan.
CREATE TABLE voucher (
    id TEXT PRIMARY KEY,
    -- SHA-256 of the code: the code itself is shown once and never kept.
    code_hash TEXT NOT NULL,
    plan TEXT NOT NULL REFERENCES plan (id),
    days BIGINT NOT NULL,
    uses_max BIGINT NOT NULL,
    -- Raised before a redemption is written, so that the last use has one winner.
    uses BIGINT NOT NULL DEFAULT 0,
    -- No use from this instant on; NULL for no end.
    expires_ms BIGINT,
    -- For staff: whom it was made for.
    note TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    CONSTRAINT voucher_uses CHECK (uses >= 0 AND uses <= uses_max)
);
CREATE UNIQUE INDEX voucher_code_hash ON voucher (code_hash);

-- Who used a voucher. An account uses one once.
CREATE TABLE redemption (
    voucher TEXT NOT NULL REFERENCES voucher (id),
    account TEXT NOT NULL REFERENCES account (id),
    at_ms BIGINT NOT NULL,
    CONSTRAINT redemption_voucher_account PRIMARY KEY (voucher, account)
);

-- What staff did: never changed, never deleted.
CREATE TABLE event (
    -- UUIDv7, so that ids sort by time.
    id TEXT PRIMARY KEY,
    at_ms BIGINT NOT NULL,
    -- The account that did it; NULL when the program did.
    actor TEXT,
    -- A verb such as 'grant.ended'.
    action TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    -- The state before and after, as JSON; NULL where there was none.
    from_json TEXT,
    to_json TEXT
);
CREATE INDEX event_by_subject ON event (subject_kind, subject, id);

-- Pages the owner writes (terms, privacy, imprint, cancellation), one row a language.
CREATE TABLE page_text (
    page TEXT NOT NULL,
    language TEXT NOT NULL,
    title TEXT NOT NULL,
    -- Markdown, shown as text.
    body TEXT NOT NULL,
    updated_ms BIGINT NOT NULL,
    -- The account that wrote it; NULL for the text the program came with.
    updated_by TEXT,
    PRIMARY KEY (page, language)
);

-- What staff can switch while the service runs. The file of settings is elsewhere.
CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
