-- The file that this one is another size of: its picture is a choice beside that one's, and it never plays by itself.
-- NULL for a film of its own.
ALTER TABLE asset ADD COLUMN rung_of TEXT REFERENCES asset (id);
