-- Inventories: each section of each machine, every change a row with when. What holds now is the newest row of a section; a section
-- that is not mentioned stays. A body is kept as the machine sent it, also when this relay's version cannot read it.

CREATE TABLE inventory (
    n            INTEGER PRIMARY KEY,
    agent        BLOB NOT NULL REFERENCES agents (id),
    section      INTEGER NOT NULL,
    status       INTEGER NOT NULL,
    body         BLOB NOT NULL,
    taken_at     INTEGER NOT NULL,
    at           INTEGER NOT NULL
) STRICT;
CREATE INDEX inventory_by_section ON inventory (agent, section, n);
CREATE INDEX inventory_by_time ON inventory (agent, at);

-- As with agent_seen, a presence that is overwritten: when the machine last said that all of it holds.
CREATE TABLE inventory_checked (
    agent        BLOB PRIMARY KEY NOT NULL REFERENCES agents (id),
    at           INTEGER NOT NULL
) STRICT;

CREATE TRIGGER inventory_no_update BEFORE UPDATE ON inventory BEGIN SELECT RAISE(ABORT, 'inventory: rows are only added'); END;
CREATE TRIGGER inventory_no_delete BEFORE DELETE ON inventory BEGIN SELECT RAISE(ABORT, 'inventory: rows are only added'); END;
