-- Of the jobs that were made for one thing, the last one speaks.

-- Why nobody need look at a job that is over: a later one was made for the same thing (superseded), what it
-- was about is gone (moot), or a person has seen that it failed (dismissed). NULL while it has the last word.
ALTER TABLE job ADD COLUMN settled TEXT
    CONSTRAINT job_settled CHECK (settled IN ('superseded', 'moot', 'dismissed'));

UPDATE job SET settled = 'superseded'
WHERE state IN ('done', 'failed', 'cancelled')
    AND EXISTS (SELECT 1 FROM job AS later WHERE later.dedupe_key = job.dedupe_key AND later.id > job.id);
