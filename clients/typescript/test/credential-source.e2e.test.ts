import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { connectAuthority } from '../src/authority/connect-authority.ts'
import type { CredentialEvent } from '../src/credentials/credential-event.ts'
import { createCredentialSource } from '../src/credentials/credential-source.ts'
import { openIdentity } from '../src/identity/client-identity.ts'
import { type Outage, type TestAuthority, startTestAuthority } from '../src/testing/index.ts'

const REQUEST = { method: 'GET', url: 'https://bob.example/users/7' }

let authority: TestAuthority
// One each: TLS goes by the real time, in which certificates of a clock that was moved are not valid yet.
beforeEach(async () => {
  authority = await startTestAuthority()
  await authority.createClient('alice', ['bob.user.read'])
})
afterEach(() => authority.close())

async function open() {
  const identity = await openIdentity(await authority.issueIdentity('alice'))
  const { address, ports } = authority
  const client = connectAuthority({ address, identity, ports })
  // A busy machine may take longer for a handshake than a request would wait.
  const source = createCredentialSource({ authority: client, ports, patienceMs: 10_000, deadlineMs: 5_000 })
  const events: CredentialEvent[] = []
  source.subscribe((event) => events.push(event))
  const next = async () => (await source.authorize(REQUEST)).credential
  return {
    source,
    events,
    next,
    /** Lets time pass until the next event of this kind has come. */
    async until(kind: CredentialEvent['kind']): Promise<void> {
      const seen = events.length
      while (!events.slice(seen).some((event) => event.kind === kind)) {
        authority.advance(50)
        await turn()
      }
    },
    [Symbol.dispose]: () => {
      source.close()
      client.close()
    },
  }
}

describe('a client of the real service', () => {
  const kinds: readonly Outage['kind'][] = ['refused', 'black-hole', 'unavailable', 'impostor', 'slow']
  for (const kind of kinds) {
    it(`goes on by its certificate, and returns to tokens: ${kind}`, async () => {
      using client = await open()
      assert.equal(await client.next(), 'token')
      await authority.fail(kind === 'slow' ? { kind, delayMs: 20_000 } : kind)
      authority.advance(250_000)
      assert.equal(await client.next(), 'token', 'the one at hand')
      await client.until('authority_lost')
      authority.advance(30_000)
      assert.equal(await client.next(), 'certificate')
      await authority.recover()
      await client.until('authority_back')
      assert.equal(await client.next(), 'token')
      assert.deepEqual(client.source.metrics().switches, { token: 1, certificate: 1 })
    })
  }

  it('keeps its tokens through a restart', async () => {
    using client = await open()
    assert.equal(await client.next(), 'token')
    await authority.restart()
    assert.equal(await client.next(), 'token')
    assert.equal(client.source.metrics().fetches.issued, 1)
  })

  it('is not signed for when it is locked, and gets tokens again when it is not', async () => {
    using client = await open()
    await authority.lock('alice')
    await assert.rejects(client.next(), { name: 'ChanceryError', reason: 'CALLER_REVOKED' })
    await authority.unlock('alice')
    authority.advance(1_000)
    assert.equal(await client.next(), 'token')
    assert.deepEqual(client.source.metrics().requests, { token: 1, certificate: 0 })
  })
})
