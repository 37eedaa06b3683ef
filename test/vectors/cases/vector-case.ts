import { formatBase64 } from '../../../src/core/bytes.ts'
import type { Credential } from '../../../src/core/request/credential.ts'
import type { HttpRequest } from '../../../src/core/request/http-request.ts'
import type { DecisionQuery, Freshness } from '../../../src/core/decision/decision.ts'
import type { DenyReason } from '../../../src/core/decision/deny-reason.ts'
import {
  type DecisionFixture,
  FIXTURE_NOW,
  type KeyName,
  type SimpleRequestOptions,
  defaultAlgorithmOf,
  signAs,
  signSimpleRequest,
} from '../../support/decision-fixture.ts'
import {
  type DecisionVector,
  type VectorExpectation,
  encodeQuery,
  encodeTrust,
} from '../../support/decision-vector.ts'

/** A vector to be written; what is left out has the value that most vectors have. */
export interface VectorCase extends Pick<
  DecisionVector,
  'id' | 'comment' | 'flags' | 'expect' | 'stale_policy'
> {
  readonly offered: Credential
  readonly at?: Date
  readonly requiredScopes?: readonly string[]
  readonly match?: 'all' | 'any'
  readonly audience?: string
  readonly freshness?: Freshness
  /** Lists in place of the good ones. */
  readonly crls?: readonly Uint8Array[]
  /** Certificate of the issuing authority in place of the one that is in the bundle. */
  readonly bundled?: Uint8Array
  readonly revokedTokens?: readonly string[]
  readonly seenNonces?: readonly { readonly keyId: Uint8Array; readonly nonce: string }[]
}

export function toQuery(given: VectorCase): DecisionQuery {
  return {
    credential: given.offered,
    requiredScopes: given.requiredScopes ?? ['bob.user.read'],
    match: given.match ?? 'all',
    audience: given.audience,
    freshness: given.freshness,
    explain: false,
  }
}

export function toVector(fixture: DecisionFixture, given: VectorCase): DecisionVector {
  const {
    id,
    comment,
    flags,
    at = FIXTURE_NOW,
    crls,
    bundled,
    stale_policy,
    revokedTokens,
    seenNonces,
    expect,
  } = given
  return {
    id,
    comment,
    flags,
    at: at.toISOString(),
    request: encodeQuery(toQuery(given)),
    ...(bundled && { trust: encodeTrust(fixture, bundled) }),
    ...(crls && { crls: crls.map(formatBase64) }),
    ...(stale_policy && { stale_policy }),
    ...(revokedTokens && { revoked_tokens: revokedTokens }),
    ...(seenNonces && {
      seen_nonces: seenNonces.map(({ keyId, nonce }) => ({ public_key_sha256: formatBase64(keyId), nonce })),
    }),
    expect,
  }
}

export function denied(reason: DenyReason): VectorExpectation {
  return { decision: 'DENY', deny_reason: reason }
}

export const ALLOWED: VectorExpectation = { decision: 'ALLOW', client_id: 'alice', missing_scopes: [] }

/** A good simple request, changed after it was signed. */
export function simple(
  fixture: DecisionFixture,
  key: KeyName = 'ed25519',
  options: SimpleRequestOptions = {},
  tamper: (request: HttpRequest) => HttpRequest = (request) => request,
): Credential {
  return { kind: 'simple', request: tamper(signSimpleRequest(fixture, key, options)) }
}

export function presented(...chain: readonly Uint8Array[]): Credential {
  return { kind: 'presented', chain }
}

export const MESSAGE = Buffer.from('transfer 7 to bob')

/** A detached signature over {@link MESSAGE}. */
export function detached(
  fixture: DecisionFixture,
  key: KeyName = 'ed25519',
  change: Partial<Extract<Credential, { kind: 'detached' }>> = {},
): Credential {
  const algorithm = change.algorithm ?? defaultAlgorithmOf(key)
  const signature = change.signature ?? signAs(fixture.keys[key], algorithm, MESSAGE)
  return {
    kind: 'detached',
    chain: [fixture.client(key)],
    signed: { kind: 'message', bytes: MESSAGE },
    algorithm: undefined,
    nonce: undefined,
    signedAt: undefined,
    ...change,
    signature,
  }
}

/** The octets with one bit of the octet at `index` (from the end if negative) turned. */
export function flip(octets: Uint8Array, index: number): Uint8Array {
  const copy = Uint8Array.from(octets)
  copy[index < 0 ? copy.length + index : index]! ^= 0x01
  return copy
}
