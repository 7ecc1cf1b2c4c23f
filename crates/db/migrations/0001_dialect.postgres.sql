-- Two type names with which every later step is one text for both engines.

-- PostgreSQL calls bytes BYTEA.
CREATE DOMAIN BLOB AS BYTEA;

-- Text that lists are sorted by: compared byte by byte as SQLite does, whatever the cluster's locale.
CREATE DOMAIN SORT_TEXT AS TEXT COLLATE "C";
