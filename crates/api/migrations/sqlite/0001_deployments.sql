-- One row a deployment. `doc` holds the record; the columns beside it are what is searched for, or
-- written by somebody else than the engine (`cancel`, `password`).
CREATE TABLE deployments (
    id         TEXT PRIMARY KEY,
    version    INTEGER NOT NULL,
    site       TEXT NOT NULL,
    key        TEXT NOT NULL,             -- the client's Idempotency-Key
    body_hash  TEXT NOT NULL,             -- of the request that key came with
    address    TEXT NOT NULL,
    state      TEXT NOT NULL,
    cancel     INTEGER NOT NULL DEFAULT 0,
    password   BLOB,                      -- sealed; NULL once revealed
    created_at INTEGER NOT NULL,          -- milliseconds since 1970
    ready_at   INTEGER,
    ended_at   INTEGER,
    doc        TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX deployments_key ON deployments (site, key);
-- An address belongs to one living deployment.
CREATE UNIQUE INDEX deployments_address ON deployments (address)
    WHERE state NOT IN ('failed', 'deleted');
CREATE INDEX deployments_state ON deployments (state);
CREATE INDEX deployments_created ON deployments (created_at);

-- What the widget shows, in order; `seq` is the event's id on the wire.
CREATE TABLE events (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    deployment TEXT NOT NULL REFERENCES deployments (id),
    doc        TEXT NOT NULL
) STRICT;
CREATE INDEX events_deployment ON events (deployment, seq);

-- Signed bytes, written before they are sent.
CREATE TABLE intents (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    deployment TEXT NOT NULL REFERENCES deployments (id),
    kind       TEXT NOT NULL,             -- pay, cancel
    state      TEXT NOT NULL,             -- open, included, closed
    batch      TEXT NOT NULL
) STRICT;
-- The lease on the signer: one batch on its way at a time, whoever holds it.
CREATE UNIQUE INDEX intents_one_open ON intents (state) WHERE state = 'open';
CREATE INDEX intents_deployment ON intents (deployment, state);

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
