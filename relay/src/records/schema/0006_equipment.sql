-- Which equipment a machine is, and which equipment a contract covers.

-- What a machine said of itself when it was believed to be the one it was: a row each time that became something else. body is JSON:
-- {"guest":false,"marks":[["system","DELL/7HJ2K33"],…]}.
CREATE TABLE evidence (
    n            INTEGER PRIMARY KEY,
    agent        BLOB NOT NULL REFERENCES agents (id),
    body         TEXT NOT NULL,
    at           INTEGER NOT NULL
) STRICT;
CREATE INDEX evidence_by_agent ON evidence (agent, n);

-- Every mark that a machine was ever believed by: how it is found again, also by a board's old number.
CREATE TABLE marks (
    agent        BLOB NOT NULL REFERENCES agents (id),
    sort         TEXT NOT NULL,
    value        TEXT NOT NULL,
    PRIMARY KEY (agent, sort, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX marks_by_value ON marks (sort, value);

-- Marks that were seen on two machines at once: they name neither, for ever.
CREATE TABLE shared_marks (
    sort         TEXT NOT NULL,
    value        TEXT NOT NULL,
    at           INTEGER NOT NULL,
    PRIMARY KEY (sort, value)
) STRICT, WITHOUT ROWID;

-- Which equipment a machine is: its own (the agent's own sixteen bytes) unless a row says otherwise; the newest holds, so that each
-- link can be taken back.
CREATE TABLE asset_links (
    n            INTEGER PRIMARY KEY,
    agent        BLOB NOT NULL REFERENCES agents (id),
    asset        BLOB NOT NULL,
    rule         TEXT NOT NULL,
    why          TEXT NOT NULL,
    author       TEXT NOT NULL,
    at           INTEGER NOT NULL
) STRICT;
CREATE INDEX asset_links_by_agent ON asset_links (agent, n);

-- What somebody has to decide about a machine. detail is JSON: marks and machines that it is about. The newest one of a machine counts.
CREATE TABLE findings (
    n            INTEGER PRIMARY KEY,
    agent        BLOB NOT NULL REFERENCES agents (id),
    rule         TEXT NOT NULL,
    detail       TEXT NOT NULL,
    at           INTEGER NOT NULL
) STRICT;
CREATE INDEX findings_by_agent ON findings (agent, n);
CREATE TABLE finding_answers (
    finding      INTEGER PRIMARY KEY NOT NULL REFERENCES findings (n),
    answer       TEXT NOT NULL,
    why          TEXT NOT NULL,
    author       TEXT NOT NULL,
    at           INTEGER NOT NULL
) STRICT;

-- Versions of a contract's covered-equipment list (clause 2.2), by their hash; body is what the hash is of.
CREATE TABLE equipment_lists (
    n            INTEGER PRIMARY KEY,
    hash         BLOB NOT NULL UNIQUE,
    contract     TEXT NOT NULL REFERENCES contracts (id),
    body         BLOB NOT NULL,
    author       TEXT NOT NULL,
    at           INTEGER NOT NULL
) STRICT;
CREATE INDEX equipment_lists_by_contract ON equipment_lists (contract, n);

-- A party's word that it approves a version. means: manager, machine or paper; detail: who, which machine and its signed word, or the
-- hash of the signed paper and where it lies.
CREATE TABLE equipment_approvals (
    n            INTEGER PRIMARY KEY,
    list         BLOB NOT NULL REFERENCES equipment_lists (hash),
    party        TEXT NOT NULL,
    means        TEXT NOT NULL,
    detail       BLOB NOT NULL,
    reference    TEXT NOT NULL,
    author       TEXT NOT NULL,
    at           INTEGER NOT NULL,
    UNIQUE (list, party)
) STRICT;

CREATE TRIGGER evidence_no_update BEFORE UPDATE ON evidence BEGIN SELECT RAISE(ABORT, 'evidence: rows are only added'); END;
CREATE TRIGGER evidence_no_delete BEFORE DELETE ON evidence BEGIN SELECT RAISE(ABORT, 'evidence: rows are only added'); END;
CREATE TRIGGER marks_no_update BEFORE UPDATE ON marks BEGIN SELECT RAISE(ABORT, 'marks: rows are only added'); END;
CREATE TRIGGER marks_no_delete BEFORE DELETE ON marks BEGIN SELECT RAISE(ABORT, 'marks: rows are only added'); END;
CREATE TRIGGER shared_marks_no_update BEFORE UPDATE ON shared_marks BEGIN SELECT RAISE(ABORT, 'shared_marks: rows are only added'); END;
CREATE TRIGGER shared_marks_no_delete BEFORE DELETE ON shared_marks BEGIN SELECT RAISE(ABORT, 'shared_marks: rows are only added'); END;
CREATE TRIGGER asset_links_no_update BEFORE UPDATE ON asset_links BEGIN SELECT RAISE(ABORT, 'asset_links: rows are only added'); END;
CREATE TRIGGER asset_links_no_delete BEFORE DELETE ON asset_links BEGIN SELECT RAISE(ABORT, 'asset_links: rows are only added'); END;
CREATE TRIGGER findings_no_update BEFORE UPDATE ON findings BEGIN SELECT RAISE(ABORT, 'findings: rows are only added'); END;
CREATE TRIGGER findings_no_delete BEFORE DELETE ON findings BEGIN SELECT RAISE(ABORT, 'findings: rows are only added'); END;
CREATE TRIGGER finding_answers_no_update BEFORE UPDATE ON finding_answers BEGIN SELECT RAISE(ABORT, 'finding_answers: rows are only added'); END;
CREATE TRIGGER finding_answers_no_delete BEFORE DELETE ON finding_answers BEGIN SELECT RAISE(ABORT, 'finding_answers: rows are only added'); END;
CREATE TRIGGER equipment_lists_no_update BEFORE UPDATE ON equipment_lists BEGIN SELECT RAISE(ABORT, 'equipment_lists: rows are only added'); END;
CREATE TRIGGER equipment_lists_no_delete BEFORE DELETE ON equipment_lists BEGIN SELECT RAISE(ABORT, 'equipment_lists: rows are only added'); END;
CREATE TRIGGER equipment_approvals_no_update BEFORE UPDATE ON equipment_approvals BEGIN SELECT RAISE(ABORT, 'equipment_approvals: rows are only added'); END;
CREATE TRIGGER equipment_approvals_no_delete BEFORE DELETE ON equipment_approvals BEGIN SELECT RAISE(ABORT, 'equipment_approvals: rows are only added'); END;
