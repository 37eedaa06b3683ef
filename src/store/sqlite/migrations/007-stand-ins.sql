-- Lists also name revoked tokens, and locked and removed clients, by stand-in serial numbers that are no certificate's. So the two tables of what stands in
-- lists are made anew without their references to certificates.
CREATE TABLE listed (
  authority_id TEXT NOT NULL,
  serial_number TEXT NOT NULL,
  crl_number INTEGER NOT NULL,
  revoked_at INTEGER NOT NULL,
  reason TEXT NOT NULL,
  invalidity_date INTEGER,
  not_after INTEGER NOT NULL,
  by_lock INTEGER NOT NULL DEFAULT 0 CHECK (by_lock IN (0, 1)),
  PRIMARY KEY (authority_id, serial_number)
) STRICT, WITHOUT ROWID;
INSERT INTO listed SELECT * FROM revocations;
DROP TABLE revocations;
ALTER TABLE listed RENAME TO revocations;
CREATE INDEX revocations_by_number ON revocations (authority_id, crl_number);

CREATE TABLE ended (
  authority_id TEXT NOT NULL,
  serial_number TEXT NOT NULL,
  crl_number INTEGER NOT NULL,
  ended_number INTEGER NOT NULL CHECK (ended_number > crl_number),
  revoked_at INTEGER NOT NULL,
  reason TEXT NOT NULL,
  invalidity_date INTEGER,
  not_after INTEGER NOT NULL,
  PRIMARY KEY (authority_id, serial_number, ended_number)
) STRICT, WITHOUT ROWID;
INSERT INTO ended SELECT * FROM ended_revocations;
DROP TABLE ended_revocations;
ALTER TABLE ended RENAME TO ended_revocations;
CREATE INDEX ended_revocations_by_number ON ended_revocations (authority_id, ended_number);

-- Tokens that were revoked, by stand-in. `client_id` is NULL where only the id of the token was known.
CREATE TABLE revoked_tokens (
  serial_number TEXT PRIMARY KEY,
  client_id TEXT,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX revoked_tokens_by_client ON revoked_tokens (client_id);
CREATE INDEX revoked_tokens_by_expiry ON revoked_tokens (expires_at);

-- Those who were locked or removed before are listed as well, for as long as a token of theirs could live.
INSERT INTO revocations
  SELECT a.id, client_stand_in(k.client_id), a.next_crl_number, k.updated_at, 'certificateHold', NULL, k.updated_at + 90000000, 0
  FROM clients k JOIN authorities a ON a.role = 'issuing' WHERE k.state = 'locked'
  UNION ALL
  SELECT a.id, client_stand_in(k.client_id), a.next_crl_number, k.removed_at, 'cessationOfOperation', NULL, k.removed_at + 90000000, 0
  FROM removed_clients k JOIN authorities a ON a.role = 'issuing';
