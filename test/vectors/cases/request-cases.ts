import { sha256 } from '../../../src/core/crypto.ts'
import { formatBase64, formatHex } from '../../../src/core/bytes.ts'
import type { HttpRequest } from '../../../src/core/request/http-request.ts'
import {
  type DecisionFixture,
  FIXTURE_NONCE,
  FIXTURE_NOW,
  keyIdOf,
  signAs,
  withHeader,
} from '../../support/decision-fixture.ts'
import { MESSAGE, type VectorCase, denied, detached, flip, presented, simple } from './vector-case.ts'

const SECONDS = FIXTURE_NOW.getTime() / 1000
const OTHER_BODY = Buffer.from('{"name":"Mallory"}')

export function requestCases(fixture: DecisionFixture): readonly VectorCase[] {
  return [
    ...algorithms(fixture),
    ...times(fixture),
    ...nonces(fixture),
    ...bodies(fixture),
    ...changed(fixture),
    ...signatures(fixture),
    ...entitlement(fixture),
    ...replays(fixture),
  ]
}

function algorithms(fixture: DecisionFixture): VectorCase[] {
  const cases = [
    ['rsa-for-p256', 'p256', 'rsa-v1_5-sha256'],
    ['p256-for-rsa', 'rsa2048', 'ecdsa-p256-sha256'],
    ['p384-for-p256', 'p256', 'ecdsa-p384-sha384'],
    ['p256-for-ed25519', 'ed25519', 'ecdsa-p256-sha256'],
    ['pss-for-ed25519', 'ed25519', 'rsa-pss-sha512'],
  ] as const
  return [
    ...cases.map(([id, key, algorithm]) => ({
      id: `algorithm-${id}`,
      comment: 'the algorithm named is not one of the key',
      flags: ['AlgorithmConfusion'],
      offered: detached(fixture, key, { algorithm, signature: Uint8Array.of(1) }),
      expect: denied('SIGNATURE_ALGORITHM_INVALID'),
    })),
    {
      id: 'algorithm-ed25519-digest',
      comment: 'Ed25519 over a digest in place of the message',
      flags: ['AlgorithmConfusion'],
      offered: detached(fixture, 'ed25519', { signed: { kind: 'sha256', digest: sha256(MESSAGE) } }),
      expect: denied('SIGNATURE_ALGORITHM_INVALID'),
    },
  ]
}

function times(fixture: DecisionFixture): VectorCase[] {
  const old = [61, 3600, SECONDS]
  const early = [31, 3600, 10 ** 11]
  return [
    ...old.map((age) => ({
      id: `expired-${age}`,
      comment: `signed ${age} s ago`,
      flags: ['Time'],
      offered: simple(fixture, 'ed25519', { timestamp: String(SECONDS - age) }),
      expect: denied('SIGNATURE_EXPIRED'),
    })),
    ...early.map((lead) => ({
      id: `early-${lead}`,
      comment: `signed ${lead} s in the future`,
      flags: ['Time'],
      offered: simple(fixture, 'ed25519', { timestamp: String(SECONDS + lead) }),
      expect: denied('SIGNATURE_NOT_YET_VALID'),
    })),
    {
      id: 'expired-millisecond',
      comment: 'one millisecond after the age window',
      flags: ['Time'],
      at: new Date(FIXTURE_NOW.getTime() + 60_001),
      offered: simple(fixture, 'ed25519'),
      expect: denied('SIGNATURE_EXPIRED'),
    },
    {
      id: 'expired-detached',
      comment: 'a detached signature made 61 s ago, without nonce',
      flags: ['Time'],
      offered: detached(fixture, 'ed25519', { signedAt: new Date(FIXTURE_NOW.getTime() - 61_000) }),
      expect: denied('SIGNATURE_EXPIRED'),
    },
  ]
}

function nonces(fixture: DecisionFixture): VectorCase[] {
  const cases = [
    ['empty', ''],
    ['short', 'a'.repeat(15)],
    ['long', 'a'.repeat(129)],
    ['space', 'aaaaaaaa aaaaaaaa'],
    ['line-feed', 'aaaaaaaaaaaaaaaa\n'],
    ['non-ascii', 'aaaaaaaaaaaaaaa\u00e9'],
  ] as const
  return cases.map(([id, nonce]) => ({
    id: `nonce-${id}`,
    comment: 'a nonce of another form, rightly signed',
    flags: ['Nonce'],
    offered: simple(fixture, 'ed25519', { nonce }),
    expect: denied('NONCE_INVALID'),
  }))
}

function bodies(fixture: DecisionFixture): VectorCase[] {
  const truncated = [
    ['bytes', { kind: 'bytes', bytes: OTHER_BODY }],
    ['digest', { kind: 'sha256', digest: sha256(OTHER_BODY) }],
    ['absent', { kind: 'absent' }],
  ] as const
  const digest = formatBase64(sha256(OTHER_BODY))
  const named = [
    ['content-digest', 'Content-Digest', `sha-256=:${digest}:`],
    ['content-digest-second', 'Content-Digest', `unknown=:AAAA:, sha-256=:${digest}:`],
    ['content-sha256', 'X-Content-SHA256', formatHex(sha256(OTHER_BODY))],
  ] as const
  return [
    ...truncated.map(([id, body]) => ({
      id: `truncated-${id}`,
      comment: 'the resource server did not see the whole body, though what it saw verifies',
      flags: ['Body'],
      offered: simple(fixture, 'ed25519', { body }, (request) => ({ ...request, bodyTruncated: true })),
      expect: denied('BODY_TRUNCATED'),
    })),
    ...named.map(([id, name, value]) => ({
      id: `digest-${id}`,
      comment: 'the request names the digest of another body',
      flags: ['Body'],
      offered: simple(fixture, 'ed25519', {}, (request) => withHeader(request, name, value)),
      expect: denied('DIGEST_MISMATCH'),
    })),
  ]
}

function changed(fixture: DecisionFixture): VectorCase[] {
  const changes: readonly (readonly [string, (request: HttpRequest) => HttpRequest])[] = [
    ['method', (request) => ({ ...request, method: 'PUT' })],
    ['method-case', (request) => ({ ...request, method: 'post' })],
    ['path', (request) => ({ ...request, target: '/users/8?full=1' })],
    ['query', (request) => ({ ...request, target: '/users/7?full=2' })],
    ['query-dropped', (request) => ({ ...request, target: '/users/7' })],
    ['path-escaped', (request) => ({ ...request, target: '/%75sers/7?full=1' })],
    ['authority', (request) => ({ ...request, authority: 'carol.example:8443' })],
    ['port', (request) => ({ ...request, authority: 'bob.example' })],
    ['body', (request) => ({ ...request, body: { kind: 'bytes', bytes: OTHER_BODY } })],
    ['body-dropped', (request) => ({ ...request, body: { kind: 'absent' } })],
    ['body-digest', (request) => ({ ...request, body: { kind: 'sha256', digest: sha256(OTHER_BODY) } })],
    ['timestamp', (request) => withHeader(request, 'X-Timestamp', String(SECONDS + 1))],
    ['nonce', (request) => withHeader(request, 'X-Nonce', 'ponmlkjihgfedcba')],
    ['certificate', (request) => withHeader(request, 'X-Client-Cert', formatBase64(fixture.client('p256')))],
  ]
  return changes.map(([id, tamper]) => ({
    id: `changed-${id}`,
    comment: `the ${id.replace('-', ' ')} was changed after signing`,
    flags: ['Changed'],
    offered: simple(fixture, 'ed25519', {}, tamper),
    expect: denied('SIGNATURE_INVALID'),
  }))
}

function signatures(fixture: DecisionFixture): VectorCase[] {
  const invalid = (id: string, comment: string, offered: VectorCase['offered']): VectorCase => ({
    id: `signature-${id}`,
    comment,
    flags: ['Signature'],
    offered,
    expect: denied('SIGNATURE_INVALID'),
  })
  const rsa = signAs(fixture.keys.rsa2048, 'rsa-v1_5-sha256', MESSAGE)
  const digest = sha256(MESSAGE)
  return [
    invalid(
      'other-key',
      "another client's key signed",
      detached(fixture, 'ed25519', {
        signature: signAs(fixture.keys.stranger, 'ed25519', MESSAGE),
      }),
    ),
    invalid(
      'other-message',
      'another message was signed',
      detached(fixture, 'ed25519', {
        signature: signAs(fixture.keys.ed25519, 'ed25519', OTHER_BODY),
      }),
    ),
    invalid(
      'ed25519-zero',
      'an Ed25519 signature of zeros',
      detached(fixture, 'ed25519', { signature: new Uint8Array(64) }),
    ),
    invalid(
      'ed25519-cut',
      'an Ed25519 signature without its last octet',
      detached(fixture, 'ed25519', {
        signature: signAs(fixture.keys.ed25519, 'ed25519', MESSAGE).subarray(0, 63),
      }),
    ),
    invalid(
      'ecdsa-zero',
      'ECDSA with r = s = 0',
      detached(fixture, 'p256', {
        signature: Uint8Array.of(0x30, 6, 2, 1, 0, 2, 1, 0),
      }),
    ),
    invalid(
      'ecdsa-p1363',
      'ECDSA as two integers side by side, where DER is asked for',
      detached(fixture, 'p256', {
        signature: new Uint8Array(64).fill(1),
      }),
    ),
    invalid(
      'rsa-bit',
      'an RSA signature with its last bit turned',
      detached(fixture, 'rsa2048', { signature: flip(rsa, -1) }),
    ),
    invalid(
      'rsa-pss-as-pkcs1',
      'a PSS signature where PKCS #1 v1.5 is the default',
      detached(fixture, 'rsa2048', {
        signature: signAs(fixture.keys.rsa2048, 'rsa-pss-sha512', MESSAGE),
      }),
    ),
    invalid(
      'rsa-digest',
      'an RSA signature against the digest of another message',
      detached(fixture, 'rsa2048', {
        signed: { kind: 'sha256', digest: flip(digest, 0) },
        signature: rsa,
      }),
    ),
    invalid(
      'rsa-digest-short',
      'an RSA signature of one octet against a digest',
      detached(fixture, 'rsa2048', {
        signed: { kind: 'sha256', digest },
        signature: Uint8Array.of(1),
      }),
    ),
    invalid(
      'rsa-digest-one',
      'the RSA signature 1, which decodes to itself',
      detached(fixture, 'rsa2048', {
        signed: { kind: 'sha256', digest },
        signature: new Uint8Array(256).fill(1, 255),
      }),
    ),
  ]
}

function entitlement(fixture: DecisionFixture): VectorCase[] {
  const offered = presented(fixture.client('ed25519'))
  const audience = (id: string, name: string, scopes: readonly string[]): VectorCase => ({
    id: `audience-${id}`,
    comment: `the audience ${name} and the scopes ${scopes.join(', ')}`,
    flags: ['Audience'],
    offered,
    audience: name,
    requiredScopes: scopes,
    expect: denied('AUDIENCE_MISMATCH'),
  })
  const scope = (
    id: string,
    required: readonly string[],
    missing: readonly string[],
    match: 'all' | 'any' = 'all',
  ): VectorCase => ({
    id: `scope-${id}`,
    comment: `${match} of ${required.join(', ')} against bob.user.read, bob.user.write`,
    flags: ['Scope'],
    offered,
    requiredScopes: required,
    match,
    expect: { ...denied('SCOPE_INSUFFICIENT'), client_id: 'alice', missing_scopes: missing },
  })
  return [
    audience('other', 'carol', ['bob.user.read']),
    audience('one-of-two', 'bob', ['bob.user.read', 'carol.user.read']),
    audience('prefix-of-a-segment', 'bo', ['bob.user.read']),
    audience('longer', 'bob.user.read.all', ['bob.user.read']),
    scope('missing', ['bob.admin'], ['bob.admin']),
    scope('one-of-two', ['bob.user.read', 'bob.admin'], ['bob.admin']),
    scope('any-of-none', ['bob.admin', 'bob.audit'], ['bob.admin', 'bob.audit'], 'any'),
    scope('prefix', ['bob.user'], ['bob.user']),
    scope('longer', ['bob.user.read.all'], ['bob.user.read.all']),
  ]
}

function replays(fixture: DecisionFixture): VectorCase[] {
  const replay = (
    id: string,
    comment: string,
    offered: VectorCase['offered'],
    key: 'ed25519' | 'p256' = 'ed25519',
  ) => ({
    id: `replay-${id}`,
    comment,
    flags: ['Replay'],
    offered,
    seenNonces: [{ keyId: keyIdOf(fixture.client(key)), nonce: FIXTURE_NONCE }],
    expect: denied('NONCE_REPLAYED'),
  })
  const next = fixture.client('ed25519', { serialNumber: Uint8Array.of(0x42) })
  return [
    replay('same', 'the same request once more', simple(fixture)),
    replay(
      'other-request',
      'another request with the same nonce',
      simple(fixture, 'ed25519', { method: 'GET' }),
    ),
    replay(
      'other-signature',
      'a second ECDSA signature over the same request',
      simple(fixture, 'p256'),
      'p256',
    ),
    replay(
      'next-certificate',
      'the request with the next certificate of the same key',
      simple(fixture, 'ed25519', { chain: [next] }),
    ),
    replay(
      'detached',
      'a detached signature with a used nonce',
      detached(fixture, 'ed25519', { nonce: FIXTURE_NONCE, signedAt: FIXTURE_NOW }),
    ),
  ]
}
