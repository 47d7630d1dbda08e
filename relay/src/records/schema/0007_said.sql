-- Free words about people lie in a table of their own, so that they can be erased and the facts they belong to stay as they are (14.1).
-- place names the table of the fact, n its row.

CREATE TABLE said (
    place        TEXT NOT NULL,
    n            INTEGER NOT NULL,
    text         TEXT NOT NULL,
    PRIMARY KEY (place, n)
) STRICT, WITHOUT ROWID;

INSERT INTO said (place, n, text) SELECT 'suspensions', n, reason FROM suspensions WHERE reason <> '';
ALTER TABLE suspensions DROP COLUMN reason;
INSERT INTO said (place, n, text) SELECT 'agent_acts', n, reason FROM agent_acts WHERE reason <> '';
ALTER TABLE agent_acts DROP COLUMN reason;
INSERT INTO said (place, n, text) SELECT 'exceptions', n, reason FROM exceptions WHERE reason <> '';
ALTER TABLE exceptions DROP COLUMN reason;
INSERT INTO said (place, n, text) SELECT 'locks', n, reason FROM locks WHERE reason <> '';
ALTER TABLE locks DROP COLUMN reason;
INSERT INTO said (place, n, text) SELECT 'offers', n, note FROM offers WHERE note <> '';
ALTER TABLE offers DROP COLUMN note;

-- What was erased: when and how many texts, never which.
CREATE TABLE erasures (
    n            INTEGER PRIMARY KEY,
    texts        INTEGER NOT NULL,
    author       TEXT NOT NULL,
    at           INTEGER NOT NULL
) STRICT;

CREATE TRIGGER erasures_no_update BEFORE UPDATE ON erasures BEGIN SELECT RAISE(ABORT, 'erasures: rows are only added'); END;
CREATE TRIGGER erasures_no_delete BEFORE DELETE ON erasures BEGIN SELECT RAISE(ABORT, 'erasures: rows are only added'); END;
