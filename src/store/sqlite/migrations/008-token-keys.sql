-- Keys that tokens are signed with, as long as they are published. The private keys are not here.
CREATE TABLE token_keys (
  sequence INTEGER PRIMARY KEY CHECK (sequence >= 1),
  algorithm TEXT NOT NULL,
  public_key_der BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  signs_from INTEGER NOT NULL
) STRICT;
