-- A voucher whose code has leaked is stopped: what was redeemed with it stays, nobody redeems it again.
-- From when; NULL while it is not.
ALTER TABLE voucher ADD COLUMN stopped_ms BIGINT;
