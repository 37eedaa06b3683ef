import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { OID } from '../../../../../src/core/asn1/oids.ts'
import {
  type CertificateOptions,
  NOW,
  authorityKeyIdentifier,
  basicConstraints,
  certificatePolicies,
  extKeyUsage,
  extension,
  keyUsage,
  makeCa,
  makeKey,
  makeLeaf,
  makeRoot,
  nameConstraints,
  policyConstraints,
  subjectAltName,
  subjectKeyIdentifier,
  verdict,
} from '../../../../support/pki/index.ts'

const UNKNOWN = '1.3.6.1.4.1.32473.666'
const empty = Uint8Array.of(0x30, 0x00)
const before = (ms: number) => new Date(NOW.getTime() - ms)

/** Validates a root, a CA and a leaf, each with its own peculiarities. */
function chain(
  options: {
    readonly root?: CertificateOptions
    readonly ca?: CertificateOptions
    readonly leaf?: CertificateOptions
  },
  purpose: 'any' | 'client' | 'server' = 'any',
) {
  const root = makeRoot(options.root)
  const ca = makeCa(root, options.ca)
  return verdict({ leaf: makeLeaf(ca, options.leaf), via: [ca], anchors: [root], purpose })
}

/** One peculiarity, tried in each place of the chain. */
async function everywhere(options: CertificateOptions) {
  return [await chain({ root: options }), await chain({ ca: options }), await chain({ leaf: options })]
}

const all = (reason: string) => [reason, reason, reason]

describe('critical extensions', () => {
  it('are refused when they are not processed, anywhere in the path', async () => {
    for (const oid of [UNKNOWN, OID.authorityInfoAccess]) {
      const value =
        oid === UNKNOWN ? empty : new Uint8Array(Buffer.from('300c300a06022a03820461626364', 'hex'))
      assert.deepEqual(
        await everywhere({ extensions: [extension(oid, value, true)] }),
        all('CRITICAL_EXTENSION_UNKNOWN'),
      )
      assert.deepEqual(await everywhere({ extensions: [extension(oid, value)] }), all('ok'))
    }
  })

  it('are refused when they are key identifiers', async () => {
    const ski = { ...subjectKeyIdentifier(Uint8Array.of(1)), critical: true }
    assert.deepEqual(await everywhere({ extensions: [ski] }), all('CRITICAL_EXTENSION_UNKNOWN'))
    const aki = { ...authorityKeyIdentifier(Uint8Array.of(1)), critical: true }
    assert.equal(await chain({ leaf: { extensions: [aki] } }), 'CRITICAL_EXTENSION_UNKNOWN')
  })

  it('are accepted when they are processed', async () => {
    const extensions = [
      { ...extKeyUsage(OID.clientAuth), critical: true },
      { ...certificatePolicies('1.2.3'), critical: true },
      subjectAltName(['dns:a.example'], true),
    ]
    assert.equal(await chain({ leaf: { extensions } }), 'ok')
  })
})

describe('validity', () => {
  it('is refused before notBefore and after notAfter, also of the anchor', async () => {
    const past = { notAfter: new Date('2026-02-01T00:00:00Z') }
    assert.deepEqual(await everywhere(past), all('CERTIFICATE_EXPIRED'))
    const future = { notBefore: new Date('2026-04-01T00:00:00Z') }
    assert.deepEqual(await everywhere(future), all('CERTIFICATE_NOT_YET_VALID'))
  })

  it('includes both ends', async () => {
    assert.equal(await chain({ leaf: { notBefore: NOW } }), 'ok')
    assert.equal(await chain({ leaf: { notAfter: NOW } }), 'ok')
    assert.equal(await chain({ leaf: { notAfter: before(1000) } }), 'CERTIFICATE_EXPIRED')
  })

  it('is judged by whole seconds, cut', async () => {
    const root = makeRoot()
    const leaf = makeLeaf(root, { notBefore: NOW, notAfter: NOW })
    const at = (ms: number) => verdict({ leaf, anchors: [root], at: new Date(NOW.getTime() + ms) })
    assert.equal(await at(-1), 'CERTIFICATE_NOT_YET_VALID')
    assert.equal(await at(999), 'ok')
    assert.equal(await at(1000), 'CERTIFICATE_EXPIRED')
    assert.equal(await at(NaN), 'CERTIFICATE_NOT_YET_VALID')
  })
})

describe('basic constraints', () => {
  it('are asked of every CA, the anchor too', async () => {
    for (const options of [{ without: [OID.basicConstraints] }, { extensions: [basicConstraints(false)] }]) {
      assert.equal(await chain({ root: options }), 'CHAIN_INVALID')
      assert.equal(await chain({ ca: options }), 'CHAIN_INVALID')
      assert.equal(await chain({ leaf: options }), 'ok')
    }
    assert.equal(await chain({ ca: { version: 1 } }), 'CHAIN_INVALID')
  })

  it('need not be critical, as those of old roots are not', async () => {
    const options = { extensions: [basicConstraints(true, undefined, false)] }
    assert.equal(await chain({ root: options, ca: options }), 'ok')
  })

  it('limit the CAs below, not counting the leaf', async () => {
    assert.equal(await chain({ ca: { pathLength: 0 } }), 'ok')
    assert.equal(await chain({ root: { pathLength: 0 } }), 'CHAIN_INVALID')
    assert.equal(await chain({ root: { pathLength: 1 }, ca: { pathLength: 9 } }), 'ok')
  })

  it('do not count a CA in the place of the leaf', async () => {
    const root = makeRoot()
    const ca = makeCa(root, { subject: 'CN=A', pathLength: 0 })
    const below = makeCa(ca, { subject: 'CN=B', pathLength: 0 })
    assert.equal(await verdict({ leaf: below, via: [ca], anchors: [root] }), 'ok')
    const leaf = makeLeaf(below)
    assert.equal(await verdict({ leaf, via: [ca, below], anchors: [root] }), 'CHAIN_INVALID')
  })

  it('do not count self-issued CAs', async () => {
    const root = makeRoot({ pathLength: 1 })
    const ca = makeCa(root, { subject: 'CN=A', pathLength: 0 })
    const renewed = makeCa(ca, { subject: 'CN=A', pathLength: 0 })
    const leaf = makeLeaf(renewed)
    assert.equal(await verdict({ leaf, via: [ca, renewed], anchors: [root] }), 'ok')
    const other = makeCa(renewed, { subject: 'CN=B' })
    const deeper = makeLeaf(other)
    assert.equal(await verdict({ leaf: deeper, via: [ca, renewed, other], anchors: [root] }), 'CHAIN_INVALID')
  })
})

describe('key usage', () => {
  it('must allow every CA to sign certificates, if it is there', async () => {
    const listsOnly = { extensions: [keyUsage('cRLSign')] }
    assert.equal(await chain({ root: listsOnly }), 'CHAIN_INVALID')
    assert.equal(await chain({ ca: listsOnly }), 'CHAIN_INVALID')
    assert.equal(await chain({ root: { without: [OID.keyUsage] }, ca: { without: [OID.keyUsage] } }), 'ok')
  })

  it('of a leaf agrees with its basic constraints', async () => {
    const signs = keyUsage('digitalSignature', 'keyCertSign')
    const plain = keyUsage('digitalSignature')
    assert.equal(await chain({ leaf: { extensions: [signs] } }), 'CHAIN_INVALID')
    assert.equal(await chain({ leaf: { extensions: [signs, basicConstraints(false)] } }), 'CHAIN_INVALID')
    assert.equal(await chain({ leaf: { extensions: [plain, basicConstraints(true)] } }), 'CHAIN_INVALID')
    assert.equal(await chain({ leaf: { extensions: [signs, basicConstraints(true)] } }), 'ok')
  })

  it('of a leaf must suit the purpose', async () => {
    const only = (usage: 'keyEncipherment' | 'keyAgreement' | 'dataEncipherment') => ({
      leaf: { extensions: [keyUsage(usage)] },
    })
    assert.equal(await chain(only('keyEncipherment'), 'server'), 'ok')
    assert.equal(await chain(only('keyEncipherment'), 'client'), 'KEY_USAGE_INVALID')
    assert.equal(await chain(only('keyAgreement'), 'client'), 'ok')
    assert.equal(await chain(only('dataEncipherment'), 'server'), 'KEY_USAGE_INVALID')
    assert.equal(await chain(only('dataEncipherment'), 'any'), 'ok')
    assert.equal(await chain({ leaf: { without: [OID.keyUsage] } }, 'client'), 'ok')
  })
})

describe('extended key usage', () => {
  it('of a leaf must hold the purpose, unless it is absent or any', async () => {
    const leaf = (...oids: string[]) => ({ leaf: { extensions: [extKeyUsage(...oids)] } })
    assert.equal(await chain(leaf(OID.clientAuth), 'client'), 'ok')
    assert.equal(await chain(leaf(OID.clientAuth), 'server'), 'KEY_USAGE_INVALID')
    assert.equal(await chain(leaf(OID.serverAuth, OID.clientAuth), 'client'), 'ok')
    assert.equal(await chain(leaf(OID.anyExtendedKeyUsage), 'client'), 'ok')
    assert.equal(await chain(leaf(UNKNOWN), 'any'), 'ok')
    assert.equal(await chain({}, 'client'), 'ok')
  })

  it('of a CA limits what is below it', async () => {
    const serverOnly = { extensions: [extKeyUsage(OID.serverAuth)] }
    assert.equal(await chain({ ca: serverOnly }, 'client'), 'KEY_USAGE_INVALID')
    assert.equal(await chain({ root: serverOnly }, 'client'), 'KEY_USAGE_INVALID')
    assert.equal(await chain({ ca: serverOnly }, 'server'), 'ok')
    assert.equal(await chain({ ca: serverOnly }, 'any'), 'ok')
  })
})

describe('algorithms', () => {
  it('are refused when the hash is broken, except in the signature of an anchor on itself', async () => {
    assert.equal(await chain({ leaf: { hash: 'sha1' } }), 'ALGORITHM_WEAK')
    assert.equal(await chain({ ca: { hash: 'sha1' } }), 'ALGORITHM_WEAK')
    assert.equal(await chain({ root: { hash: 'sha1' } }), 'ok')
  })

  it('are refused when a key is too small, wherever it is', async () => {
    assert.deepEqual(await everywhere({ key: makeKey('rsa1024') }), all('ALGORITHM_WEAK'))
  })

  it('may be mixed', async () => {
    for (const kind of ['p256', 'p384', 'ed25519', 'rsa2048'] as const) {
      assert.deepEqual(await everywhere({ key: makeKey(kind) }), all('ok'))
    }
  })
})

describe('the profile of one certificate', () => {
  it('asks a CA for a subject', async () => {
    assert.equal(await chain({ ca: { subject: '' }, leaf: { issuer: 'CN=x' } }), 'ISSUER_UNKNOWN')
    const root = makeRoot()
    const nameless = makeCa(root, { subject: '' })
    assert.equal(await verdict({ leaf: nameless, anchors: [root] }), 'CHAIN_INVALID')
  })

  it('asks a leaf without subject for a critical alternative name', async () => {
    const leaf = (critical: boolean) => ({
      leaf: { subject: '', extensions: [subjectAltName(['dns:a.example'], critical)] },
    })
    assert.equal(await chain(leaf(true)), 'ok')
    assert.equal(await chain(leaf(false)), 'CHAIN_INVALID')
    assert.equal(await chain({ leaf: { subject: '' } }), 'CHAIN_INVALID')
  })

  it('asks every CA for a subject key identifier, and those below the anchor for an authority key identifier', async () => {
    assert.equal(await chain({ root: { without: [OID.subjectKeyIdentifier] } }), 'CHAIN_INVALID')
    assert.equal(await chain({ ca: { without: [OID.subjectKeyIdentifier] } }), 'CHAIN_INVALID')
    assert.equal(await chain({ ca: { without: [OID.authorityKeyIdentifier] } }), 'CHAIN_INVALID')
    assert.equal(await chain({ leaf: { without: [OID.authorityKeyIdentifier] } }), 'ok')
    const bare = { without: [OID.authorityKeyIdentifier] }
    const top = makeRoot({ subject: 'CN=Root' })
    assert.equal(await verdict({ leaf: makeCa(top, bare), anchors: [top] }), 'CHAIN_INVALID')
    const selfIssued = makeCa(top, { ...bare, subject: 'CN=Root' })
    const below = makeLeaf(selfIssued)
    assert.equal(await verdict({ leaf: below, via: [selfIssued], anchors: [top] }), 'CHAIN_INVALID')
    const pinned = makeCa(makeRoot(), { subject: 'CN=CA', without: [OID.authorityKeyIdentifier] })
    assert.equal(await verdict({ leaf: makeLeaf(pinned), anchors: [pinned] }), 'CHAIN_INVALID')
  })

  it('refuses the serial number zero below the anchor', async () => {
    assert.equal(await chain({ leaf: { serial: 0 } }), 'CHAIN_INVALID')
    assert.equal(await chain({ ca: { serial: 0 } }), 'CHAIN_INVALID')
    assert.equal(await chain({ root: { serial: 0 } }), 'ok')
  })

  it('refuses name constraints on a leaf', async () => {
    for (const critical of [true, false]) {
      const extensions = [nameConstraints({ permitted: ['dns:example.com'] }, critical)]
      assert.equal(await chain({ leaf: { extensions } }), 'CHAIN_INVALID')
    }
  })

  it('enforces policy constraints whether or not they are critical, as PKITS has them', async () => {
    for (const critical of [true, false]) {
      const demanding = (requireExplicitPolicy: number) => ({
        ca: { extensions: [policyConstraints({ requireExplicitPolicy }, critical)] },
      })
      assert.equal(await chain(demanding(0)), 'CHAIN_INVALID')
      assert.equal(await chain(demanding(9)), 'ok')
    }
  })
})

describe('a self-signed anchor', () => {
  const withAki = (aki: ReturnType<typeof authorityKeyIdentifier>) =>
    chain({ root: { subject: 'CN=Root', serial: 7, extensions: [aki] } })

  it('may repeat its own identifiers', async () => {
    assert.equal(await withAki(authorityKeyIdentifier(undefined, { issuer: 'CN=Root', serial: 7 })), 'ok')
  })

  it('is refused when they point elsewhere or nowhere', async () => {
    assert.equal(await withAki(authorityKeyIdentifier(Uint8Array.of(9, 9))), 'CHAIN_INVALID')
    assert.equal(await withAki(authorityKeyIdentifier(undefined)), 'CHAIN_INVALID')
    assert.equal(
      await withAki(authorityKeyIdentifier(undefined, { issuer: 'CN=Else', serial: 7 })),
      'CHAIN_INVALID',
    )
    assert.equal(
      await withAki(authorityKeyIdentifier(undefined, { issuer: 'CN=Root', serial: 8 })),
      'CHAIN_INVALID',
    )
  })

  it('may point to its older key when that key signed it', async () => {
    const old = makeRoot({ subject: 'CN=Root' })
    const renewed = makeCa(old, { subject: 'CN=Root' })
    assert.equal(await verdict({ leaf: makeLeaf(renewed), anchors: [renewed] }), 'ok')
  })
})
