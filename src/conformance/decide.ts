import { readQuery } from '../core/decision/read-query.ts'
import { OID } from '../core/asn1/oids.ts'
import { formatBase64 } from '../core/bytes.ts'
import { createCertificateCache } from '../core/decision/certificate-cache.ts'
import { decide } from '../core/decision/decide.ts'
import type { Decision, ReplayGuard } from '../core/decision/decision.ts'
import { type TokenIssuer, publicKeys } from '../core/decision/token-trust.ts'
import { type TrustBundle, createTrustBundle } from '../core/decision/trust-bundle.ts'
import { DomainError, MalformedError } from '../core/errors.ts'
import {
  DEFAULT_AGE_WINDOW_SECONDS,
  DEFAULT_CLOCK_SKEW_SECONDS,
  DEFAULT_STALE_GRACE_SECONDS,
} from '../core/limits.ts'
import { createListedTokens } from '../core/revocation/listed-tokens.ts'
import { createListRevocation } from '../core/revocation/list-revocation.ts'
import { readSignedLists } from '../core/revocation/signed-lists.ts'
import type { StalePolicy } from '../core/revocation/stale-policy.ts'
import { parseCertificate } from '../core/x509/certificate.ts'
import type { Certificate } from '../core/x509/types.ts'
import {
  type Case,
  CaseError,
  readBytes,
  readBytesList,
  readInstant,
  readOptionalCount,
  readOptionalString,
  readString,
  readStrings,
  readWord,
} from './case-fields.ts'
import { formatCount, formatInstant } from './format-value.ts'
import { readObject } from './read-message.ts'
import { readFields, readFieldsList, refuseUnknown } from './message-fields.ts'
import { readVerifyRequest } from './read-request.ts'
import { type JsonObject, type Verdict, accept, refuse } from './verdict.ts'

const FIELDS = [
  'id',
  'op',
  'comment',
  'flags',
  'request',
  'trust',
  'crls',
  'at',
  'age_window_seconds',
  'clock_skew_seconds',
  'stale_policy',
  'stale_grace_seconds',
  'seen_nonces',
  'revoked_tokens',
]

/**
 * `decide`: may the request be served, as a verifier judges it that has the trust bundle and signed lists and nothing else? A denial is a value. Nothing is
 * remembered from one case to the next; `seen_nonces` says what was seen before. A forwarded certificate is taken as that of a trusted proxy.
 */
export async function runDecide(given: Case): Promise<Verdict> {
  refuseUnknown(given, FIELDS.concat(Object.keys(given).filter((name) => name.startsWith('expect'))))
  const input = readVerifyRequest(given, 'request')
  const at = readInstant(given, 'at')
  const trust = readTrust(given)
  const stalePolicy = readStalePolicy(given)
  const replay = readReplay(given)
  const clockSkewSeconds = readOptionalCount(given, 'clock_skew_seconds') ?? DEFAULT_CLOCK_SKEW_SECONDS
  const lists = await readSignedLists(readBytesList(given, 'crls'), trust)
  const revocation = createListRevocation(lists, { trust, at, stalePolicy, clockSkewSeconds })
  try {
    const decision = await decide(readQuery(input), {
      at,
      trust,
      revocation,
      cache: createCertificateCache(0),
      replay,
      tokens: createListedTokens({
        issuers: readTokenIssuers(given),
        authorityIds: trust.authorityIds,
        lists: revocation,
        revoked: new Set(readStrings(given, 'revoked_tokens')),
      }),
      ageWindowSeconds: readOptionalCount(given, 'age_window_seconds') ?? DEFAULT_AGE_WINDOW_SECONDS,
      clockSkewSeconds,
    })
    return accept(formatDecision(decision, input.explain))
  } catch (error) {
    if (error instanceof DomainError) return refuse(error.reason, error.message)
    throw error
  }
}

const TRUST_FIELDS = ['trust_domain', 'scope_extension_oid', 'authorities', 'token_issuers']
const ISSUER_FIELDS = ['issuer', 'audience', 'jwks', 'authority']

function readTokenIssuers(given: Case): readonly TokenIssuer[] {
  return readFieldsList(readObject(given, 'trust'), 'token_issuers', ISSUER_FIELDS, (fields) => ({
    issuer: readString(fields, 'issuer'),
    audience: readString(fields, 'audience'),
    keys: understood('jwks', () => publicKeys(readObject(fields, 'jwks'))),
    authorityId: readOptionalString(fields, 'authority'),
  }))
}

function readTrust(given: Case): TrustBundle {
  const trust = readFields(given, 'trust', TRUST_FIELDS, (fields) =>
    createTrustBundle({
      trustDomain: readString(fields, 'trust_domain'),
      scopeExtensionOid: readOptionalString(fields, 'scope_extension_oid') ?? OID.scopeExtension,
      authorities: readFieldsList(fields, 'authorities', ['id', 'role', 'certificate_der'], (authority) => ({
        id: readString(authority, 'id'),
        role: readWord(authority, 'role', ['root', 'issuing'], 'issuing'),
        certificate: readCertificate(authority, 'certificate_der'),
      })),
    }),
  )
  if (!trust) throw new CaseError('trust: expected an object')
  return trust
}

function readCertificate(given: Case, field: string): Certificate {
  return understood(field, () => parseCertificate(readBytes(given, field)))
}

/** What the verifier itself was configured with must be readable: else the case says nothing. */
function understood<T>(field: string, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (error instanceof MalformedError) throw new CaseError(`${field}: ${error.message} (${error.defect})`)
    throw error
  }
}

function readStalePolicy(given: Case): StalePolicy {
  const kind = readWord(given, 'stale_policy', ['strict', 'bounded', 'best_effort'], 'bounded')
  const graceSeconds = readOptionalCount(given, 'stale_grace_seconds') ?? DEFAULT_STALE_GRACE_SECONDS
  return kind === 'bounded' ? { kind, graceSeconds } : { kind }
}

/** Knows the nonces that the case names, and no others. */
function readReplay(given: Case): ReplayGuard {
  const seen = new Set(
    readFieldsList(given, 'seen_nonces', ['public_key_sha256', 'nonce'], (fields) =>
      nonceKey(readBytes(fields, 'public_key_sha256'), readString(fields, 'nonce')),
    ),
  )
  return {
    claim: ({ keyId, nonce }) => Promise.resolve(seen.has(nonceKey(keyId, nonce)) ? 'replayed' : 'claimed'),
  }
}

function nonceKey(keyId: Uint8Array, nonce: string): string {
  return `${formatBase64(keyId)} ${nonce}`
}

function formatDecision(decision: Decision, explain: boolean): JsonObject {
  const { principal, validUntil, evaluatedAt } = decision
  return {
    decision: decision.decision,
    deny_reason: decision.denyReason ?? null,
    message: decision.message,
    principal: principal
      ? {
          client_id: principal.clientId,
          spiffe_id: principal.spiffeId,
          authority: principal.authorityId ?? '',
          serial_number: principal.serialNumber,
          certificate_sha256: formatBase64(principal.certificateSha256),
          not_after: formatInstant(principal.notAfter),
          token_id: principal.tokenId ?? '',
        }
      : null,
    granted_scopes: decision.grantedScopes,
    missing_scopes: decision.missingScopes,
    valid_until: validUntil ? formatInstant(validUntil) : null,
    evaluated_at: evaluatedAt
      ? {
          authority: evaluatedAt.authorityId,
          crl_number: formatCount(evaluatedAt.crlNumber),
          this_update: formatInstant(evaluatedAt.thisUpdate),
          next_update: formatInstant(evaluatedAt.nextUpdate),
        }
      : null,
    ...(explain && {
      checks: decision.checks.map(({ name, outcome, detail }) => ({ name, outcome, detail })),
    }),
  }
}
