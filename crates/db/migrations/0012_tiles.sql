-- The thumbnails of a file's picture, in sheets.
CREATE TABLE tiles (
    asset TEXT PRIMARY KEY REFERENCES asset (id),
    -- What the file held when they were made: another content has none.
    fingerprint TEXT NOT NULL,
    -- Thumbnails in a line, and lines in a sheet.
    across BIGINT NOT NULL,
    down BIGINT NOT NULL,
    -- The size of one thumbnail, in pixels.
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    -- From one thumbnail to the next, in milliseconds.
    interval_ms BIGINT NOT NULL,
    -- The size of the largest sheet, in bytes.
    largest_bytes BIGINT NOT NULL,
    -- The SHA-256 of each sheet, in order, with a space between.
    sheets TEXT NOT NULL
);
