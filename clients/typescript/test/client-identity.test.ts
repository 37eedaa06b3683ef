import assert from 'node:assert/strict'
import { constants, sign } from 'node:crypto'
import { describe, it } from 'node:test'
import { encodePem } from '../../../src/core/pem.ts'
import { createIdentity, swapIdentity } from '../../../src/identity/identity-folder.ts'
import { createDecisionFixture } from '../../../test/support/decision-fixture.ts'
import { createTemporaryFolder } from '../../../test/support/temporary-folder.ts'
import { openIdentity } from '../src/identity/client-identity.ts'

const fixture = createDecisionFixture()
type FixtureKey = 'p256' | 'p384' | 'ed25519' | 'rsa2048'
const pemOf = (key: FixtureKey) => fixture.keys[key].export({ type: 'pkcs8', format: 'pem' }).toString()
const certificateOf = (key: FixtureKey) => encodePem('CERTIFICATE', [fixture.client(key)])

describe('an identity', () => {
  for (const key of ['p256', 'p384', 'ed25519', 'rsa2048'] as const) {
    it(`is the same from PEM and from a KeyObject: ${key}`, async () => {
      const fromPem = await openIdentity({ key: pemOf(key), certificate: certificateOf(key) })
      const fromObject = await openIdentity({ key: fixture.keys[key], certificate: certificateOf(key) })
      assert.equal(fromPem.current().clientId, 'alice')
      assert.equal(fromPem.current().credential.keyId, fromObject.current().credential.keyId)
      assert.deepEqual(fromPem.current().tls, fromObject.current().tls)
    })
  }

  it('may have its key behind a function', async () => {
    const certificate = certificateOf('rsa2048')
    const identity = await openIdentity({
      key: {
        algorithm: 'rsa-v1_5-sha256',
        sign: (message) =>
          Promise.resolve(
            sign('sha256', message, { key: fixture.keys.rsa2048, padding: constants.RSA_PKCS1_PADDING }),
          ),
      },
      certificate,
    })
    assert.equal(identity.current().tls, undefined)
  })

  it('is refused when the function signs with another key, another algorithm or in another form', async () => {
    const key = fixture.keys.p256
    const certificate = certificateOf('p256')
    const open = (signed: (message: Uint8Array) => Buffer) =>
      openIdentity({
        key: { algorithm: 'ecdsa-p256-sha256', sign: (message) => Promise.resolve(signed(message)) },
        certificate,
      })
    await open((message) => sign('sha256', message, key))
    await assert.rejects(
      open((message) => sign('sha256', message, fixture.keys.p384)),
      { fault: 'MISMATCHED' },
    )
    await assert.rejects(
      open((message) => sign('sha384', message, key)),
      { fault: 'MISMATCHED' },
    )
    await assert.rejects(
      open((message) => sign('sha256', message, { key, dsaEncoding: 'ieee-p1363' })),
      { fault: 'MISMATCHED' },
    )
  })

  it('is refused when key and certificate do not belong together, or there is no certificate', async () => {
    await assert.rejects(openIdentity({ key: pemOf('p384'), certificate: certificateOf('p256') }), {
      fault: 'MISMATCHED',
    })
    await assert.rejects(openIdentity({ key: pemOf('p384'), certificate: '' }), { fault: 'UNREADABLE' })
    await assert.rejects(openIdentity({ key: 'secret', certificate: certificateOf('p256') }), {
      fault: 'KEY_UNREADABLE',
    })
  })

  it('tells everyone who uses it of another certificate in its folder, once', async () => {
    const folder = createTemporaryFolder()
    const directory = folder.file('alice')
    const files = (key: FixtureKey) => ({
      keyPem: pemOf(key),
      certificatePem: certificateOf(key),
      caPem: certificateOf('p256'),
    })
    await createIdentity(directory, files('p256'))
    const identity = await openIdentity(directory)
    const seen: string[] = []
    const unsubscribe = identity.subscribe(({ privateKey }) => seen.push(privateKey!.type))
    assert.equal(await identity.reload(), false)
    await swapIdentity(directory, files('ed25519'))
    assert.equal(await identity.reload(), true)
    assert.equal(await identity.reload(), false)
    unsubscribe()
    await swapIdentity(directory, files('p384'))
    assert.equal(await identity.reload(), true)
    assert.deepEqual(seen, ['ed25519'])
    folder.remove()
  })
})
