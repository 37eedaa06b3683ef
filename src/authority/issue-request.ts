import { encodeUtf8, formatHex } from '../core/bytes.ts'
import { sha256 } from '../core/crypto.ts'
import { type ResolvedScopes, resolveScopes } from '../core/issuance/resolve-scopes.ts'
import { IDEMPOTENCY_KEY_TTL_SECONDS } from '../core/limits.ts'
import type { ClientRecord, IdempotencyClaim } from '../store/store.ts'
import { fieldInvalid, parseIdempotencyKey } from './fields.ts'
import type { Caller } from './ports.ts'
import type { KeyClaim } from './prove-key.ts'

/** What someone asks to be issued. */
export interface IssueCertificateRequest {
  readonly clientId: string
  readonly key: KeyClaim
  /** Empty: every concrete scope of the grant, unless `noScopes` is set. */
  readonly scopes: readonly string[]
  /** Carry none. Default false. */
  readonly noScopes?: boolean | undefined
  /** Empty: `client`. */
  readonly profile: string
  readonly validitySeconds: number | undefined
  /** Empty: none. */
  readonly idempotencyKey: string
  /** Empty: none. */
  readonly replacesSerialNumber: string
  readonly dryRun: boolean
}

/**
 * What the store is to remember, so that a retry returns the same certificate; `undefined` without a key, and on a dry run.
 *
 * @throws DomainError FIELD_INVALID
 */
export function claimIdempotencyKey(
  caller: Caller,
  request: IssueCertificateRequest,
  at: Date,
): IdempotencyClaim | undefined {
  const key = parseIdempotencyKey(request.idempotencyKey)
  if (key === undefined || request.dryRun) return undefined
  return {
    callerId: caller.clientId,
    key,
    requestDigest: digestRequest(request),
    expiresAt: new Date(at.getTime() + IDEMPOTENCY_KEY_TTL_SECONDS * 1000),
  }
}

/**
 * What a certificate for this client is to carry.
 *
 * @throws DomainError SCOPE_MALFORMED, SCOPE_NOT_GRANTABLE, FIELD_INVALID
 */
export function requestedScopes(
  { clientId, grantedScopes }: Pick<ClientRecord, 'clientId' | 'grantedScopes'>,
  { scopes, noScopes = false }: IssueCertificateRequest,
): ResolvedScopes {
  if (!noScopes) return resolveScopes(clientId, grantedScopes, scopes)
  if (scopes.length > 0) throw fieldInvalid('no_scopes', 'no_scopes and scopes exclude each other.')
  return { scopes: [], warnings: [] }
}

/** Two requests are the same if this is: every field that decides what is issued, in a fixed order. */
function digestRequest(request: IssueCertificateRequest): Uint8Array {
  const { key } = request
  const keyDigest = key.kind === 'csr' ? sha256(key.der) : sha256(key.publicKeyDer)
  const fields = [
    request.clientId,
    key.kind,
    formatHex(keyDigest),
    request.scopes,
    request.profile,
    request.validitySeconds ?? null,
    request.replacesSerialNumber,
    // Only where it is set, so that keys from before this field was there still mean the same request.
    ...(request.noScopes === true ? ['no_scopes'] : []),
  ]
  return sha256(encodeUtf8(JSON.stringify(fields)))
}
