-- What is looked for once for every file that comes in.

-- A file that was moved is known again by its contents.
CREATE INDEX asset_by_fingerprint ON asset (fingerprint);
-- What became of each file of a folder is told by the last job about it.
CREATE INDEX job_by_key ON job (dedupe_key);
