import { sha256 } from '../../../src/core/crypto.ts'
import { formatBase64, formatHex } from '../../../src/core/bytes.ts'
import {
  type DecisionFixture,
  FIXTURE_NONCE,
  FIXTURE_NOW,
  withHeader,
} from '../../support/decision-fixture.ts'
import { ALLOWED, MESSAGE, type VectorCase, detached, presented, simple } from './vector-case.ts'

const BODY = Buffer.from('{"name":"Bob"}')
const SECONDS = FIXTURE_NOW.getTime() / 1000

export function allowCases(fixture: DecisionFixture): readonly VectorCase[] {
  const allow = (
    id: string,
    comment: string,
    rest: Omit<VectorCase, 'id' | 'comment' | 'flags' | 'expect'> & Partial<Pick<VectorCase, 'expect'>>,
  ): VectorCase => ({
    id: `allow-${id}`,
    comment,
    flags: ['Good'],
    expect: ALLOWED,
    ...rest,
  })
  return [
    allow('simple-p256', 'a request signed with a P-256 key', { offered: simple(fixture, 'p256') }),
    allow('simple-p384', 'a request signed with a P-384 key', { offered: simple(fixture, 'p384') }),
    allow('simple-ed25519', 'a request signed with an Ed25519 key', { offered: simple(fixture, 'ed25519') }),
    allow('simple-rsa2048', 'a request signed with an RSA key', { offered: simple(fixture, 'rsa2048') }),
    allow('simple-chain', 'leaf and intermediate, white space after the comma', {
      offered: simple(fixture, 'ed25519', {}, (request) =>
        withHeader(
          request,
          'x-client-cert',
          `${formatBase64(fixture.client('ed25519'))}, ${formatBase64(fixture.issuing)}`,
        ),
      ),
    }),
    allow('simple-no-body', 'no body is signed like an empty one', {
      offered: simple(fixture, 'ed25519', { method: 'GET', body: { kind: 'absent' } }),
    }),
    allow('simple-empty-body', 'an empty body', {
      offered: simple(fixture, 'ed25519', { body: { kind: 'bytes', bytes: new Uint8Array(0) } }),
    }),
    allow('simple-body-digest', 'the resource server sends the digest of a large body', {
      offered: simple(fixture, 'ed25519', { body: { kind: 'sha256', digest: sha256(BODY) } }),
    }),
    allow(
      'simple-content-digest',
      'a Content-Digest that names the body, beside one of an unknown algorithm',
      {
        offered: simple(fixture, 'ed25519', {}, (request) =>
          withHeader(request, 'Content-Digest', `unknown=:AAAA:, sha-256=:${formatBase64(sha256(BODY))}:`),
        ),
      },
    ),
    allow('simple-content-sha256', 'an X-Content-SHA256 that names the body', {
      offered: simple(fixture, 'ed25519', {}, (request) =>
        withHeader(request, 'X-Content-SHA256', formatHex(sha256(BODY))),
      ),
    }),
    allow('simple-header-case', 'header names in upper case', {
      offered: simple(fixture, 'ed25519', {}, (request) => ({
        ...request,
        headers: request.headers.map(({ name, value }) => ({ name: name.toUpperCase(), value })),
      })),
    }),
    allow('simple-authority-case', 'the authority in another case than it was signed in', {
      offered: simple(fixture, 'ed25519', {}, (request) => ({ ...request, authority: 'BOB.example:8443' })),
    }),
    allow('simple-oldest', 'signed 60 s ago: the last instant of the age window', {
      offered: simple(fixture, 'ed25519', { timestamp: String(SECONDS - 60) }),
    }),
    allow('simple-newest', 'signed 30 s in the future: the clocks differ as much as allowed', {
      offered: simple(fixture, 'ed25519', { timestamp: String(SECONDS + 30) }),
    }),
    allow('simple-nonce-128', 'the longest nonce', {
      offered: simple(fixture, 'ed25519', { nonce: '~'.repeat(128) }),
    }),
    allow('simple-nonce-of-another-key', 'the nonce was used, but under another key', {
      offered: simple(fixture, 'ed25519'),
      seenNonces: [{ keyId: sha256(BODY), nonce: FIXTURE_NONCE }],
    }),
    allow('any-scope', 'one granted scope of two is enough for `any`', {
      offered: presented(fixture.client('ed25519')),
      requiredScopes: ['bob.user.read', 'bob.admin'],
      match: 'any',
      expect: { ...ALLOWED, missing_scopes: ['bob.admin'] },
    }),
    allow('no-scope', 'nothing is required: authentication only', {
      offered: presented(fixture.client('ed25519', { scopes: [] })),
      requiredScopes: [],
    }),
    allow('no-scope-any', 'nothing is required, also under `any`', {
      offered: presented(fixture.client('ed25519', { scopes: [] })),
      requiredScopes: [],
      match: 'any',
    }),
    allow('audience', 'all required scopes belong to the audience', {
      offered: presented(fixture.client('ed25519')),
      requiredScopes: ['bob.user.read', 'bob.user.write'],
      audience: 'bob',
    }),
    allow('freshness-number', 'the state is at the number demanded', {
      offered: presented(fixture.client('ed25519')),
      freshness: { kind: 'at_least_crl_number', crlNumber: 7n },
    }),
    allow('freshness-staleness', 'the state is exactly as old as allowed', {
      offered: presented(fixture.client('ed25519')),
      freshness: { kind: 'max_staleness', milliseconds: 3_600_000 },
    }),
    allow('detached-p256', 'a detached signature without nonce or time', {
      offered: detached(fixture, 'p256'),
    }),
    allow('detached-ed25519-nonce', 'a detached signature with nonce and time', {
      offered: detached(fixture, 'ed25519', { nonce: FIXTURE_NONCE, signedAt: FIXTURE_NOW }),
    }),
    allow('detached-rsa-pss', 'RSA-PSS, named', {
      offered: detached(fixture, 'rsa2048', { algorithm: 'rsa-pss-sha512' }),
    }),
    allow('detached-rsa-digest', 'an RSA signature checked against the digest of the message', {
      offered: detached(fixture, 'rsa2048', { signed: { kind: 'sha256', digest: sha256(MESSAGE) } }),
    }),
    allow('presented', 'a certificate that TLS proved', { offered: presented(fixture.client('p384')) }),
  ]
}
