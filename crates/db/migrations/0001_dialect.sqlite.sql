-- Nothing: to SQLite the types BLOB and SORT_TEXT, which PostgreSQL's half of this step defines,
-- are columns of bytes and of text compared byte by byte. So every later step is one text for both.
SELECT 1;
