-- What each token carries, until it expires: taking a scope from its client revokes it. Those that were issued before this are not here; they expire within minutes.
CREATE TABLE live_tokens (
  -- Rows are added at the end, and so to both indexes: ids of tokens are random, and a page for each would be written.
  id INTEGER PRIMARY KEY,
  client_id TEXT NOT NULL,
  token_id TEXT NOT NULL,
  scopes TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX live_tokens_by_client ON live_tokens (client_id);
CREATE INDEX live_tokens_by_expiry ON live_tokens (expires_at);
