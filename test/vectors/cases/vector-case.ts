import type { Credential } from '../../../src/core/request/credential.ts'
import type { HttpRequest } from '../../../src/core/request/http-request.ts'
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
  encodeCredential,
} from '../../support/decision-vector.ts'

/** A vector to be written; what is left out has the value that most vectors have. */
export type VectorCase = Pick<DecisionVector, 'id' | 'comment' | 'flags' | 'expect'> &
  Partial<DecisionVector> & { readonly offered: Credential }

export function toVector({ offered, ...rest }: VectorCase): DecisionVector {
  return {
    at: FIXTURE_NOW.toISOString(),
    credential: encodeCredential(offered),
    required_scopes: ['bob.user.read'],
    match: 'all',
    ...rest,
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
