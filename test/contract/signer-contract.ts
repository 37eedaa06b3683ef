import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { importPublicKey, verifySignatureSync } from '../../src/core/crypto.ts'
import { signingScheme } from '../../src/core/issuance/signing-algorithm.ts'
import { checkPublicKey, decodeSubjectPublicKeyInfo } from '../../src/core/x509/public-key.ts'
import {
  type KeyStore,
  type KeyType,
  type Signer,
  SignerError,
  type SigningAlgorithm,
} from '../../src/signer/signer.ts'

/** A key store under test; `reopen` gives what a new process would see, if keys outlive a process. */
export interface SignerContractSubject {
  readonly store: KeyStore
  readonly reopen?: () => KeyStore
}

const ALGORITHMS: readonly (readonly [type: KeyType, algorithm: SigningAlgorithm])[] = [
  ['p256', 'ecdsa-p256-sha256'],
  ['p384', 'ecdsa-p384-sha384'],
  ['ed25519', 'ed25519'],
  ['rsa2048', 'rsa-v1_5-sha256'],
]

const MESSAGE = Buffer.from('what is signed')

function verifies(signer: Signer, message: Uint8Array, signature: Uint8Array): boolean {
  return verifySignatureSync(
    importPublicKey(signer.publicKeyDer),
    signingScheme(signer.algorithm),
    message,
    signature,
  )
}

/** Holds a key store against every sentence of `src/signer/signer.ts`. `create` makes a fresh, empty one. */
export function describeSignerContract(name: string, create: () => Promise<SignerContractSubject>): void {
  describe(`Signer of ${name}`, () => {
    // Making RSA keys is slow; the tests of one signer share one per type.
    const signers = new Map<KeyType, Promise<Signer>>()
    const signerOf = (type: KeyType): Promise<Signer> => {
      const signer = signers.get(type) ?? create().then(({ store }) => store.create('key', type))
      signers.set(type, signer)
      return signer
    }
    for (const [type, algorithm] of ALGORITHMS) {
      it(`algorithm: is ${algorithm} for a ${type} key, and the one that sign uses`, async () => {
        const signer = await signerOf(type)
        assert.equal(signer.algorithm, algorithm)
        assert.ok(verifies(signer, MESSAGE, await signer.sign(MESSAGE)))
      })
      it(`publicKeyDer: is the SubjectPublicKeyInfo of the ${type} key, which issuance accepts`, async () => {
        const { publicKeyDer } = await signerOf(type)
        const spki = decodeSubjectPublicKeyInfo(publicKeyDer)
        assert.match(checkPublicKey(spki).type, type.startsWith('rsa') ? /^rsa$/ : new RegExp(`^${type}$`))
      })
    }
    it('sign: signs the message itself, whatever its length', async () => {
      const large = Uint8Array.from({ length: 2_500_001 }, (_, i) => i % 251)
      for (const [type] of ALGORITHMS) {
        const signer = await signerOf(type)
        for (const message of [new Uint8Array(0), new Uint8Array(1_000_000), large]) {
          assert.ok(verifies(signer, message, await signer.sign(message)))
        }
      }
    })
    it('sign: a signature covers every octet of the message', async () => {
      const signer = await signerOf('p256')
      const signature = await signer.sign(MESSAGE)
      assert.equal(verifies(signer, Buffer.from('What is signed'), signature), false)
    })
    it('sign: ECDSA signatures are DER', async () => {
      const signer = await signerOf('p256')
      const signature = await signer.sign(MESSAGE)
      assert.equal(signature[0], 0x30)
      assert.equal(signature[1], signature.length - 2)
    })
    it('sign: does not block the event loop', async () => {
      const signer = await signerOf('rsa2048')
      let settled = false
      const signed = signer.sign(MESSAGE).then(() => (settled = true))
      await Promise.resolve()
      assert.equal(settled, false)
      await signed
    })
    it('sign: lets the event loop go round while it reads a long message', async () => {
      const signer = await signerOf('p256')
      let rounds = 0
      const count = () => {
        rounds++
        next = setImmediate(count)
      }
      let next = setImmediate(count)
      await signer.sign(new Uint8Array(4_000_000))
      clearImmediate(next)
      assert.ok(rounds >= 4, `${rounds} rounds`)
    })
    it('sign: may be called many times at once', async () => {
      const signer = await signerOf('p256')
      const messages = Array.from({ length: 64 }, (_, i) => Uint8Array.of(i))
      const signatures = await Promise.all(messages.map((message) => signer.sign(message)))
      for (const [i, message] of messages.entries()) assert.ok(verifies(signer, message, signatures[i]!))
    })
  })

  describe(`KeyStore of ${name}`, () => {
    it('create: makes a key of its own under each name', async () => {
      const { store } = await create()
      const [a, b] = await Promise.all([store.create('a', 'p256'), store.create('b', 'p256')])
      assert.notDeepEqual(a.publicKeyDer, b.publicKeyDer)
    })
    it('create: rejects with SignerError if the name is taken, and leaves the key as it was', async () => {
      const { store } = await create()
      const first = await store.create('key', 'p256')
      await assert.rejects(store.create('key', 'ed25519'), SignerError)
      assert.deepEqual((await store.open('key')).publicKeyDer, first.publicKeyDer)
    })
    it('create: of two at once for one name, one makes the key and the other rejects', async () => {
      const { store } = await create()
      const results = await Promise.allSettled([store.create('key', 'p256'), store.create('key', 'p256')])
      const [made] = results.filter((result) => result.status === 'fulfilled')
      const [refused] = results.filter((result) => result.status === 'rejected')
      assert.ok(refused?.reason instanceof SignerError)
      assert.deepEqual((await store.open('key')).publicKeyDer, made?.value.publicKeyDer)
    })
    it('create: the key is there before it is returned', async () => {
      const { store, reopen } = await create()
      const made = await store.create('key', 'p256')
      const opened = await (reopen?.() ?? store).open('key')
      assert.ok(verifies(made, MESSAGE, await opened.sign(MESSAGE)))
    })
    it('open: rejects with SignerError if there is no such key', async () => {
      const { store } = await create()
      await assert.rejects(store.open('nobody'), SignerError)
    })
    it('has: is true for a key that is there, and for no other', async () => {
      const { store } = await create()
      await store.create('one', 'p256')
      assert.deepEqual([await store.has('one'), await store.has('other')], [true, false])
    })
    it('remove: removes a key for good, and is content if there is none', async () => {
      const { store, reopen } = await create()
      const signer = await store.create('one', 'p256')
      await store.create('other', 'p256')
      await store.remove('one')
      await store.remove('one')
      await store.remove('never')
      for (const seen of [store, ...(reopen ? [reopen()] : [])]) {
        assert.deepEqual([await seen.has('one'), await seen.has('other')], [false, true])
        await assert.rejects(seen.open('one'), SignerError)
      }
      assert.ok(verifies(signer, MESSAGE, await signer.sign(MESSAGE)))
    })
    it('names: are 1-64 characters of [a-z0-9-]', async () => {
      const { store } = await create()
      await store.create('a', 'ed25519')
      await store.create('0-'.repeat(32), 'ed25519')
      for (const bad of ['', 'A', 'a.b', '../a', 'a/b', 'a\u0000', 'a\n', 'a'.repeat(65)]) {
        await assert.rejects(store.create(bad, 'ed25519'), SignerError, bad)
        await assert.rejects(store.open(bad), SignerError, bad)
      }
    })
  })
}
