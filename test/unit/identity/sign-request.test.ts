import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sha256 } from '../../../src/core/crypto.ts'
import { decide } from '../../../src/core/decision/decide.ts'
import type { RequestBody } from '../../../src/core/request/http-request.ts'
import { parseRequestLine } from '../../../src/identity/request-line.ts'
import { type SignatureProfile, signRequest } from '../../../src/identity/sign-request.ts'
import { credentialOf } from '../../../src/identity/signing-credential.ts'
import {
  FIXTURE_NOW,
  createDecisionContext,
  createDecisionFixture,
  createQuery,
  header,
} from '../../support/decision-fixture.ts'

const fixture = createDecisionFixture()
const BODY = Buffer.from('{"name":"Eve"}')
const LINE = parseRequestLine('POST', 'http://Bob.Example:80/users/7?full=1')
const HEADERS: Readonly<Record<SignatureProfile, readonly string[]>> = {
  rfc9421: ['X-Client-Cert', 'Content-Digest', 'Signature-Input', 'Signature'],
  simple: ['X-Client-Cert', 'X-Timestamp', 'X-Nonce', 'X-Signature'],
}

describe('a signed request', () => {
  for (const profile of ['rfc9421', 'simple'] as const) {
    for (const key of ['p256', 'p384', 'ed25519', 'rsa2048'] as const) {
      const certificate = Buffer.from(fixture.client(key)).toString('base64')
      const credential = credentialOf({
        directory: '/identities/alice',
        keyPem: Buffer.from(fixture.keys[key].export({ type: 'pkcs8', format: 'pem' })),
        certificatePem: Buffer.from(
          `-----BEGIN CERTIFICATE-----\n${certificate}\n-----END CERTIFICATE-----\n`,
        ),
      })
      const bodies: readonly (readonly [name: string, body: RequestBody, seen: RequestBody])[] = [
        ['with a body', { kind: 'bytes', bytes: BODY }, { kind: 'bytes', bytes: BODY }],
        [
          'with the digest of a body',
          { kind: 'sha256', digest: sha256(BODY) },
          { kind: 'bytes', bytes: BODY },
        ],
        ['with an empty body', { kind: 'bytes', bytes: Buffer.of() }, { kind: 'absent' }],
        ['without a body', { kind: 'absent' }, { kind: 'bytes', bytes: Buffer.of() }],
      ]
      for (const [name, signedBody, seenBody] of bodies) {
        it(`is allowed: ${profile} ${name}, key of type ${key}`, async () => {
          const signed = await signRequest(profile, credential, LINE, signedBody, FIXTURE_NOW)
          const hasDigest = name.includes('with a body') || name.includes('digest')
          assert.deepEqual(
            signed.map(([field]) => field),
            HEADERS[profile].filter((field) => hasDigest || field !== 'Content-Digest'),
          )
          const request = {
            ...LINE,
            headers: signed.map(([field, value]) => header(field, value)),
            body: seenBody,
            bodyTruncated: false,
          } as const
          const query = createQuery(
            profile === 'simple'
              ? { kind: 'simple', request }
              : { kind: 'rfc9421', request, scheme: LINE.scheme },
          )
          const decision = await decide(query, createDecisionContext(fixture))
          assert.equal(decision.decision, 'ALLOW', decision.message)
        })
      }
    }
  }
})
