-- Complete lists move to files beside the database. What was stored here is made anew at the next start, under the next number.
DROP TABLE crls;
CREATE TABLE crls (
  authority_id TEXT PRIMARY KEY REFERENCES authorities (id),
  crl_number INTEGER NOT NULL,
  this_update INTEGER NOT NULL,
  next_update INTEGER NOT NULL,
  entry_count INTEGER NOT NULL,
  sha256 BLOB NOT NULL
) STRICT;
