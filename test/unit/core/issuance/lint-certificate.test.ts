import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { OID } from '../../../../src/core/asn1/oids.ts'
import { contextPrimitive } from '../../../../src/core/asn1/tags.ts'
import {
  encodeBitString,
  encodeElement,
  encodeOid,
  encodeSequence,
  encodeTrue,
} from '../../../../src/core/asn1/writer.ts'
import { encodeUtf8 } from '../../../../src/core/bytes.ts'
import {
  type TbsFields,
  encodeTbs,
  encodeTbsCertificate,
} from '../../../../src/core/issuance/encode-certificate.ts'
import {
  AUTHORITY_KEY_USAGE,
  END_ENTITY_BASIC_CONSTRAINTS,
  END_ENTITY_KEY_USAGE,
  encodeAuthorityBasicConstraints,
  encodeAuthorityInfoAccess,
  encodeAuthorityKeyIdentifier,
  encodeCrlDistributionPoint,
  encodeExtendedKeyUsage,
  encodeExtension,
  encodeScopes,
  encodeSubjectAltName,
  encodeSubjectKeyIdentifier,
} from '../../../../src/core/issuance/encode-extension.ts'
import { encodeName } from '../../../../src/core/issuance/encode-name.ts'
import { lintTbsCertificate } from '../../../../src/core/issuance/lint-certificate.ts'
import { planCertificate } from '../../../../src/core/issuance/plan.ts'
import { findProfile } from '../../../../src/core/issuance/profile.ts'
import { encodeScopeExtension } from '../../../../src/core/scope/scope-extension.ts'
import { buildAuthority, buildKey, buildLeaf, buildPlanInput } from '../../../support/build-authority.ts'

const root = await buildAuthority({})
const issuing = await buildAuthority({ parent: root })
const key = await buildKey()
const otherKey = await buildKey()
const { algorithm } = issuing.signer
const plan = planCertificate(
  buildPlanInput(issuing.certificate, key.publicKeyDer, {
    crlUrl: 'http://ca.chancery.example/crl/issuing-1.crl',
    issuerUrl: 'http://ca.chancery.example/ca/issuing-1.crt',
    ocspUrl: 'http://ca.chancery.example/ocsp',
  }),
)

/** What the encoder makes of the plan, part by part, so that each part can be made wrong. */
const extensions = {
  keyUsage: END_ENTITY_KEY_USAGE,
  extendedKeyUsage: encodeExtendedKeyUsage(['clientAuth']),
  basicConstraints: END_ENTITY_BASIC_CONSTRAINTS,
  subjectKeyIdentifier: encodeSubjectKeyIdentifier(plan.subjectKeyIdentifier),
  authorityKeyIdentifier: encodeAuthorityKeyIdentifier(plan.issuerKeyIdentifier),
  subjectAltName: encodeSubjectAltName(plan.spiffeId, []),
  scopes: encodeScopes(plan.scopeExtensionOid, plan.scopes),
  distributionPoint: encodeCrlDistributionPoint(plan.crlUrl!),
  infoAccess: encodeAuthorityInfoAccess(plan),
}
const subjectNameDer = encodeName({ commonName: plan.clientId })

interface Changes {
  readonly fields?: Partial<TbsFields>
  /** `undefined` leaves the extension out. */
  readonly extensions?: Readonly<Record<string, Uint8Array | undefined>>
}

function encodeChanged(changes: Changes): Uint8Array {
  const all: Record<string, Uint8Array | undefined> = { ...extensions, ...changes.extensions }
  const present = Object.values(all).filter((extension) => extension !== undefined)
  return encodeTbs({ ...plan, subjectNameDer, extensions: present, ...changes.fields }, algorithm)
}

const lint = (tbs: Uint8Array, usedPlan = plan, issuer = issuing) => {
  lintTbsCertificate(tbs, algorithm, usedPlan, issuer.certificate)
}
const refused = (rule: string) => ({ name: 'DomainError', reason: 'LINT_FAILED', metadata: { rule } })

describe('the lint before signing', () => {
  it('finds nothing in what the encoder made', () => {
    assert.deepEqual(encodeChanged({}), encodeTbsCertificate(plan, algorithm))
    lint(encodeChanged({}))
  })

  const { serialNumber, notBefore, notAfter } = plan
  const shifted = (time: Date, seconds: number) => new Date(time.getTime() + seconds * 1000)
  const ocspAccess = encodeSequence(
    encodeSequence(encodeOid(OID.ocsp), encodeElement(contextPrimitive(6), encodeUtf8(plan.issuerUrl!))),
  )
  const wrong: readonly [what: string, rule: string, changes: Changes][] = [
    [
      'another serial number',
      'serial_number',
      { fields: { serialNumber: serialNumber.map((octet) => octet ^ 1) } },
    ],
    ['a short serial number', 'serial_number', { fields: { serialNumber: serialNumber.subarray(1) } }],
    ['another key', 'subject_key', { fields: { publicKeyDer: otherKey.publicKeyDer } }],
    ['a key that is none', 'der.unexpected_tag', { fields: { publicKeyDer: encodeSequence() } }],
    ['no key identifier', 'subject_key_identifier', { extensions: { subjectKeyIdentifier: undefined } }],
    [
      "another key's identifier",
      'subject_key_identifier',
      { extensions: { subjectKeyIdentifier: encodeSubjectKeyIdentifier(plan.issuerKeyIdentifier) } },
    ],
    ['an earlier start', 'validity_as_planned', { fields: { notBefore: shifted(notBefore, -1) } }],
    ['a later end', 'validity_as_planned', { fields: { notAfter: shifted(notAfter, 1) } }],
    ['another issuer name', 'issuer_name', { fields: { issuerNameDer: root.certificate.subject.der } }],
    [
      'no authority key identifier',
      'authority_key_identifier',
      { extensions: { authorityKeyIdentifier: undefined } },
    ],
    [
      "another authority's key identifier",
      'authority_key_identifier',
      { extensions: { authorityKeyIdentifier: encodeAuthorityKeyIdentifier(plan.subjectKeyIdentifier) } },
    ],
    ['another subject', 'subject_name', { fields: { subjectNameDer: encodeName({ commonName: 'bob' }) } }],
    [
      'a subject with more than the client id',
      'subject_name',
      { fields: { subjectNameDer: encodeName({ organizationName: 'acme', commonName: 'alice' }) } },
    ],
    ['no alternative name', 'subject_alt_name_uri', { extensions: { subjectAltName: undefined } }],
    [
      "another client's URI",
      'subject_alt_name_uri',
      { extensions: { subjectAltName: encodeSubjectAltName('spiffe://chancery.example/client/bob', []) } },
    ],
    [
      'a host name that was not planned',
      'subject_alt_name_hosts',
      {
        extensions: {
          subjectAltName: encodeSubjectAltName(plan.spiffeId, [{ type: 'dns', value: 'evil.example' }]),
        },
      },
    ],
    ['no basic constraints', 'not_an_authority', { extensions: { basicConstraints: undefined } }],
    [
      'an authority',
      'not_an_authority',
      { extensions: { basicConstraints: encodeAuthorityBasicConstraints(0) } },
    ],
    [
      'basic constraints that may be overlooked',
      'extensions_criticality',
      { extensions: { basicConstraints: encodeExtension(OID.basicConstraints, false, encodeSequence()) } },
    ],
    ['no key usage', 'key_usage', { extensions: { keyUsage: undefined } }],
    ["an authority's key usage", 'key_usage', { extensions: { keyUsage: AUTHORITY_KEY_USAGE } }],
    [
      'key usage that may be overlooked',
      'extensions_criticality',
      {
        extensions: {
          keyUsage: encodeExtension(OID.keyUsage, false, encodeBitString(Uint8Array.of(0x80), 7)),
        },
      },
    ],
    ['no extended key usage', 'extended_key_usage', { extensions: { extendedKeyUsage: undefined } }],
    [
      'one extended key usage more',
      'extended_key_usage',
      { extensions: { extendedKeyUsage: encodeExtendedKeyUsage(['clientAuth', 'serverAuth']) } },
    ],
    [
      'another extended key usage',
      'extended_key_usage',
      { extensions: { extendedKeyUsage: encodeExtendedKeyUsage(['serverAuth']) } },
    ],
    ['no scope extension', 'scopes', { extensions: { scopes: undefined } }],
    [
      'one scope more',
      'scopes',
      { extensions: { scopes: encodeScopes(plan.scopeExtensionOid, [...plan.scopes, 'z']) } },
    ],
    [
      'one scope less',
      'scopes',
      { extensions: { scopes: encodeScopes(plan.scopeExtensionOid, plan.scopes.slice(1)) } },
    ],
    [
      'unsorted scopes',
      'scopes',
      { extensions: { scopes: encodeScopes(plan.scopeExtensionOid, plan.scopes.toReversed()) } },
    ],
    [
      'a critical scope extension',
      'extensions_criticality',
      {
        extensions: {
          scopes: encodeExtension(plan.scopeExtensionOid, true, encodeScopeExtension(plan.scopes)),
        },
      },
    ],
    ['scopes under another OID', 'scopes', { extensions: { scopes: encodeScopes('1.2.3.4', plan.scopes) } }],
    [
      'an extension nobody planned',
      'extensions_expected',
      { extensions: { extra: encodeExtension('1.2.3.4', false, encodeSequence()) } },
    ],
    ['no distribution point', 'crl_distribution_point', { extensions: { distributionPoint: undefined } }],
    [
      'another distribution point',
      'crl_distribution_point',
      { extensions: { distributionPoint: encodeCrlDistributionPoint('http://evil.example/empty.crl') } },
    ],
    ['no info access', 'authority_info_access', { extensions: { infoAccess: undefined } }],
    [
      'no issuer URL',
      'authority_info_access',
      { extensions: { infoAccess: encodeAuthorityInfoAccess({ ...plan, issuerUrl: undefined }) } },
    ],
    [
      'no OCSP URL',
      'authority_info_access',
      { extensions: { infoAccess: encodeAuthorityInfoAccess({ ...plan, ocspUrl: undefined }) } },
    ],
    [
      'another OCSP URL',
      'authority_info_access',
      {
        extensions: {
          infoAccess: encodeAuthorityInfoAccess({ ...plan, ocspUrl: 'http://evil.example/ocsp' }),
        },
      },
    ],
    [
      'another issuer URL',
      'authority_info_access',
      {
        extensions: {
          infoAccess: encodeAuthorityInfoAccess({ ...plan, issuerUrl: 'http://evil.example/ca.crt' }),
        },
      },
    ],
    [
      'info access to something else than the issuer',
      'authority_info_access',
      { extensions: { infoAccess: encodeExtension(OID.authorityInfoAccess, false, ocspAccess) } },
    ],
    [
      'key usage with a bit list that is not DER',
      'key_usage',
      {
        extensions: {
          keyUsage: encodeExtension(OID.keyUsage, true, encodeBitString(Uint8Array.of(0x80), 6)),
        },
      },
    ],
    ['an extension twice', 'extensions.duplicate', { extensions: { again: END_ENTITY_KEY_USAGE } }],
  ]
  for (const [what, rule, changes] of wrong) {
    it(`refuses ${what}`, () => {
      const tbs = encodeChanged(changes)
      if (/[.]/.test(rule)) assert.throws(() => lint(tbs), { reason: 'LINT_FAILED' })
      else assert.throws(() => lint(tbs), refused(rule))
    })
  }

  it('refuses bytes that are no certificate', () => {
    for (const tbs of [new Uint8Array(0), encodeTrue(), encodeSequence()])
      assert.throws(() => lint(tbs), { reason: 'LINT_FAILED' })
  })
  it('refuses a plan that goes beyond its profile, however well it is encoded', () => {
    const tooLong = { ...plan, notAfter: shifted(plan.issuedAt, plan.profile.maxValiditySeconds + 1) }
    assert.throws(
      () => lint(encodeTbsCertificate(tooLong, algorithm), tooLong),
      refused('validity_within_profile'),
    )
    const tooLate = { ...plan, notBefore: shifted(plan.issuedAt, 1) }
    assert.throws(
      () => lint(encodeTbsCertificate(tooLate, algorithm), tooLate),
      refused('validity_within_profile'),
    )
    const named = { ...plan, hosts: [{ type: 'dns', value: 'bob.internal' }] as const }
    assert.throws(
      () => lint(encodeTbsCertificate(named, algorithm), named),
      refused('subject_alt_name_hosts'),
    )
  })
  it('refuses a plan whose times are not whole seconds', () => {
    const uneven = { ...plan, notAfter: new Date(plan.notAfter.getTime() + 1) }
    assert.throws(() => lint(encodeTbsCertificate(uneven, algorithm), uneven), refused('validity_as_planned'))
  })
  it('refuses a certificate that outlives its issuer', () => {
    const { certificate } = issuing
    const outlives = {
      ...plan,
      profile: { ...plan.profile, maxValiditySeconds: 1e9 },
      notAfter: shifted(certificate.notAfter, 1),
    }
    assert.throws(
      () => lint(encodeTbsCertificate(outlives, algorithm), outlives),
      refused('validity_within_issuer'),
    )
  })
  it('refuses an issuer that is no authority', async () => {
    const leaf = await buildLeaf(issuing, { input: { profile: findProfile('client') } })
    assert.throws(() => lint(encodeChanged({}), plan, leaf), refused('issuer_is_authority'))
  })
  it('refuses a signature algorithm that is not that of the issuing key', () => {
    const tbs = encodeTbsCertificate(plan, 'ed25519')
    assert.throws(() => {
      lintTbsCertificate(tbs, 'ed25519', plan, issuing.certificate)
    }, refused('issuer_signature_algorithm'))
  })
  it('refuses what another algorithm is claimed for than the bytes name', () => {
    assert.throws(
      () => {
        lintTbsCertificate(encodeChanged({}), 'ed25519', plan, issuing.certificate)
      },
      { reason: 'LINT_FAILED' },
    )
  })
})
