-- How many certificates of a client are in force or on hold, counted when it was first asked. Those that expired before `counted_at` are not in `live`, those
-- that expire later leave it when the count is asked for next. A client without a row was not counted yet.
CREATE TABLE live_certificates (
  client_id TEXT PRIMARY KEY,
  counted_at INTEGER NOT NULL,
  live INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER forget_live_certificates AFTER DELETE ON clients
BEGIN
  DELETE FROM live_certificates WHERE client_id = OLD.client_id;
END;
