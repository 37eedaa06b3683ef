-- Instants are Unix milliseconds. Lists of texts are JSON arrays. Digests are 32 octets.

-- Counts that change in the transaction of what they count.
CREATE TABLE counters (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL CHECK (value >= 0)
) STRICT, WITHOUT ROWID;
INSERT INTO counters VALUES ('bundle_sequence', 0), ('nonces', 0), ('pings', 0);

CREATE TABLE meta (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  trust_domain TEXT NOT NULL,
  scope_extension_oid TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE authorities (
  position INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL CHECK (role IN ('root', 'issuing')),
  certificate_der BLOB NOT NULL,
  key_name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  next_crl_number INTEGER NOT NULL CHECK (next_crl_number >= 1)
) STRICT;

CREATE TABLE clients (
  client_id TEXT PRIMARY KEY,
  display_name TEXT NOT NULL,
  granted_scopes TEXT NOT NULL,
  profiles TEXT NOT NULL,
  dns_names TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'locked')),
  lock_message TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  version INTEGER NOT NULL CHECK (version >= 1)
) STRICT, WITHOUT ROWID;

-- `id` is issue order: the order of inserts, which no clock can disturb.
CREATE TABLE certificates (
  id INTEGER PRIMARY KEY,
  authority_id TEXT NOT NULL REFERENCES authorities (id),
  serial_number TEXT NOT NULL,
  client_id TEXT NOT NULL,
  profile TEXT NOT NULL,
  scopes TEXT NOT NULL,
  not_before INTEGER NOT NULL,
  not_after INTEGER NOT NULL,
  der BLOB NOT NULL,
  certificate_sha256 BLOB NOT NULL,
  public_key_sha256 BLOB NOT NULL,
  issued_at INTEGER NOT NULL,
  replaces_serial_number TEXT,
  UNIQUE (authority_id, serial_number)
) STRICT;
-- Pages of one client, newest first.
CREATE INDEX certificates_by_client ON certificates (client_id);
-- Live ones of a client or key, without walking through the expired ones.
CREATE INDEX certificates_by_client_expiry ON certificates (client_id, not_after);
CREATE INDEX certificates_by_public_key_expiry ON certificates (public_key_sha256, not_after);

-- Who holds a scope: one row for each scope that a certificate carries.
CREATE TABLE certificate_scopes (
  scope TEXT NOT NULL,
  certificate_id INTEGER NOT NULL REFERENCES certificates (id),
  not_after INTEGER NOT NULL,
  PRIMARY KEY (scope, certificate_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX certificate_scopes_by_expiry ON certificate_scopes (scope, not_after);

-- Narrow, so that a list of a million entries is made from a table that holds nothing else. `not_after` is the certificate's.
CREATE TABLE revocations (
  authority_id TEXT NOT NULL,
  serial_number TEXT NOT NULL,
  crl_number INTEGER NOT NULL,
  revoked_at INTEGER NOT NULL,
  reason TEXT NOT NULL,
  invalidity_date INTEGER,
  not_after INTEGER NOT NULL,
  PRIMARY KEY (authority_id, serial_number),
  FOREIGN KEY (authority_id, serial_number) REFERENCES certificates (authority_id, serial_number)
) STRICT, WITHOUT ROWID;
CREATE INDEX revocations_by_number ON revocations (authority_id, crl_number);

-- Keys that a certificate was revoked for with keyCompromise: never certified again.
CREATE TABLE compromised_keys (public_key_sha256 BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;

CREATE TABLE crls (
  authority_id TEXT PRIMARY KEY REFERENCES authorities (id),
  crl_number INTEGER NOT NULL,
  this_update INTEGER NOT NULL,
  next_update INTEGER NOT NULL,
  entry_count INTEGER NOT NULL,
  der BLOB NOT NULL
) STRICT;

CREATE TABLE idempotency_keys (
  caller_id TEXT NOT NULL,
  key TEXT NOT NULL,
  request_digest BLOB NOT NULL,
  certificate_id INTEGER NOT NULL REFERENCES certificates (id),
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (caller_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (expires_at);

-- `claim` is SHA-256 of key id and nonce: short rows of one size, whatever the nonce.
CREATE TABLE nonces (
  claim BLOB PRIMARY KEY,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX nonces_by_expiry ON nonces (expires_at);

CREATE TABLE audit (
  sequence INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  details TEXT NOT NULL,
  previous_hash BLOB NOT NULL,
  hash BLOB NOT NULL
) STRICT;
