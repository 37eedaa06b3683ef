import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { OID } from '../../../../src/core/asn1/oids.ts'
import { TAG, contextConstructed, contextPrimitive } from '../../../../src/core/asn1/tags.ts'
import { encodeElement, encodeInteger, encodeOid, encodeSequence } from '../../../../src/core/asn1/writer.ts'
import { encodeUtf8, formatHex } from '../../../../src/core/bytes.ts'
import { assembleCsr } from '../../../../src/core/issuance/assemble.ts'
import { encodeTbsCertificate } from '../../../../src/core/issuance/encode-certificate.ts'
import {
  AUTHORITY_KEY_USAGE,
  encodeAuthorityBasicConstraints,
  encodeExtension,
  encodeScopes,
} from '../../../../src/core/issuance/encode-extension.ts'
import { encodeName } from '../../../../src/core/issuance/encode-name.ts'
import { lintTbsCertificate } from '../../../../src/core/issuance/lint-certificate.ts'
import { type PlanInput, planCertificate, toSerialNumber } from '../../../../src/core/issuance/plan.ts'
import { findProfile } from '../../../../src/core/issuance/profile.ts'
import { parseCsr } from '../../../../src/core/x509/csr.ts'
import type { CertificateSigningRequest } from '../../../../src/core/x509/types.ts'
import { TEST_NOW, buildAuthority, buildKey, buildPlanInput } from '../../../support/build-authority.ts'

const root = await buildAuthority({})
const issuing = await buildAuthority({ parent: root })
const { publicKeyDer } = await buildKey()
const plan = (input: Partial<PlanInput> = {}) =>
  planCertificate(buildPlanInput(issuing.certificate, publicKeyDer, input))
const later = (seconds: number) => new Date(TEST_NOW.getTime() + seconds * 1000)
const DAY = 24 * 60 * 60

describe('the serial number of a plan', () => {
  it('is positive and 16 octets long whatever octets are given', () => {
    for (const fill of [0x00, 0x01, 0x7f, 0x80, 0xff]) {
      const serialNumber = toSerialNumber(new Uint8Array(16).fill(fill))
      assert.equal(serialNumber.length, 16)
      assert.equal(serialNumber[0]! & 0xc0, 0x40)
      assert.equal(formatHex(serialNumber.subarray(1)), formatHex(new Uint8Array(15).fill(fill)))
    }
  })
  it('is not made from fewer or more octets', () => {
    for (const length of [0, 8, 15, 17])
      assert.throws(() => toSerialNumber(new Uint8Array(length)), RangeError)
  })
  it('leaves the octets given as they are', () => {
    const octets = new Uint8Array(16)
    toSerialNumber(octets)
    assert.equal(octets[0], 0)
  })
})

describe('the validity of a plan', () => {
  it('counts from now in whole seconds, with the backdating on top', () => {
    const now = new Date(TEST_NOW.getTime() + 999)
    const { notBefore, notAfter, issuedAt, warnings } = plan({ now, validitySeconds: 30 })
    assert.deepEqual([notBefore, issuedAt, notAfter], [later(-60), TEST_NOW, later(30)])
    assert.deepEqual(warnings, [])
  })
  it('takes another backdating, or none', () => {
    assert.deepEqual(plan({ backdateSeconds: 0 }).notBefore, TEST_NOW)
    assert.deepEqual(plan({ backdateSeconds: 10 }).notBefore, later(-10))
  })
  it("never begins before the issuer's own", async () => {
    const young = await buildAuthority({ parent: root, now: later(30) })
    const { notBefore } = planCertificate(
      buildPlanInput(young.certificate, publicKeyDer, { now: later(30), backdateSeconds: 600 }),
    )
    assert.deepEqual(notBefore, young.certificate.notBefore)
  })
  it("is cut to the issuer's end, with a warning", () => {
    const { notAfter } = issuing.certificate
    const cut = plan({ now: new Date(notAfter.getTime() - DAY * 1000) })
    assert.deepEqual(cut.notAfter, notAfter)
    assert.match(cut.warnings.join(), /cut/)
  })
  it('is refused when the issuer has ended, is about to end, or has not begun', () => {
    const end = issuing.certificate.notAfter.getTime()
    for (const now of [new Date(end + 1000), new Date(end - 9000), later(-DAY)]) {
      assert.throws(() => plan({ now }), { reason: 'SIGNER_UNAVAILABLE' })
    }
  })
  it('is refused outside the profile', () => {
    for (const validitySeconds of [9, 398 * DAY])
      assert.throws(() => plan({ validitySeconds }), { reason: 'VALIDITY_OUT_OF_RANGE' })
  })
})

const uri = (text: string) => encodeElement(contextPrimitive(6), encodeUtf8(text))
const dns = (text: string) => encodeElement(contextPrimitive(2), encodeUtf8(text))
const ip = (...octets: number[]) => encodeElement(contextPrimitive(7), Uint8Array.from(octets))
const names = (...encoded: Uint8Array[]) =>
  encodeExtension(OID.subjectAltName, false, encodeSequence(...encoded))

function csrAsking(commonName: string, ...extensions: Uint8Array[]): CertificateSigningRequest {
  const request = encodeSequence(
    encodeOid(OID.extensionRequest),
    encodeElement(TAG.set, encodeSequence(...extensions)),
  )
  const info = encodeSequence(
    encodeInteger(0),
    encodeName({ commonName }),
    publicKeyDer,
    encodeElement(contextConstructed(0), ...(extensions.length > 0 ? [request] : [])),
  )
  return parseCsr(assembleCsr(info, 'ecdsa-p256-sha256', new Uint8Array(64)))
}

describe('what a plan takes from a CSR', () => {
  const server = findProfile('server')
  const allowedNames = ['bob.internal', 'bob.example', '127.0.0.1']

  it('is nothing for a client, and each thing left out is named', () => {
    const csr = csrAsking(
      'root',
      encodeAuthorityBasicConstraints(0),
      AUTHORITY_KEY_USAGE,
      encodeScopes(OID.scopeExtension, ['admin']),
      names(dns('evil.example'), uri('spiffe://evil.example/client/root')),
    )
    const { hosts, scopes, clientId, spiffeId, warnings } = plan({ csr, allowedNames })
    assert.deepEqual(
      { hosts, scopes, clientId },
      { hosts: [], scopes: ['bob.user.read', 'bob.user.write'], clientId: 'alice' },
    )
    assert.equal(spiffeId, 'spiffe://chancery.example/client/alice')
    assert.equal(warnings.length, 3)
    const text = warnings.join('\n')
    for (const word of ['basicConstraints', 'keyUsage', 'scopeExtension', 'evil.example', 'subject'])
      assert.match(text, new RegExp(word))
  })
  it('is nothing to warn of when it asks for what it gets', () => {
    const csr = csrAsking('alice', names(uri('spiffe://chancery.example/client/alice')))
    assert.deepEqual(plan({ csr }).warnings, [])
    assert.deepEqual(plan({ csr: csrAsking('alice') }).warnings, [])
  })
  it('is a host name that both the profile and the client allow', () => {
    const csr = csrAsking(
      'alice',
      names(dns('Bob.Internal'), dns('evil.example'), ip(127, 0, 0, 1), ip(10, 0, 0, 1)),
    )
    const { hosts, warnings } = plan({ profile: server, csr, allowedNames })
    assert.deepEqual(hosts, [
      { type: 'dns', value: 'bob.internal' },
      { type: 'ip', value: Uint8Array.of(127, 0, 0, 1) },
    ])
    assert.equal(warnings.length, 1)
    assert.match(warnings[0]!, /evil\.example/)
  })
  it('is every allowed host name when it asks for none', () => {
    for (const csr of [undefined, csrAsking('alice')]) {
      assert.deepEqual(
        plan({ profile: server, csr, allowedNames }).hosts.map(({ type }) => type),
        ['dns', 'dns', 'ip'],
      )
    }
  })
  it('is no host name when it asks for forbidden ones only', () => {
    const { hosts, warnings } = plan({
      profile: server,
      csr: csrAsking('alice', names(dns('evil.example'))),
      allowedNames,
    })
    assert.deepEqual(hosts, [])
    assert.equal(warnings.length, 2)
  })
  it('is not every name under a wildcard or a suffix', () => {
    const csr = csrAsking('alice', names(dns('*.internal'), dns('x.bob.internal'), dns('bob.internal.')))
    assert.deepEqual(plan({ profile: server, csr, allowedNames }).hosts, [])
  })
  it('is repeated in a warning only in part, and quoted', () => {
    const many = Array.from({ length: 40 }, (_, i) => dns(`evil-${i}.example`))
    const [warning] = plan({ csr: csrAsking('alice', names(...many)) }).warnings
    assert.match(warning!, /"evil-7\.example" and 32 more/)
    assert.doesNotMatch(warning!, /evil-8/)
  })
})

describe('a planned certificate', () => {
  it('passes lint under every profile', () => {
    for (const profile of ['client', 'server', 'short']) {
      const planned = plan({ profile: findProfile(profile), allowedNames: ['bob.internal'] })
      const tbs = encodeTbsCertificate(planned, issuing.signer.algorithm)
      lintTbsCertificate(tbs, issuing.signer.algorithm, planned, issuing.certificate)
    }
  })
  it('is refused when scopes and names do not fit, and passes lint when they just do', () => {
    const scopesOf = (length: number) =>
      Array.from(
        { length: 64 },
        (_, i) => `s${String(i).padStart(3, '0')}.${'x'.repeat(60)}.${'y'.repeat(60)}.${'z'.repeat(length)}`,
      )
    const planned = (length: number) => plan({ scopes: { scopes: scopesOf(length), warnings: [] } })
    assert.throws(() => planned(64), { reason: 'FIELD_INVALID', metadata: { field: 'scopes' } })
    const largest = planned(60)
    lintTbsCertificate(
      encodeTbsCertificate(largest, 'ecdsa-p256-sha256'),
      'ecdsa-p256-sha256',
      largest,
      issuing.certificate,
    )
  })
})
