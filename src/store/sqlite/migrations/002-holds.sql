-- What stood in lists and does so no longer: a hold that was lifted, or a revocation whose reason became a graver one. It stands in the lists from
-- `crl_number` up to the one before `ended_number`; one that no list can have shown is not kept.
CREATE TABLE ended_revocations (
  authority_id TEXT NOT NULL,
  serial_number TEXT NOT NULL,
  crl_number INTEGER NOT NULL,
  ended_number INTEGER NOT NULL CHECK (ended_number > crl_number),
  revoked_at INTEGER NOT NULL,
  reason TEXT NOT NULL,
  invalidity_date INTEGER,
  not_after INTEGER NOT NULL,
  PRIMARY KEY (authority_id, serial_number, ended_number),
  FOREIGN KEY (authority_id, serial_number) REFERENCES certificates (authority_id, serial_number)
) STRICT, WITHOUT ROWID;
CREATE INDEX ended_revocations_by_number ON ended_revocations (authority_id, ended_number);

-- 1 for a hold that the lock of a client put on its certificate: unlocking lifts it.
ALTER TABLE revocations ADD COLUMN by_lock INTEGER NOT NULL DEFAULT 0 CHECK (by_lock IN (0, 1));

-- A lock puts what its client holds on hold from now on, so that standard consumers of lists refuse it too: those that are on already as well.
INSERT INTO revocations
  SELECT c.authority_id, c.serial_number, a.next_crl_number, k.updated_at, 'certificateHold', NULL, c.not_after, 1
  FROM clients k
  JOIN certificates c ON c.client_id = k.client_id
  JOIN authorities a ON a.id = c.authority_id
  WHERE k.state = 'locked' AND c.not_after >= unixepoch() * 1000
  AND NOT EXISTS (
    SELECT 1 FROM revocations r WHERE r.authority_id = c.authority_id AND r.serial_number = c.serial_number);

-- Clients that were removed. Their ids are never given again: certificates and logs that name them would speak of someone else.
CREATE TABLE removed_clients (
  client_id TEXT PRIMARY KEY,
  removed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
