-- Numbers from `first` up to the one before `next` that were skipped: a verifier that is at one of them has seen another history.
CREATE TABLE crl_number_gaps (
  authority_id TEXT NOT NULL REFERENCES authorities (id),
  first INTEGER NOT NULL,
  next INTEGER NOT NULL CHECK (next > first),
  PRIMARY KEY (authority_id, first)
) STRICT, WITHOUT ROWID;
