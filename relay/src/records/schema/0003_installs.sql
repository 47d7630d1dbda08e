-- What is handed out and what people agreed to (clause 4.5). An acceptance's id is the SHA-256 of the secret in its download link.

CREATE TABLE packages (
    n             INTEGER PRIMARY KEY,
    file          TEXT NOT NULL UNIQUE,
    version       TEXT NOT NULL,
    arch          TEXT NOT NULL,
    size          INTEGER NOT NULL,
    installed_kib INTEGER NOT NULL,
    sha256        BLOB NOT NULL,
    author        TEXT NOT NULL,
    at            INTEGER NOT NULL
) STRICT;

CREATE TABLE acceptances (
    n             INTEGER PRIMARY KEY,
    id            BLOB UNIQUE,
    code          BLOB NOT NULL REFERENCES codes (hash),
    via           TEXT NOT NULL,
    version       TEXT NOT NULL,
    sha256        BLOB NOT NULL,
    lang          TEXT NOT NULL,
    at            INTEGER NOT NULL
) STRICT;
CREATE INDEX acceptances_by_code ON acceptances (code, n);

CREATE TRIGGER packages_no_update BEFORE UPDATE ON packages BEGIN SELECT RAISE(ABORT, 'packages: rows are only added'); END;
CREATE TRIGGER packages_no_delete BEFORE DELETE ON packages BEGIN SELECT RAISE(ABORT, 'packages: rows are only added'); END;
CREATE TRIGGER acceptances_no_update BEFORE UPDATE ON acceptances BEGIN SELECT RAISE(ABORT, 'acceptances: rows are only added'); END;
CREATE TRIGGER acceptances_no_delete BEFORE DELETE ON acceptances BEGIN SELECT RAISE(ABORT, 'acceptances: rows are only added'); END;
