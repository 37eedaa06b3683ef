import assert from 'node:assert/strict'
import { chmod } from 'node:fs/promises'
import { after, describe, it } from 'node:test'
import { createTokenAuthority, openTokenKey } from '../../../src/authority/token-issuer.ts'
import { parseJsonObject } from '../../../src/core/token/strict-json.ts'
import { createFileKeyStore } from '../../../src/signer/file-key-store.ts'
import { createMemoryKeyStore } from '../../../src/signer/memory-key-store.ts'
import { SignerError } from '../../../src/signer/signer.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'

const OPTIONS = { trustDomain: 'chancery.example', publicUrl: undefined, authorityId: 'issuing-1' }

const folder = createTemporaryFolder()
after(folder.remove)

describe('the key that tokens are signed with', () => {
  it('is made when it is not there, and is the same from then on', async () => {
    const keys = createMemoryKeyStore()
    const made = await openTokenKey(keys)
    assert.deepEqual((await openTokenKey(keys)).publicKeyDer, made.publicKeyDer)
    assert.equal(made.algorithm, 'ecdsa-p256-sha256')
  })

  it('is one key when two processes start at once', async () => {
    const directory = folder.file('race')
    const open = () => openTokenKey(createFileKeyStore({ directory }))
    const [first, ...others] = await Promise.all([open(), open(), open()])
    for (const other of others) assert.deepEqual(other.publicKeyDer, first.publicKeyDer)
  })

  it('is never made anew because it cannot be opened', async () => {
    const directory = folder.file('mode')
    const { publicKeyDer } = await openTokenKey(createFileKeyStore({ directory }))
    const file = `${directory}/tokens-1.key.pem`
    await chmod(file, 0o644)
    await assert.rejects(openTokenKey(createFileKeyStore({ directory })), SignerError)
    await chmod(file, 0o600)
    assert.deepEqual((await openTokenKey(createFileKeyStore({ directory }))).publicKeyDer, publicKeyDer)
  })
})

describe('what is published of it', () => {
  it('is one public key for one algorithm, named by its thumbprint', async () => {
    const signer = await openTokenKey(createMemoryKeyStore())
    const { jwks, keys } = createTokenAuthority(signer, OPTIONS)
    const [jwk, ...others] = parseJsonObject(jwks)['keys'] as readonly Record<string, unknown>[]
    assert.deepEqual(others, [])
    assert.deepEqual(Object.keys(jwk!).sort(), ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
    assert.deepEqual([jwk!['kty'], jwk!['crv'], jwk!['alg'], jwk!['use']], ['EC', 'P-256', 'ES256', 'sig'])
    assert.match(jwk!['kid'] as string, /^[A-Za-z0-9_-]{43}$/)
    assert.deepEqual([keys[0]?.kid, keys[0]?.alg, keys.length], [jwk!['kid'], 'ES256', 1])
  })

  it('names the issuer by its public URL, and by the trust domain without one', async () => {
    const signer = await openTokenKey(createMemoryKeyStore())
    const publicUrl = 'https://pki.example'
    assert.equal(createTokenAuthority(signer, { ...OPTIONS, publicUrl }).issuer, publicUrl)
    const { issuer, audience } = createTokenAuthority(signer, OPTIONS)
    assert.deepEqual([issuer, audience], ['spiffe://chancery.example', 'spiffe://chancery.example'])
  })
})
