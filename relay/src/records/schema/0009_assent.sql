-- Versions of the equipment list that were put to the client's representative, at the PC that the contract's papers name (clause 2.2).
CREATE TABLE equipment_asks (
    n            INTEGER PRIMARY KEY,
    list         BLOB NOT NULL REFERENCES equipment_lists (hash),
    agent        BLOB NOT NULL REFERENCES agents (id),
    author       TEXT NOT NULL,
    at           INTEGER NOT NULL
) STRICT;
CREATE INDEX equipment_asks_by_agent ON equipment_asks (agent, n);

-- What they said, once: 1 for approved. signed is the word that the PC's key signed.
CREATE TABLE equipment_words (
    ask          INTEGER PRIMARY KEY NOT NULL REFERENCES equipment_asks (n),
    yes          INTEGER NOT NULL,
    signed       BLOB NOT NULL,
    at           INTEGER NOT NULL
) STRICT;

CREATE TRIGGER equipment_asks_no_update BEFORE UPDATE ON equipment_asks BEGIN SELECT RAISE(ABORT, 'equipment_asks: rows are only added'); END;
CREATE TRIGGER equipment_asks_no_delete BEFORE DELETE ON equipment_asks BEGIN SELECT RAISE(ABORT, 'equipment_asks: rows are only added'); END;
CREATE TRIGGER equipment_words_no_update BEFORE UPDATE ON equipment_words BEGIN SELECT RAISE(ABORT, 'equipment_words: rows are only added'); END;
CREATE TRIGGER equipment_words_no_delete BEFORE DELETE ON equipment_words BEGIN SELECT RAISE(ABORT, 'equipment_words: rows are only added'); END;
