-- What a contract's papers say: who the client is, letters, sites, options, quotes, prices, visits … One row a fact, in the order in which
-- they were written down. kind names what the body holds: docs/papers.schema.json describes the body of each. A row is never changed: a
-- mistake is corrected by another row that names it, says why and holds what is right, or no body when there was nothing to say.

CREATE TABLE papers (
    n            INTEGER PRIMARY KEY,
    -- Empty for what holds for every contract of the firm: published indices.
    contract     TEXT REFERENCES contracts (id),
    kind         TEXT NOT NULL,
    -- Which of the contract's machines it is about, if about one.
    agent        BLOB REFERENCES agents (id),
    body         TEXT,
    -- One correction of a row: whoever comes second corrects the correction.
    corrects     INTEGER UNIQUE REFERENCES papers (n),
    why          TEXT NOT NULL,
    author       TEXT NOT NULL,
    at           INTEGER NOT NULL
) STRICT;
CREATE INDEX papers_by_contract ON papers (contract, n);

CREATE TRIGGER papers_no_update BEFORE UPDATE ON papers BEGIN SELECT RAISE(ABORT, 'papers: rows are only added'); END;
CREATE TRIGGER papers_no_delete BEFORE DELETE ON papers BEGIN SELECT RAISE(ABORT, 'papers: rows are only added'); END;
