-- Codes that were ended before their time: after a copy of the record was put back, some of them had been used since.

CREATE TABLE ended_codes (
    code         BLOB PRIMARY KEY NOT NULL REFERENCES codes (hash),
    at           INTEGER NOT NULL
) STRICT;

CREATE TRIGGER ended_codes_no_update BEFORE UPDATE ON ended_codes BEGIN SELECT RAISE(ABORT, 'ended_codes: rows are only added'); END;
CREATE TRIGGER ended_codes_no_delete BEFORE DELETE ON ended_codes BEGIN SELECT RAISE(ABORT, 'ended_codes: rows are only added'); END;
