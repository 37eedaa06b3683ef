-- How the lists of an authority were split, and the URL that certificates of that time name: the lists are kept for as long as such a certificate can live.
-- `retired_at` is when the service was first started with another.
CREATE TABLE crl_shardings (
  authority_id TEXT NOT NULL REFERENCES authorities (id),
  public_url TEXT NOT NULL,
  shard_count INTEGER NOT NULL CHECK (shard_count BETWEEN 2 AND 256),
  retired_at INTEGER,
  PRIMARY KEY (authority_id, public_url, shard_count)
) STRICT, WITHOUT ROWID;
