import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { initialize, type InitializeRequest } from '../../../src/authority/initialize.ts'
import { openAuthorities } from '../../../src/authority/issuing-authority.ts'
import { getTrustBundle, listAuthorities } from '../../../src/authority/read-authorities.ts'
import { OID } from '../../../src/core/asn1/oids.ts'
import { createMemoryStore } from '../../../src/store/memory/memory-store.ts'
import { buildUseCases, START } from '../../support/build-use-cases.ts'
import { createFakeKeyStore, createFakeRandom, createFakeTime } from '../../support/fakes.ts'

const request: InitializeRequest = {
  trustDomain: 'chancery.example',
  scopeExtensionOid: OID.scopeExtension,
  keyType: 'p256',
  adminScopes: [],
}

function emptyAuthority() {
  return {
    store: createMemoryStore(),
    keys: createFakeKeyStore(),
    clock: createFakeTime(START).clock,
    random: createFakeRandom(),
    settings: { publicUrl: 'http://pki.example', ocspInCertificates: 'on' as const },
  }
}

describe('initialize', () => {
  it('makes a root that may sign authorities and an issuing one that may not', async () => {
    const deps = emptyAuthority()
    await initialize(deps, request)
    const { root, issuing } = await openAuthorities(deps.store, deps.keys)
    assert.deepEqual(root.certificate.basicConstraints, { ca: true, pathLength: 1 })
    assert.deepEqual(issuing.certificate.basicConstraints, { ca: true, pathLength: 0 })
    for (const { certificate } of [root, issuing]) {
      assert.deepEqual([...certificate.keyUsage!].sort(), ['cRLSign', 'keyCertSign'])
    }
  })

  it('says in the issuing certificate where the list of the root is', async () => {
    const deps = emptyAuthority()
    await initialize(deps, request)
    const { issuing } = await openAuthorities(deps.store, deps.keys)
    const [point] = issuing.certificate.crlDistributionPoints!
    assert.deepEqual(point?.name, {
      type: 'full',
      names: [{ type: 'uri', value: 'http://pki.example/crl/root.crl' }],
    })
  })

  it('refuses a second time', async () => {
    const deps = emptyAuthority()
    await initialize(deps, request)
    await assert.rejects(initialize(deps, request))
  })

  it('refuses a trust domain that no URI name can hold, before it makes anything', async () => {
    const deps = emptyAuthority()
    for (const trustDomain of ['', 'localhost', 'Upper.example', 'a..b', `${'a'.repeat(300)}.example`]) {
      await assert.rejects(initialize(deps, { ...request, trustDomain }), { reason: 'FIELD_INVALID' })
    }
    assert.deepEqual(await deps.store.authorities.list(), [])
  })

  it('leaves an audit entry for everything that it made', async () => {
    const deps = emptyAuthority()
    await initialize(deps, request)
    const entries = await deps.store.audit.list({ afterSequence: 0n, limit: 10 })
    assert.deepEqual(
      entries.map(({ action, subject }) => `${action} ${subject}`),
      [
        'authority.create root',
        'authority.create issuing-1',
        'client.create admin',
        'client.create chancery',
        'init chancery.example',
      ],
    )
  })
})

describe('openAuthorities', () => {
  it('refuses a key that is not the one in the certificate', async () => {
    const deps = emptyAuthority()
    await initialize(deps, request)
    const other = createFakeKeyStore()
    await other.create('issuing-1', 'p256')
    const open = (name: string) => (name === 'issuing-1' ? other : deps.keys).open(name)
    await assert.rejects(openAuthorities(deps.store, { ...deps.keys, open }), { name: 'SignerError' })
  })

  it('refuses a store without authorities', async () => {
    await assert.rejects(openAuthorities(createMemoryStore(), createFakeKeyStore()), { name: 'SignerError' })
  })
})

describe('what is published of the authorities', () => {
  it('is the root to trust, the issuing certificate, and a list for each, with the keys of tokens', async () => {
    const deps = await buildUseCases({ publicUrl: 'http://pki.example' })
    const tokenIssuer = {
      issuer: 'https://pki.example',
      audience: 'spiffe://chancery.example',
      authorityId: 'issuing-1',
      jwks: Buffer.from('{"keys":[]}'),
    }
    const bundle = await getTrustBundle({ ...deps, tokenIssuer })
    assert.deepEqual(bundle.roots, [deps.authorities.root])
    assert.deepEqual(bundle.intermediates, [deps.authorities.issuing])
    assert.equal(bundle.scopeExtensionOid, OID.scopeExtension)
    assert.deepEqual(bundle.tokenIssuers, [tokenIssuer])
    const statuses = listAuthorities(deps)
    assert.deepEqual(
      statuses.map(({ authority, crl, crlUrl }) => [authority.id, crl?.crlNumber, crlUrl]),
      [
        ['root', 1n, 'http://pki.example/crl/root.crl'],
        ['issuing-1', 1n, 'http://pki.example/crl/issuing-1.crl'],
      ],
    )
  })
})
