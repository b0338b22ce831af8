-- Whom the site meant; empty on open sites.
ALTER TABLE deployments ADD COLUMN subject TEXT NOT NULL DEFAULT '';
CREATE INDEX deployments_site ON deployments (site, created_at);

-- Nonces of tokens that were used, for as long as the token could be read again.
CREATE TABLE nonces (
    site  TEXT NOT NULL,
    nonce TEXT NOT NULL,
    until INTEGER NOT NULL,              -- milliseconds since 1970
    PRIMARY KEY (site, nonce)
) STRICT;

-- Invitations; of the code only its hash.
CREATE TABLE invites (
    hash      TEXT PRIMARY KEY,
    site      TEXT NOT NULL,
    uses_left INTEGER NOT NULL,
    expires   INTEGER NOT NULL           -- milliseconds since 1970
) STRICT;
