-- Whoever counts attempts under a key writes its row here first, so that of many at once each sees those before it.
CREATE TABLE attempt_turn (
    limit_key TEXT PRIMARY KEY,
    -- When somebody last did; the row is swept with the attempts.
    at_ms BIGINT NOT NULL
);
