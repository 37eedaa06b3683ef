import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Identity } from '../../../src/cli/identity.ts'
import { signMessage } from '../../../src/cli/sign-message.ts'
import { parseRequestLine } from '../../../src/cli/sign-request.ts'
import { decide } from '../../../src/core/decision/decide.ts'
import {
  FIXTURE_NOW,
  createDecisionContext,
  createDecisionFixture,
  createQuery,
  header,
} from '../../support/decision-fixture.ts'

const fixture = createDecisionFixture()
const BODY = Buffer.from('{"name":"Eve"}')

describe('a request signed by the command line', () => {
  for (const key of ['p256', 'p384', 'ed25519', 'rsa2048'] as const) {
    const certificate = Buffer.from(fixture.client(key)).toString('base64')
    const identity = {
      directory: '/identities/alice',
      keyPem: Buffer.from(fixture.keys[key].export({ type: 'pkcs8', format: 'pem' })),
      certificatePem: Buffer.from(`-----BEGIN CERTIFICATE-----\n${certificate}\n-----END CERTIFICATE-----\n`),
    } as Identity

    for (const [method, body] of [
      ['POST', BODY],
      ['GET', Buffer.of()],
    ] as const) {
      it(`is allowed: ${method} with a key of type ${key}`, async () => {
        const line = parseRequestLine(method, 'http://Bob.Example:80/users/7?full=1')
        const signed = await signMessage(identity, line, body, FIXTURE_NOW)
        assert.deepEqual(
          signed.map(([name]) => name),
          ['X-Client-Cert', ...(body.length > 0 ? ['Content-Digest'] : []), 'Signature-Input', 'Signature'],
        )
        const request = {
          ...line,
          headers: signed.map(([name, value]) => header(name, value)),
          body: { kind: 'bytes', bytes: body },
          bodyTruncated: false,
        } as const
        const query = createQuery({ kind: 'rfc9421', request, scheme: line.scheme })
        const decision = await decide(query, createDecisionContext(fixture))
        assert.equal(decision.decision, 'ALLOW', decision.message)
        // The scheme tells which port is the default, which is all that the profile takes from it.
        assert.deepEqual(decision.validUntil, new Date(FIXTURE_NOW.getTime() + 60_000))
      })
    }
  }
})
