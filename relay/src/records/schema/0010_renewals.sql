-- Machines' keys that were replaced by another one of the same machine: a row of its own for each key, and what leads from one to the
-- other. word is what both keys signed.
CREATE TABLE renewals (
    old          BLOB PRIMARY KEY NOT NULL REFERENCES agents (id),
    agent        BLOB NOT NULL UNIQUE REFERENCES agents (id),
    word         BLOB NOT NULL,
    at           INTEGER NOT NULL
) STRICT;

CREATE TRIGGER renewals_no_update BEFORE UPDATE ON renewals BEGIN SELECT RAISE(ABORT, 'renewals: rows are only added'); END;
CREATE TRIGGER renewals_no_delete BEFORE DELETE ON renewals BEGIN SELECT RAISE(ABORT, 'renewals: rows are only added'); END;
