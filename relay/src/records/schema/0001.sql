-- The contract record, first schema. Facts with a time are rows that are added with who and when; what holds now is the newest.
-- Triggers at the end keep it so. Texts that name people and must be erasable lie in tables of their own (session_texts, texts).

CREATE TABLE contracts (
    id           TEXT PRIMARY KEY NOT NULL,
    client       TEXT NOT NULL,
    signed_on    TEXT NOT NULL,
    effective_on TEXT NOT NULL,
    months       INTEGER NOT NULL,
    postal       TEXT,
    onsite       INTEGER NOT NULL,
    holidays     TEXT,
    author       TEXT NOT NULL,
    at           INTEGER NOT NULL
) STRICT;

CREATE TABLE notices (
    n            INTEGER PRIMARY KEY,
    contract     TEXT NOT NULL REFERENCES contracts (id),
    party        TEXT NOT NULL,
    sent_on      TEXT,
    received_on  TEXT,
    proof        TEXT NOT NULL,
    author       TEXT NOT NULL,
    at           INTEGER NOT NULL
) STRICT;
CREATE INDEX notices_by_contract ON notices (contract, n);

CREATE TABLE suspensions (
    n            INTEGER PRIMARY KEY,
    contract     TEXT NOT NULL REFERENCES contracts (id),
    suspended    INTEGER NOT NULL,
    reason       TEXT NOT NULL,
    author       TEXT NOT NULL,
    at           INTEGER NOT NULL
) STRICT;
CREATE INDEX suspensions_by_contract ON suspensions (contract, n);

CREATE TABLE codes (
    hash         BLOB PRIMARY KEY NOT NULL,
    contract     TEXT NOT NULL REFERENCES contracts (id),
    expires_at   INTEGER NOT NULL,
    author       TEXT NOT NULL,
    at           INTEGER NOT NULL
) STRICT;

-- code is unique: a code attaches one machine, whatever races.
CREATE TABLE agents (
    id           BLOB PRIMARY KEY NOT NULL,
    spki         BLOB NOT NULL,
    contract     TEXT NOT NULL REFERENCES contracts (id),
    code         BLOB NOT NULL UNIQUE REFERENCES codes (hash),
    enrolled_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE agent_acts (
    n            INTEGER PRIMARY KEY,
    agent        BLOB NOT NULL REFERENCES agents (id),
    standing     TEXT NOT NULL,
    approval     BLOB,
    reason       TEXT NOT NULL,
    author       TEXT NOT NULL,
    at           INTEGER NOT NULL
) STRICT;
CREATE INDEX agent_acts_by_agent ON agent_acts (agent, n);

CREATE TABLE agent_coverage (
    n            INTEGER PRIMARY KEY,
    agent        BLOB NOT NULL REFERENCES agents (id),
    coverage     TEXT NOT NULL,
    author       TEXT NOT NULL,
    at           INTEGER NOT NULL
) STRICT;
CREATE INDEX agent_coverage_by_agent ON agent_coverage (agent, n);

CREATE TABLE agent_facts (
    n            INTEGER PRIMARY KEY,
    agent        BLOB NOT NULL REFERENCES agents (id),
    facts        TEXT NOT NULL,
    at           INTEGER NOT NULL
) STRICT;
CREATE INDEX agent_facts_by_agent ON agent_facts (agent, n);

-- Presence, no fact with an author: the only value here that is overwritten.
CREATE TABLE agent_seen (
    agent        BLOB PRIMARY KEY NOT NULL REFERENCES agents (id),
    at           INTEGER NOT NULL
) STRICT;

CREATE TABLE exceptions (
    n            INTEGER PRIMARY KEY,
    agent        BLOB NOT NULL REFERENCES agents (id),
    opens        INTEGER NOT NULL,
    closes       INTEGER NOT NULL,
    reason       TEXT NOT NULL,
    author       TEXT NOT NULL,
    at           INTEGER NOT NULL
) STRICT;
CREATE INDEX exceptions_by_agent ON exceptions (agent, closes);

CREATE TABLE locks (
    n            INTEGER PRIMARY KEY,
    technician   TEXT NOT NULL,
    locked       INTEGER NOT NULL,
    reason       TEXT NOT NULL,
    author       TEXT NOT NULL,
    at           INTEGER NOT NULL
) STRICT;
CREATE INDEX locks_by_technician ON locks (technician, n);

CREATE TABLE sessions (
    id           BLOB PRIMARY KEY NOT NULL,
    technician   TEXT NOT NULL,
    contract     TEXT NOT NULL REFERENCES contracts (id),
    agent        BLOB NOT NULL REFERENCES agents (id),
    capabilities INTEGER NOT NULL,
    category     INTEGER NOT NULL,
    minutes      INTEGER NOT NULL,
    at           INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_agent ON sessions (agent, at);

CREATE TABLE session_texts (
    session      BLOB PRIMARY KEY NOT NULL REFERENCES sessions (id),
    reference    TEXT NOT NULL
) STRICT;

CREATE TABLE session_steps (
    n            INTEGER PRIMARY KEY,
    session      BLOB NOT NULL REFERENCES sessions (id),
    step         TEXT NOT NULL,
    value        INTEGER,
    at           INTEGER NOT NULL
) STRICT;
CREATE INDEX session_steps_by_session ON session_steps (session, n);

CREATE TABLE receipts (
    session      BLOB PRIMARY KEY NOT NULL REFERENCES sessions (id),
    receipt      BLOB NOT NULL,
    at           INTEGER NOT NULL
) STRICT;

CREATE TABLE lines (
    n                 INTEGER PRIMARY KEY,
    agent             BLOB NOT NULL REFERENCES agents (id),
    at                INTEGER NOT NULL,
    rtt_ms            INTEGER NOT NULL,
    down_kbit         INTEGER NOT NULL,
    up_kbit           INTEGER NOT NULL,
    loss_permille     INTEGER NOT NULL,
    loss_low_permille INTEGER NOT NULL
) STRICT;
CREATE INDEX lines_by_agent ON lines (agent, n);

CREATE TABLE journal (
    agent        BLOB NOT NULL,
    seq          INTEGER NOT NULL,
    prev         BLOB NOT NULL,
    at           INTEGER NOT NULL,
    body         BLOB NOT NULL,
    signature    BLOB NOT NULL,
    PRIMARY KEY (agent, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE texts (
    commitment   BLOB PRIMARY KEY NOT NULL,
    salt         BLOB NOT NULL,
    text         TEXT NOT NULL
) STRICT;

CREATE TRIGGER contracts_no_update BEFORE UPDATE ON contracts BEGIN SELECT RAISE(ABORT, 'contracts: rows are only added'); END;
CREATE TRIGGER contracts_no_delete BEFORE DELETE ON contracts BEGIN SELECT RAISE(ABORT, 'contracts: rows are only added'); END;
CREATE TRIGGER notices_no_update BEFORE UPDATE ON notices BEGIN SELECT RAISE(ABORT, 'notices: rows are only added'); END;
CREATE TRIGGER notices_no_delete BEFORE DELETE ON notices BEGIN SELECT RAISE(ABORT, 'notices: rows are only added'); END;
CREATE TRIGGER suspensions_no_update BEFORE UPDATE ON suspensions BEGIN SELECT RAISE(ABORT, 'suspensions: rows are only added'); END;
CREATE TRIGGER suspensions_no_delete BEFORE DELETE ON suspensions BEGIN SELECT RAISE(ABORT, 'suspensions: rows are only added'); END;
CREATE TRIGGER codes_no_update BEFORE UPDATE ON codes BEGIN SELECT RAISE(ABORT, 'codes: rows are only added'); END;
CREATE TRIGGER codes_no_delete BEFORE DELETE ON codes BEGIN SELECT RAISE(ABORT, 'codes: rows are only added'); END;
CREATE TRIGGER agents_no_update BEFORE UPDATE ON agents BEGIN SELECT RAISE(ABORT, 'agents: rows are only added'); END;
CREATE TRIGGER agents_no_delete BEFORE DELETE ON agents BEGIN SELECT RAISE(ABORT, 'agents: rows are only added'); END;
CREATE TRIGGER agent_acts_no_update BEFORE UPDATE ON agent_acts BEGIN SELECT RAISE(ABORT, 'agent_acts: rows are only added'); END;
CREATE TRIGGER agent_acts_no_delete BEFORE DELETE ON agent_acts BEGIN SELECT RAISE(ABORT, 'agent_acts: rows are only added'); END;
CREATE TRIGGER agent_coverage_no_update BEFORE UPDATE ON agent_coverage BEGIN SELECT RAISE(ABORT, 'agent_coverage: rows are only added'); END;
CREATE TRIGGER agent_coverage_no_delete BEFORE DELETE ON agent_coverage BEGIN SELECT RAISE(ABORT, 'agent_coverage: rows are only added'); END;
CREATE TRIGGER agent_facts_no_update BEFORE UPDATE ON agent_facts BEGIN SELECT RAISE(ABORT, 'agent_facts: rows are only added'); END;
CREATE TRIGGER agent_facts_no_delete BEFORE DELETE ON agent_facts BEGIN SELECT RAISE(ABORT, 'agent_facts: rows are only added'); END;
CREATE TRIGGER exceptions_no_update BEFORE UPDATE ON exceptions BEGIN SELECT RAISE(ABORT, 'exceptions: rows are only added'); END;
CREATE TRIGGER exceptions_no_delete BEFORE DELETE ON exceptions BEGIN SELECT RAISE(ABORT, 'exceptions: rows are only added'); END;
CREATE TRIGGER locks_no_update BEFORE UPDATE ON locks BEGIN SELECT RAISE(ABORT, 'locks: rows are only added'); END;
CREATE TRIGGER locks_no_delete BEFORE DELETE ON locks BEGIN SELECT RAISE(ABORT, 'locks: rows are only added'); END;
CREATE TRIGGER sessions_no_update BEFORE UPDATE ON sessions BEGIN SELECT RAISE(ABORT, 'sessions: rows are only added'); END;
CREATE TRIGGER sessions_no_delete BEFORE DELETE ON sessions BEGIN SELECT RAISE(ABORT, 'sessions: rows are only added'); END;
CREATE TRIGGER session_steps_no_update BEFORE UPDATE ON session_steps BEGIN SELECT RAISE(ABORT, 'session_steps: rows are only added'); END;
CREATE TRIGGER session_steps_no_delete BEFORE DELETE ON session_steps BEGIN SELECT RAISE(ABORT, 'session_steps: rows are only added'); END;
CREATE TRIGGER receipts_no_update BEFORE UPDATE ON receipts BEGIN SELECT RAISE(ABORT, 'receipts: rows are only added'); END;
CREATE TRIGGER receipts_no_delete BEFORE DELETE ON receipts BEGIN SELECT RAISE(ABORT, 'receipts: rows are only added'); END;
CREATE TRIGGER lines_no_update BEFORE UPDATE ON lines BEGIN SELECT RAISE(ABORT, 'lines: rows are only added'); END;
CREATE TRIGGER lines_no_delete BEFORE DELETE ON lines BEGIN SELECT RAISE(ABORT, 'lines: rows are only added'); END;
CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'journal: rows are only added'); END;
CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'journal: rows are only added'); END;
