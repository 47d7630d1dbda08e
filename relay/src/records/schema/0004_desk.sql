-- Who works here, and what was offered to clients.

-- Presence, as the certificate names people; overwritten like agent_seen.
CREATE TABLE members (
    person       TEXT NOT NULL,
    role         TEXT NOT NULL,
    name         TEXT NOT NULL,
    at           INTEGER NOT NULL,
    PRIMARY KEY (person, role)
) STRICT, WITHOUT ROWID;

-- An offer without an answer stays open (clauses 3.5, 3.6, 4.7, 4.8).
CREATE TABLE offers (
    n            INTEGER PRIMARY KEY,
    agent        BLOB NOT NULL REFERENCES agents (id),
    session      BLOB REFERENCES sessions (id),
    kind         TEXT NOT NULL,
    category     INTEGER NOT NULL,
    included     INTEGER NOT NULL,
    clause       TEXT NOT NULL,
    note         TEXT NOT NULL,
    author       TEXT NOT NULL,
    at           INTEGER NOT NULL
) STRICT;
CREATE INDEX offers_by_agent ON offers (agent, n);

-- One answer to an offer.
CREATE TABLE offer_answers (
    offer        INTEGER PRIMARY KEY NOT NULL REFERENCES offers (n),
    answer       TEXT NOT NULL,
    author       TEXT NOT NULL,
    at           INTEGER NOT NULL
) STRICT;

CREATE TRIGGER offers_no_update BEFORE UPDATE ON offers BEGIN SELECT RAISE(ABORT, 'offers: rows are only added'); END;
CREATE TRIGGER offers_no_delete BEFORE DELETE ON offers BEGIN SELECT RAISE(ABORT, 'offers: rows are only added'); END;
CREATE TRIGGER offer_answers_no_update BEFORE UPDATE ON offer_answers BEGIN SELECT RAISE(ABORT, 'offer_answers: rows are only added'); END;
CREATE TRIGGER offer_answers_no_delete BEFORE DELETE ON offer_answers BEGIN SELECT RAISE(ABORT, 'offer_answers: rows are only added'); END;
