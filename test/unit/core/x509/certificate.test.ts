import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { OID } from '../../../../src/core/asn1/oids.ts'
import { TAG, contextConstructed, contextPrimitive } from '../../../../src/core/asn1/tags.ts'
import {
  encodeBitString,
  encodeElement,
  encodeInteger,
  encodeNull,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeTime,
  encodeTrue,
} from '../../../../src/core/asn1/writer.ts'
import { concatBytes, encodeUtf8, formatHex } from '../../../../src/core/bytes.ts'
import { MAX_CERTIFICATE_BYTES, MAX_EXTENSIONS, MAX_GENERAL_NAMES } from '../../../../src/core/limits.ts'
import { parseCertificate } from '../../../../src/core/x509/certificate.ts'
import { formatName } from '../../../../src/core/x509/name.ts'
import { formatSerialNumber } from '../../../../src/core/x509/serial-number.ts'
import {
  buildCertificate,
  certificateWith,
  commonName,
  extension,
  goodCertificate,
  hex,
  testSpki,
} from '../../../support/build-x509.ts'
import { assertDefect } from '../../../support/defect.ts'

const instant = (text: string) => encodeTime(new Date(text))
const dns = (text: string) => encodeElement(contextPrimitive(2), encodeUtf8(text))
const uri = (text: string) => encodeElement(contextPrimitive(6), encodeUtf8(text))
const subtree = (base: Uint8Array, ...more: Uint8Array[]) => encodeSequence(base, ...more)
const fullName = (...names: Uint8Array[]) =>
  encodeElement(contextConstructed(0), encodeElement(contextConstructed(0), ...names))

describe('parseCertificate', () => {
  it('reads every field', () => {
    const der = buildCertificate()
    const certificate = parseCertificate(der)
    assert.equal(certificate.version, 3)
    assert.equal(formatSerialNumber(certificate.serialNumber), '1234')
    assert.equal(formatName(certificate.issuer), 'CN=issuer')
    assert.equal(formatName(certificate.subject), 'CN=subject')
    assert.equal(certificate.notBefore.toISOString(), '2026-01-01T00:00:00.000Z')
    assert.equal(certificate.notAfter.toISOString(), '2027-01-01T00:00:00.000Z')
    assert.deepEqual(certificate.publicKey.der, testSpki)
    assert.deepEqual(certificate.keyUsage, new Set(['digitalSignature']))
    assert.deepEqual(certificate.extendedKeyUsage, [OID.clientAuth])
    assert.equal(certificate.basicConstraints, undefined)
    assert.equal(certificate.signature.length > 60, true)
    assert.equal(certificate.der, der)
  })

  it('reads the extensions that path validation needs', () => {
    const certificate = parseCertificate(
      certificateWith(
        extension(OID.basicConstraints, encodeSequence(encodeTrue(), encodeInteger(3)), true),
        extension(OID.keyUsage, hex('0302 0106'), true),
        extension(
          OID.subjectAltName,
          encodeSequence(dns('a.example'), uri('spiffe://x/y'), hex('8704 7f000001')),
        ),
        extension(
          OID.nameConstraints,
          encodeSequence(
            encodeElement(contextConstructed(0), subtree(dns('')), subtree(hex('8708 0a000000ff000000'))),
            encodeElement(
              contextConstructed(1),
              subtree(encodeElement(contextConstructed(4), commonName('no'))),
            ),
          ),
          true,
        ),
        extension(OID.subjectKeyIdentifier, encodeOctetString(hex('0102'))),
        extension(OID.authorityKeyIdentifier, encodeSequence(hex('8002 0304'))),
        extension(
          OID.crlDistributionPoints,
          encodeSequence(encodeSequence(fullName(uri('http://x/1.crl')), hex('8102 0640'))),
        ),
        extension(OID.policyConstraints, encodeSequence(hex('8001 00'))),
        extension('1.2.3.4', hex('ff'), true),
      ),
    )
    assert.deepEqual(certificate.basicConstraints, { ca: true, pathLength: 3 })
    assert.deepEqual(certificate.keyUsage, new Set(['keyCertSign', 'cRLSign']))
    assert.deepEqual(certificate.subjectAltName, [
      { type: 'dns', value: 'a.example' },
      { type: 'uri', value: 'spiffe://x/y' },
      { type: 'ip', value: hex('7f000001') },
    ])
    assert.equal(certificate.nameConstraints?.permitted.length, 2)
    assert.equal(certificate.nameConstraints.excluded[0]?.type, 'directory')
    assert.deepEqual(certificate.subjectKeyIdentifier, hex('0102'))
    assert.deepEqual(certificate.authorityKeyIdentifier, {
      keyIdentifier: hex('0304'),
      issuer: undefined,
      serialNumber: undefined,
    })
    assert.deepEqual(certificate.crlDistributionPoints?.[0], {
      name: { type: 'full', names: [{ type: 'uri', value: 'http://x/1.crl' }] },
      reasons: new Set(['keyCompromise']),
      crlIssuer: undefined,
    })
    assert.deepEqual(certificate.policyConstraints, {
      requireExplicitPolicy: 0,
      inhibitPolicyMapping: undefined,
    })
    // Critical and unknown: path validation refuses it, the parser shows it.
    assert.equal(certificate.extensions.get('1.2.3.4')?.critical, true)
  })

  const tolerated: readonly (readonly [what: string, der: Uint8Array])[] = [
    ['version 1 without extensions', buildCertificate({ version: new Uint8Array(0), extensions: [] })],
    [
      'version 2 with unique identifiers',
      buildCertificate({
        version: hex('a003 020101'),
        extensions: [],
        uniqueIds: hex('8102 00ff 8202 00ff'),
      }),
    ],
    ['serial number zero, as old roots have it', buildCertificate({ serialNumber: encodeInteger(0) })],
    ['a negative serial number, as PKITS has it', buildCertificate({ serialNumber: hex('0201 ff') })],
    [
      'a serial number of 20 octets and a sign',
      buildCertificate({ serialNumber: hex(`0215 00${'ff'.repeat(20)}`) }),
    ],
    [
      'GeneralizedTime before 2050, as PKITS has it',
      buildCertificate({
        validity: encodeSequence(
          encodeElement(TAG.generalizedTime, encodeUtf8('20260101000000Z')),
          instant('2060-01-01T00:00:00Z'),
        ),
      }),
    ],
    [
      'a validity that ends before it begins',
      buildCertificate({
        validity: encodeSequence(instant('2027-01-01T00:00:00Z'), instant('2026-01-01T00:00:00Z')),
      }),
    ],
    ['an empty subject', buildCertificate({ subject: encodeSequence() })],
    ['cA FALSE written out', certificateWith(extension(OID.basicConstraints, hex('3003 010100')))],
    ['key usage with zero bits at its end', certificateWith(extension(OID.keyUsage, hex('0302 0006')))],
  ]
  for (const [what, der] of tolerated) it(`reads ${what}`, () => assert.ok(parseCertificate(der)))

  const rsaAlgorithm = encodeSequence(encodeOid(OID.sha256WithRsaEncryption), encodeNull())
  const good = buildCertificate()
  const many = (count: number, make: (i: number) => Uint8Array) =>
    Array.from({ length: count }, (_, i) => make(i))
  const withExtension = (oid: string, value: string) => certificateWith(extension(oid, hex(value)))

  const refused: readonly (readonly [what: string, der: Uint8Array, defect: string])[] = [
    ['nothing', new Uint8Array(0), 'der.unexpected_tag'],
    ['text', encodeUtf8('-----BEGIN CERTIFICATE-----'), 'der.unexpected_tag'],
    ['too many octets', concatBytes([good, new Uint8Array(MAX_CERTIFICATE_BYTES)]), 'certificate.too_large'],
    ['octets after the end', concatBytes([good, hex('00')]), 'der.trailing_data'],
    ['an element after the signature', encodeSequence(good.subarray(4), encodeNull()), 'der.trailing_data'],
    ['an element after the extensions', buildCertificate({ tail: encodeNull() }), 'der.trailing_data'],
    ['two blocks of extensions', buildCertificate({ tail: hex('a300') }), 'der.trailing_data'],
    ['version 0 written out', buildCertificate({ version: hex('a003 020100') }), 'certificate.version'],
    ['version 4', buildCertificate({ version: hex('a003 020103') }), 'certificate.version'],
    ['a negative version', buildCertificate({ version: hex('a003 0201ff') }), 'der.integer_negative'],
    ['two versions', buildCertificate({ version: hex('a006 020102 020102') }), 'der.trailing_data'],
    ['a version of another type', buildCertificate({ version: hex('a003 0a0102') }), 'der.unexpected_tag'],
    ['no serial number', buildCertificate({ serialNumber: new Uint8Array(0) }), 'der.unexpected_tag'],
    ['an empty serial number', buildCertificate({ serialNumber: hex('0200') }), 'der.integer_empty'],
    [
      'a padded serial number',
      buildCertificate({ serialNumber: hex('0202 0001') }),
      'der.integer_not_minimal',
    ],
    [
      'a serial number of 21 octets',
      buildCertificate({ serialNumber: hex(`0215 ${'7f'.repeat(21)}`) }),
      'serial_number.too_long',
    ],
    [
      'a serial number of 21 octets and a sign',
      buildCertificate({ serialNumber: hex(`0216 00${'ff'.repeat(21)}`) }),
      'serial_number.too_long',
    ],
    [
      'two different signature algorithms',
      buildCertificate({ outerAlgorithm: rsaAlgorithm }),
      'certificate.algorithm_mismatch',
    ],
    [
      'one algorithm with and without parameters',
      buildCertificate({ outerAlgorithm: encodeSequence(encodeOid(OID.ecdsaWithSha256), encodeNull()) }),
      'certificate.algorithm_mismatch',
    ],
    [
      'an algorithm without OID',
      buildCertificate({ outerAlgorithm: encodeSequence() }),
      'der.unexpected_tag',
    ],
    [
      'an algorithm with two parameters',
      buildCertificate({
        outerAlgorithm: encodeSequence(encodeOid(OID.ecdsaWithSha256), encodeNull(), encodeNull()),
      }),
      'der.trailing_data',
    ],
    [
      'an algorithm that is no SEQUENCE',
      buildCertificate({ outerAlgorithm: encodeNull() }),
      'algorithm.not_a_sequence',
    ],
    ['an empty issuer', buildCertificate({ issuer: encodeSequence() }), 'certificate.issuer_empty'],
    ['an issuer that is a SET', buildCertificate({ issuer: encodeElement(TAG.set) }), 'name.not_a_sequence'],
    [
      'a validity of one time',
      buildCertificate({ validity: encodeSequence(instant('2026-01-01T00:00:00Z')) }),
      'der.truncated',
    ],
    [
      'a validity of three times',
      buildCertificate({ validity: encodeSequence(...many(3, () => instant('2026-01-01T00:00:00Z'))) }),
      'der.trailing_data',
    ],
    [
      'a time that is an INTEGER',
      buildCertificate({ validity: encodeSequence(encodeInteger(1), encodeInteger(2)) }),
      'der.time',
    ],
    [
      'month 13',
      buildCertificate({
        validity: encodeSequence(
          encodeElement(TAG.utcTime, encodeUtf8('261301000000Z')),
          instant('2027-01-01T00:00:00Z'),
        ),
      }),
      'der.time',
    ],
    [
      'a local time',
      buildCertificate({
        validity: encodeSequence(
          instant('2026-01-01T00:00:00Z'),
          encodeElement(TAG.utcTime, encodeUtf8('270101000000+0100')),
        ),
      }),
      'der.time',
    ],
    ['a key that is no SEQUENCE', buildCertificate({ spki: encodeNull() }), 'public_key.not_a_sequence'],
    [
      'a key of odd bits',
      buildCertificate({ spki: encodeSequence(encodeSequence(encodeOid(OID.ed25519)), hex('0302 01fe')) }),
      'der.bit_string_not_octets',
    ],
    [
      'a key that is too large',
      buildCertificate({
        spki: encodeSequence(encodeSequence(encodeOid(OID.ed25519)), encodeBitString(new Uint8Array(4096))),
      }),
      'public_key.too_large',
    ],
    [
      'unique identifiers in version 1',
      buildCertificate({ version: new Uint8Array(0), extensions: [], uniqueIds: hex('8102 00ff') }),
      'certificate.unique_id',
    ],
    [
      'unique identifiers in the wrong order',
      buildCertificate({ extensions: [], uniqueIds: hex('8202 00ff 8102 00ff') }),
      'der.trailing_data',
    ],
    [
      'extensions in version 1',
      buildCertificate({ version: new Uint8Array(0) }),
      'certificate.extensions_version',
    ],
    [
      'extensions in version 2',
      buildCertificate({ version: hex('a003 020101') }),
      'certificate.extensions_version',
    ],
    [
      'an empty block of extensions',
      buildCertificate({ extensions: [], tail: hex('a302 3000') }),
      'der.unexpected_tag',
    ],
    [
      'an extension twice',
      certificateWith(...many(2, () => goodCertificate.extensions[0]!)),
      'extension.duplicate',
    ],
    [
      'an unknown extension twice',
      certificateWith(...many(2, () => extension('1.2.3.4', hex('05')))),
      'extension.duplicate',
    ],
    [
      'too many extensions',
      certificateWith(...many(MAX_EXTENSIONS + 1, (i) => extension(`1.2.3.${i}`, hex('0500')))),
      'extension.too_many',
    ],
    [
      '"critical FALSE" written out',
      certificateWith(encodeSequence(encodeOid('1.2.3'), hex('010100'), encodeOctetString(hex('00')))),
      'der.default_encoded',
    ],
    [
      'a critical flag of 01',
      certificateWith(encodeSequence(encodeOid('1.2.3'), hex('010101'), encodeOctetString(hex('00')))),
      'der.boolean',
    ],
    ['an extension without value', certificateWith(encodeSequence(encodeOid('1.2.3'))), 'der.unexpected_tag'],
    [
      'an extension with two values',
      certificateWith(encodeSequence(encodeOid('1.2.3'), hex('0400'), hex('0400'))),
      'der.trailing_data',
    ],
    [
      'an OID with an arc of leading zeros',
      certificateWith(encodeSequence(hex('0603 558001'), hex('0400'))),
      'der.oid',
    ],
    ['an OID that is cut off', certificateWith(encodeSequence(hex('0602 5581'), hex('0400'))), 'der.oid'],
    // Basic constraints
    [
      'basic constraints with octets after',
      withExtension(OID.basicConstraints, '3000 00'),
      'der.trailing_data',
    ],
    ['basic constraints that are a SET', withExtension(OID.basicConstraints, '3100'), 'der.unexpected_tag'],
    [
      'a path length without cA',
      withExtension(OID.basicConstraints, '3003 020100'),
      'basic_constraints.path_length',
    ],
    [
      'a negative path length',
      withExtension(OID.basicConstraints, '3006 0101ff 0201ff'),
      'der.integer_negative',
    ],
    [
      'a path length beyond 2^31',
      withExtension(OID.basicConstraints, '300a 0101ff 0205 00ffffffff'),
      'der.integer_too_large',
    ],
    [
      'cA after the path length',
      withExtension(OID.basicConstraints, '3006 020100 0101ff'),
      'der.trailing_data',
    ],
    // Key usage
    ['key usage without bits', withExtension(OID.keyUsage, '0301 00'), 'key_usage_empty'],
    ['key usage of zeros', withExtension(OID.keyUsage, '0302 0000'), 'key_usage_empty'],
    ['key usage with a tenth bit', withExtension(OID.keyUsage, '0303 068040'), 'key_usage_unknown'],
    ['key usage with dirty padding', withExtension(OID.keyUsage, '0302 0781'), 'der.bit_string_padding'],
    ['key usage that is an OCTET STRING', withExtension(OID.keyUsage, '0401 80'), 'der.unexpected_tag'],
    // Extended key usage and policies
    ['an empty extended key usage', withExtension(OID.extKeyUsage, '3000'), 'der.unexpected_tag'],
    [
      'an extended key usage of INTEGERs',
      withExtension(OID.extKeyUsage, '3003 020101'),
      'der.unexpected_tag',
    ],
    ['empty certificate policies', withExtension(OID.certificatePolicies, '3000'), 'der.unexpected_tag'],
    [
      'a policy twice',
      withExtension(OID.certificatePolicies, '300c 3004 06022a03 3004 06022a03'),
      'certificate_policies.duplicate',
    ],
    [
      'a policy with an empty list of qualifiers',
      withExtension(OID.certificatePolicies, '3008 3006 06022a03 3000'),
      'der.unexpected_tag',
    ],
    ['empty policy mappings', withExtension(OID.policyMappings, '3000'), 'der.unexpected_tag'],
    [
      'a policy mapping of one policy',
      withExtension(OID.policyMappings, '3006 3004 06022a03'),
      'der.unexpected_tag',
    ],
    ['empty policy constraints', withExtension(OID.policyConstraints, '3000'), 'policy_constraints.empty'],
    [
      'a negative policy constraint',
      withExtension(OID.policyConstraints, '3003 8001ff'),
      'der.integer_negative',
    ],
    [
      'inhibitAnyPolicy that is negative',
      withExtension(OID.inhibitAnyPolicy, '0201ff'),
      'der.integer_negative',
    ],
    [
      'an empty authority information access',
      withExtension(OID.authorityInfoAccess, '3000'),
      'der.unexpected_tag',
    ],
    // General names
    ['an empty subject alternative name', withExtension(OID.subjectAltName, '3000'), 'der.truncated'],
    ['an empty DNS name', withExtension(OID.subjectAltName, '3002 8200'), 'general_name.empty'],
    [
      'a DNS name with NUL',
      withExtension(OID.subjectAltName, '3005 8203 610062'),
      'general_name.control_character',
    ],
    [
      'a URI with a line feed',
      withExtension(OID.subjectAltName, '3005 8603 610a62'),
      'general_name.control_character',
    ],
    ['a DNS name of eight bits', withExtension(OID.subjectAltName, '3003 8201 e9'), 'der.ia5_string'],
    ['an e-mail address of eight bits', withExtension(OID.subjectAltName, '3003 8101 e9'), 'der.ia5_string'],
    ['an IP address of 3 octets', withExtension(OID.subjectAltName, '3005 8703 010203'), 'general_name.ip'],
    [
      'an IP address of 8 octets',
      withExtension(OID.subjectAltName, '300a 8708 0102030405060708'),
      'general_name.ip',
    ],
    ['a general name of kind 9', withExtension(OID.subjectAltName, '3002 8900'), 'general_name.tag'],
    ['a DNS name that is constructed', withExtension(OID.subjectAltName, '3002 a200'), 'general_name.tag'],
    [
      'a directory name with something after',
      withExtension(OID.subjectAltName, '3006 a404 3000 0500'),
      'der.trailing_data',
    ],
    [
      'an other name that is not DER',
      withExtension(OID.subjectAltName, '3004 a002 3080'),
      'der.length_indefinite',
    ],
    ['a registered ID that is no OID', withExtension(OID.subjectAltName, '3003 8801 80'), 'der.oid'],
    ['an issuer alternative name that is empty', withExtension(OID.issuerAltName, '3000'), 'der.truncated'],
    [
      'too many names',
      certificateWith(
        extension(OID.subjectAltName, encodeSequence(...many(MAX_GENERAL_NAMES + 1, () => dns('a')))),
      ),
      'general_name.too_many',
    ],
    // Name constraints
    ['empty name constraints', withExtension(OID.nameConstraints, '3000'), 'name_constraints.empty'],
    [
      'an empty list of permitted subtrees',
      withExtension(OID.nameConstraints, '3002 a000'),
      'der.unexpected_tag',
    ],
    [
      'an empty list of excluded subtrees',
      withExtension(OID.nameConstraints, '3002 a100'),
      'der.unexpected_tag',
    ],
    [
      'a subtree with a minimum',
      withExtension(OID.nameConstraints, '300a a008 3006 8201 61 8001 01'),
      'name_constraints.minimum',
    ],
    [
      'a subtree with a maximum',
      withExtension(OID.nameConstraints, '300a a008 3006 8201 61 8101 01'),
      'name_constraints.minimum',
    ],
    [
      'an IP range without mask',
      withExtension(OID.nameConstraints, '300a a008 3006 8704 01020304'),
      'general_name.ip',
    ],
    [
      'an IP range with a mask of holes',
      withExtension(OID.nameConstraints, '300e a00c 300a 8708 01020304 ff00ff00'),
      'general_name.ip_mask',
    ],
    [
      'an IP range with a mask that starts late',
      withExtension(OID.nameConstraints, '300e a00c 300a 8708 01020304 7fffffff'),
      'general_name.ip_mask',
    ],
    [
      'permitted after excluded',
      withExtension(OID.nameConstraints, '300e a105 3003 8201 61 a005 3003 8201 61'),
      'der.trailing_data',
    ],
    // Key identifiers
    [
      'an empty subject key identifier',
      withExtension(OID.subjectKeyIdentifier, '0400'),
      'subject_key_identifier.empty',
    ],
    [
      'a subject key identifier with octets after',
      withExtension(OID.subjectKeyIdentifier, '0401 01 00'),
      'der.trailing_data',
    ],
    [
      'an empty authority key identifier',
      withExtension(OID.authorityKeyIdentifier, '3002 8000'),
      'authority_key_identifier.empty',
    ],
    [
      'an authority key identifier with a serial number alone',
      withExtension(OID.authorityKeyIdentifier, '3003 820101'),
      'authority_key_identifier.unpaired',
    ],
    [
      'an authority key identifier with an issuer alone',
      withExtension(OID.authorityKeyIdentifier, '3005 a103 8201 61'),
      'authority_key_identifier.unpaired',
    ],
    // Distribution points
    ['no distribution point', withExtension(OID.crlDistributionPoints, '3000'), 'der.unexpected_tag'],
    [
      'an empty distribution point',
      withExtension(OID.crlDistributionPoints, '3002 3000'),
      'distribution_point.empty',
    ],
    [
      'a distribution point of reasons alone',
      withExtension(OID.crlDistributionPoints, '3006 3004 8102 0640'),
      'distribution_point.empty',
    ],
    [
      'a distribution point name of no kind',
      withExtension(OID.crlDistributionPoints, '3006 3004 a002 a200'),
      'distribution_point.name',
    ],
    [
      'a distribution point of two names',
      withExtension(OID.crlDistributionPoints, '300e 300c a00a a003 8601 61 a003 8601 61'),
      'der.trailing_data',
    ],
    [
      'a distribution point with empty reasons',
      withExtension(OID.crlDistributionPoints, '300c 300a a005 a003 8601 61 8101 00'),
      'distribution_point.reasons_empty',
    ],
    ['a freshest CRL that is empty', withExtension(OID.freshestCrl, '3000'), 'der.unexpected_tag'],
  ]
  for (const [what, der, defect] of refused) {
    it(`refuses ${what}: ${defect}`, () => assertDefect(defect, () => parseCertificate(der)))
  }

  it('refuses a certificate cut off anywhere', () => {
    for (let length = 0; length < good.length; length++) {
      assert.throws(
        () => parseCertificate(good.subarray(0, length)),
        { name: 'MalformedError' },
        `cut to ${length}`,
      )
    }
  })

  it('refuses hostile nesting in an other name', () => {
    const nested = hex(`${'30'.repeat(1)}80`.repeat(40))
    assertDefect('der.length_indefinite', () =>
      parseCertificate(
        certificateWith(extension(OID.subjectAltName, encodeSequence(encodeElement(0xa0, nested)))),
      ),
    )
    let deep: Uint8Array = encodeNull()
    for (let depth = 0; depth < 30; depth++) deep = encodeSequence(deep)
    assertDefect('der.too_deep', () =>
      parseCertificate(
        certificateWith(extension(OID.subjectAltName, encodeSequence(encodeElement(0xa0, deep)))),
      ),
    )
  })
})

describe('formatSerialNumber', () => {
  for (const [content, text] of [
    ['01', '01'],
    ['00', '00'],
    ['00ff', 'ff'],
    ['7f00', '7f00'],
    ['ff', '-01'],
    ['80', '-80'],
    ['ff00', '-0100'],
  ] as const) {
    it(`writes ${content} as ${text}`, () => assert.equal(formatSerialNumber(hex(content)), text))
  }
  it('writes what the certificate holds', () => {
    const serialNumber = hex(`0210 ${'5a'.repeat(16)}`)
    const certificate = parseCertificate(buildCertificate({ serialNumber }))
    assert.equal(formatSerialNumber(certificate.serialNumber), formatHex(serialNumber.subarray(2)))
  })
})
