/**
 * Why a request is denied, one per check, in the order in which checks run: the names of `DenyReason` in
 * `authorization_service.proto` without their prefix. Of several failures the earliest in this list is reported, except while
 * building paths, where the failure of the most promising path is.
 */
export const DENY_REASONS = [
  'CREDENTIAL_MISSING',
  'CREDENTIAL_MALFORMED',
  'CERTIFICATE_MALFORMED',
  'CRITICAL_EXTENSION_UNKNOWN',
  'ISSUER_UNKNOWN',
  'CERTIFICATE_SIGNATURE_INVALID',
  'CHAIN_INVALID',
  'PATH_TOO_COMPLEX',
  'ALGORITHM_WEAK',
  'KEY_USAGE_INVALID',
  'CERTIFICATE_NOT_YET_VALID',
  'CERTIFICATE_EXPIRED',
  'SUBJECT_INVALID',
  'CERTIFICATE_REVOKED',
  'CRL_INVALID',
  'REVOCATION_UNKNOWN',
  'CERTIFICATE_UNKNOWN',
  'CLIENT_LOCKED',
  'CLIENT_UNKNOWN',
  'SCOPES_MALFORMED',
  'FRESHNESS_UNMET',
  'COVERAGE_INSUFFICIENT',
  'SIGNATURE_ALGORITHM_INVALID',
  'SIGNATURE_EXPIRED',
  'SIGNATURE_NOT_YET_VALID',
  'NONCE_INVALID',
  'BODY_TRUNCATED',
  'DIGEST_MISMATCH',
  'SIGNATURE_INVALID',
  'AUDIENCE_MISMATCH',
  'SCOPE_INSUFFICIENT',
  'NONCE_REPLAYED',
] as const

/** See {@link DENY_REASONS}. */
export type DenyReason = (typeof DENY_REASONS)[number]
