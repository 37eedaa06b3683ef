import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formatBase64 } from '../../src/core/bytes.ts'
import { decide } from '../../src/core/decision/decide.ts'
import type { Credential, DetachedCredential } from '../../src/core/request/credential.ts'
import {
  FIXTURE_NONCE,
  FIXTURE_NOW,
  type KeyName,
  createDecisionContext,
  createDecisionFixture,
  createMemoryReplayGuard,
  createQuery,
  defaultAlgorithmOf,
  signAs,
  withHeader,
} from '../support/decision-fixture.ts'
import { signMessage } from '../support/message-fixture.ts'

const fixture = createDecisionFixture()
// One cache for all, so that what was once found good is never good for something else.
const context = createDecisionContext(fixture)
const MESSAGE = Buffer.from('transfer 7 to bob')

async function judge(credential: Credential): Promise<string> {
  const replay = createMemoryReplayGuard()
  return (await decide(createQuery(credential), { ...context, replay })).denyReason ?? 'ALLOW'
}

/** Every octet with one bit turned; the bit changes from octet to octet. */
function* mutations(octets: Uint8Array): Generator<Uint8Array> {
  for (let i = 0; i < octets.length; i++) {
    const copy = Uint8Array.from(octets)
    copy[i]! ^= 1 << (i % 8)
    yield copy
  }
}

describe('a presented certificate', () => {
  for (const key of ['p256', 'p384', 'ed25519', 'rsa2048'] as const) {
    it(`is allowed as it was issued, and denied with any octet changed or cut off (${key})`, async () => {
      const leaf = fixture.client(key)
      const allowed = await judge({ kind: 'presented', chain: [leaf] })
      assert.equal(allowed, 'ALLOW')
      for (const changed of mutations(leaf))
        assert.notEqual(await judge({ kind: 'presented', chain: [changed] }), 'ALLOW')
      for (let length = 0; length < leaf.length; length += 5)
        assert.notEqual(await judge({ kind: 'presented', chain: [leaf.subarray(0, length)] }), 'ALLOW')
    })
  }
})

describe('a certificate in a proxy header', () => {
  it('is denied with any of its octets changed', async () => {
    const leaf = fixture.client('ed25519')
    const forward = (der: Uint8Array) =>
      judge({
        kind: 'forwarded',
        header: 'client-cert',
        value: Buffer.from(`:${formatBase64(der)}:`),
        chainValue: new Uint8Array(0),
      })
    assert.equal(await forward(leaf), 'ALLOW')
    for (const changed of mutations(leaf)) assert.notEqual(await forward(changed), 'ALLOW')
  })
})

describe('a detached signature', () => {
  for (const key of ['p256', 'p384', 'ed25519', 'rsa2048'] as const) {
    const good = detached(key)

    it(`is allowed as it was made, and denied with any octet of message, certificate or signature changed (${key})`, async () => {
      assert.equal(await judge(good), 'ALLOW')
      for (const bytes of mutations(MESSAGE))
        assert.equal(await judge({ ...good, signed: { kind: 'message', bytes } }), 'SIGNATURE_INVALID')
      for (const changed of mutations(good.chain[0]!))
        assert.notEqual(await judge({ ...good, chain: [changed] }), 'ALLOW')
      for (const signature of mutations(good.signature))
        assert.equal(await judge({ ...good, signature }), 'SIGNATURE_INVALID')
    })
  }

  it('is denied with a message that is longer or shorter', async () => {
    const good = detached('ed25519')
    for (const bytes of [MESSAGE.subarray(1), MESSAGE.subarray(0, -1), Buffer.concat([MESSAGE, MESSAGE])])
      assert.equal(await judge({ ...good, signed: { kind: 'message', bytes } }), 'SIGNATURE_INVALID')
  })
})

describe('a request signed by RFC 9421', () => {
  it('is denied with any octet of its certificate changed', async () => {
    const { request, scheme } = signMessage(fixture, 'ed25519')
    for (const changed of mutations(fixture.client('ed25519'))) {
      const tampered = withHeader(request, 'X-Client-Cert', formatBase64(changed))
      assert.notEqual(await judge({ kind: 'rfc9421', scheme, request: tampered }), 'ALLOW')
    }
  })
})

function detached(key: KeyName): DetachedCredential {
  return {
    kind: 'detached',
    chain: [fixture.client(key)],
    signed: { kind: 'message', bytes: MESSAGE },
    signature: signAs(fixture.keys[key], defaultAlgorithmOf(key), MESSAGE),
    algorithm: undefined,
    nonce: FIXTURE_NONCE,
    signedAt: FIXTURE_NOW,
  }
}
