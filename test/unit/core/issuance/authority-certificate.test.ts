import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { OID } from '../../../../src/core/asn1/oids.ts'
import {
  type AuthorityPlan,
  encodeTbsAuthorityCertificate,
  planAuthorityCertificate,
} from '../../../../src/core/issuance/authority-certificate.ts'
import { encodeTbs } from '../../../../src/core/issuance/encode-certificate.ts'
import {
  AUTHORITY_KEY_USAGE,
  END_ENTITY_BASIC_CONSTRAINTS,
  END_ENTITY_KEY_USAGE,
  encodeAuthorityBasicConstraints,
  encodeAuthorityKeyIdentifier,
  encodeExtendedKeyUsage,
  encodeSubjectKeyIdentifier,
} from '../../../../src/core/issuance/encode-extension.ts'
import { lintTbsAuthorityCertificate } from '../../../../src/core/issuance/lint-authority.ts'
import { formatName } from '../../../../src/core/x509/name.ts'
import { decodeSubjectPublicKeyInfo } from '../../../../src/core/x509/public-key.ts'
import { TEST_NOW, buildAuthority, buildKey } from '../../../support/build-authority.ts'

const urls = { crlUrl: 'http://ca.example/crl/root.crl', issuerUrl: 'http://ca.example/ca/root.crt' }
const root = await buildAuthority({ input: urls })
const issuing = await buildAuthority({ parent: root, input: urls })
const key = decodeSubjectPublicKeyInfo((await buildKey()).publicKeyDer)
const YEAR_MS = 365 * 24 * 60 * 60 * 1000

describe('a root', () => {
  const { certificate } = root
  it('may sign one level of authorities, certificates and lists, and nothing else', () => {
    assert.deepEqual(certificate.basicConstraints, { ca: true, pathLength: 1 })
    assert.deepEqual([...certificate.keyUsage!].sort(), ['cRLSign', 'keyCertSign'])
    assert.equal(certificate.extendedKeyUsage, undefined)
  })
  it('is its own issuer, by name and key identifier', () => {
    assert.deepEqual(certificate.issuer.der, certificate.subject.der)
    assert.deepEqual(certificate.authorityKeyIdentifier?.keyIdentifier, certificate.subjectKeyIdentifier)
  })
  it('is valid for ten years', () => {
    assert.equal(certificate.notAfter.getTime() - TEST_NOW.getTime(), 10 * YEAR_MS)
  })
  it('has no distribution point, whatever URLs are configured', () => {
    assert.equal(certificate.crlDistributionPoints, undefined)
    assert.equal(certificate.extensions.has(OID.authorityInfoAccess), false)
  })
  it('carries its trust domain as organization', () => {
    assert.equal(formatName(certificate.subject), 'CN=Chancery Root CA root,O=chancery.example')
  })
})

describe('an issuing authority', () => {
  const { certificate } = issuing
  it('may sign end entities and lists only', () => {
    assert.deepEqual(certificate.basicConstraints, { ca: true, pathLength: 0 })
  })
  it('names the root as its issuer, and says where the root publishes', () => {
    assert.deepEqual(certificate.issuer.der, root.certificate.subject.der)
    assert.deepEqual(certificate.authorityKeyIdentifier?.keyIdentifier, root.certificate.subjectKeyIdentifier)
    const [point] = certificate.crlDistributionPoints!
    assert.deepEqual(point?.name, { type: 'full', names: [{ type: 'uri', value: urls.crlUrl }] })
    assert.ok(certificate.extensions.has(OID.authorityInfoAccess))
  })
  it('is valid for five years, or until the root ends', async () => {
    assert.equal(certificate.notAfter.getTime() - TEST_NOW.getTime(), 5 * YEAR_MS)
    const late = new Date(root.certificate.notAfter.getTime() - YEAR_MS)
    const cut = await buildAuthority({ parent: root, now: late })
    assert.deepEqual(cut.certificate.notAfter, root.certificate.notAfter)
    await assert.rejects(buildAuthority({ parent: root, now: root.certificate.notAfter }), RangeError)
  })
  it('has a name of its own beside another one', async () => {
    const second = await buildAuthority({ parent: root, input: { id: 'issuing-2' } })
    assert.notDeepEqual(second.certificate.subject.der, certificate.subject.der)
  })
  it('has names within 64 characters, however long trust domain and id are', async () => {
    await buildAuthority({ input: { id: 'i'.repeat(64), trustDomain: 'd'.repeat(255) } })
  })
})

describe("the lint of authorities' certificates", () => {
  const common = {
    id: 'x',
    trustDomain: 'chancery.example',
    publicKey: key,
    now: TEST_NOW,
    serialOctets: new Uint8Array(16),
  }
  const rootPlan = planAuthorityCertificate(common)
  const issuingPlan = planAuthorityCertificate({ ...common, issuer: root.certificate })
  const lint = (tbs: Uint8Array, plan: AuthorityPlan) => {
    const issuer = plan.role === 'root' ? undefined : root.certificate
    lintTbsAuthorityCertificate(tbs, 'ecdsa-p256-sha256', plan, issuer)
  }
  const encode = (plan: AuthorityPlan) => encodeTbsAuthorityCertificate(plan, 'ecdsa-p256-sha256')
  const withExtensions = (plan: AuthorityPlan, ...extensions: Uint8Array[]) =>
    encodeTbs(
      {
        ...plan,
        extensions: [
          encodeSubjectKeyIdentifier(plan.subjectKeyIdentifier),
          encodeAuthorityKeyIdentifier(plan.issuerKeyIdentifier),
          ...extensions,
        ],
      },
      'ecdsa-p256-sha256',
    )
  const refused = (rule: string) => ({ reason: 'LINT_FAILED', metadata: { rule } })

  it('finds nothing in what was planned', () => {
    for (const plan of [rootPlan, issuingPlan]) lint(encode(plan), plan)
  })
  it('refuses an end entity', () => {
    assert.throws(() => {
      lint(withExtensions(issuingPlan, END_ENTITY_BASIC_CONSTRAINTS, AUTHORITY_KEY_USAGE), issuingPlan)
    }, refused('is_authority'))
  })
  it("refuses an end entity's key usage", () => {
    assert.throws(() => {
      lint(withExtensions(issuingPlan, encodeAuthorityBasicConstraints(0), END_ENTITY_KEY_USAGE), issuingPlan)
    }, refused('key_usage'))
  })
  it('refuses an extension nobody planned', () => {
    const extensions = [
      encodeAuthorityBasicConstraints(0),
      AUTHORITY_KEY_USAGE,
      encodeExtendedKeyUsage(['clientAuth']),
    ]
    assert.throws(() => {
      lint(withExtensions(issuingPlan, ...extensions), issuingPlan)
    }, refused('extensions_expected'))
  })
  it('refuses a path length that the root does not allow', () => {
    const plan = { ...issuingPlan, pathLength: 1 }
    assert.throws(() => lint(encode(plan), plan), refused('path_length_within_issuer'))
  })
  it("refuses an issuing authority under the root's own name", () => {
    const plan = { ...issuingPlan, subjectNameDer: root.certificate.subject.der }
    assert.throws(() => lint(encode(plan), plan), refused('not_self_issued'))
  })
  it('refuses a root that names another issuer, by name or by key', () => {
    const named = { ...rootPlan, issuerNameDer: root.certificate.subject.der }
    assert.throws(() => lint(encode(named), named), refused('self_issued'))
    const keyed = { ...rootPlan, issuerKeyIdentifier: root.certificate.subjectKeyIdentifier! }
    assert.throws(() => lint(encode(keyed), keyed), refused('authority_key_identifier'))
  })
  it('refuses a root with a distribution point', () => {
    const plan = { ...rootPlan, crlUrl: urls.crlUrl }
    assert.throws(() => lint(encode(plan), plan), refused('no_distribution_point'))
  })
})
