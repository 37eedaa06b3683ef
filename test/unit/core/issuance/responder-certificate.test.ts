import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { type TbsFields, encodeTbs } from '../../../../src/core/issuance/encode-certificate.ts'
import {
  END_ENTITY_BASIC_CONSTRAINTS,
  END_ENTITY_KEY_USAGE,
  OCSP_NO_CHECK,
  OCSP_SIGNING,
  encodeAuthorityBasicConstraints,
  encodeAuthorityKeyIdentifier,
  encodeCrlDistributionPoint,
  encodeExtendedKeyUsage,
  encodeExtension,
  encodeSubjectKeyIdentifier,
} from '../../../../src/core/issuance/encode-extension.ts'
import { lintTbsResponderCertificate } from '../../../../src/core/issuance/lint-responder.ts'
import { SERIAL_BYTES } from '../../../../src/core/issuance/plan.ts'
import {
  encodeTbsResponderCertificate,
  planResponderCertificate,
} from '../../../../src/core/issuance/responder-certificate.ts'
import { OID } from '../../../../src/core/asn1/oids.ts'
import { encodeOid, encodeSequence } from '../../../../src/core/asn1/writer.ts'
import { decodeSubjectPublicKeyInfo } from '../../../../src/core/x509/public-key.ts'
import { TEST_NOW, TEST_TRUST_DOMAIN, buildAuthority, buildKey } from '../../../support/build-authority.ts'

const root = await buildAuthority({})
const issuing = await buildAuthority({ parent: root })
const { algorithm } = issuing.signer
const publicKey = decodeSubjectPublicKeyInfo((await buildKey()).publicKeyDer)

function planWith(input: { authorityId?: string; now?: Date } = {}) {
  return planResponderCertificate({
    authorityId: 'issuing-1',
    issuer: issuing.certificate,
    trustDomain: TEST_TRUST_DOMAIN,
    publicKey,
    now: TEST_NOW,
    serialOctets: randomBytes(SERIAL_BYTES),
    ...input,
  })
}

const plan = planWith()
const extensions = {
  keyUsage: END_ENTITY_KEY_USAGE,
  extendedKeyUsage: OCSP_SIGNING,
  basicConstraints: END_ENTITY_BASIC_CONSTRAINTS,
  subjectKeyIdentifier: encodeSubjectKeyIdentifier(plan.subjectKeyIdentifier),
  authorityKeyIdentifier: encodeAuthorityKeyIdentifier(plan.issuerKeyIdentifier),
  noCheck: OCSP_NO_CHECK,
}

function encodeChanged(fields: Partial<TbsFields>, changed: Record<string, Uint8Array | undefined> = {}) {
  const all: Record<string, Uint8Array | undefined> = { ...extensions, ...changed }
  const present = Object.values(all).filter((extension) => extension !== undefined)
  return encodeTbs({ ...plan, extensions: present, ...fields }, algorithm)
}

const lint = (tbs: Uint8Array) => {
  lintTbsResponderCertificate(tbs, algorithm, plan, issuing.certificate)
}

describe('the certificate of an OCSP responder', () => {
  it('ends with that of its authority if that is sooner, and is refused when that is not valid', () => {
    const { notAfter } = issuing.certificate
    const last = planWith({ now: new Date(notAfter.getTime() - 60_000) })
    assert.deepEqual(last.notAfter, notAfter)
    const refused = { name: 'DomainError', reason: 'SIGNER_UNAVAILABLE' }
    assert.throws(() => planWith({ now: notAfter }), refused)
    assert.throws(() => planWith({ now: new Date(0) }), refused)
  })

  it('has a name that fits, however long the authority is called', () => {
    const long = planWith({ authorityId: 'a'.repeat(64) })
    lintTbsResponderCertificate(
      encodeTbsResponderCertificate(long, algorithm),
      algorithm,
      long,
      issuing.certificate,
    )
  })

  it('passes its lint as it is encoded', () => {
    assert.deepEqual(encodeChanged({}), encodeTbsResponderCertificate(plan, algorithm))
    lint(encodeChanged({}))
  })

  const month = new Date(TEST_NOW.getTime() + 30 * 86_400_000)
  const wrong: readonly [what: string, rule: string, tbs: Uint8Array][] = [
    ['no purpose', 'extended_key_usage', encodeChanged({}, { extendedKeyUsage: undefined })],
    [
      'another purpose',
      'extended_key_usage',
      encodeChanged({}, { extendedKeyUsage: encodeExtendedKeyUsage(['clientAuth']) }),
    ],
    [
      'a purpose besides',
      'extended_key_usage',
      encodeChanged(
        {},
        {
          extendedKeyUsage: encodeExtension(
            OID.extKeyUsage,
            false,
            encodeSequence(encodeOid(OID.ocspSigning), encodeOid(OID.clientAuth)),
          ),
        },
      ),
    ],
    ['no ocsp-nocheck', 'ocsp_no_check', encodeChanged({}, { noCheck: undefined })],
    [
      'ocsp-nocheck with content',
      'ocsp_no_check',
      encodeChanged({}, { noCheck: encodeExtension(OID.ocspNoCheck, false, encodeSequence()) }),
    ],
    [
      'the rights of an authority',
      'not_an_authority',
      encodeChanged({}, { basicConstraints: encodeAuthorityBasicConstraints(0) }),
    ],
    ['no key usage', 'key_usage', encodeChanged({}, { keyUsage: undefined })],
    [
      'a distribution point',
      'extensions_expected',
      encodeChanged({}, { point: encodeCrlDistributionPoint('http://pki.example/crl/a.crl') }),
    ],
    ['another name', 'subject_name', encodeChanged({ subjectNameDer: root.certificate.subject.der })],
    ['another issuer', 'issuer_name', encodeChanged({ issuerNameDer: root.certificate.subject.der })],
    ['a month of life', 'validity_as_planned', encodeChanged({ notAfter: month })],
  ]
  for (const [what, rule, tbs] of wrong) {
    it(`is not signed with ${what}`, () => {
      assert.throws(() => lint(tbs), { name: 'DomainError', reason: 'LINT_FAILED', metadata: { rule } })
    })
  }

  it('is not signed for a month of life, though that were planned', () => {
    const planned = { ...plan, notAfter: month }
    assert.throws(
      () =>
        lintTbsResponderCertificate(
          encodeTbsResponderCertificate(planned, algorithm),
          algorithm,
          planned,
          issuing.certificate,
        ),
      { name: 'DomainError', reason: 'LINT_FAILED', metadata: { rule: 'short_lived' } },
    )
  })
})
