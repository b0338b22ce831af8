-- Who has an address, or had it: the unique index knows the living alone, and each order asks.
CREATE INDEX deployments_had_address ON deployments (address);
