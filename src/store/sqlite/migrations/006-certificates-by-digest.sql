-- A client that logs in with a JWT names its certificate by the digest.
CREATE INDEX certificates_by_digest ON certificates (certificate_sha256);
