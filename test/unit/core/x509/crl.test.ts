import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { OID } from '../../../../src/core/asn1/oids.ts'
import { TAG } from '../../../../src/core/asn1/tags.ts'
import {
  encodeElement,
  encodeInteger,
  encodeNull,
  encodeOid,
  encodeSequence,
  encodeTime,
} from '../../../../src/core/asn1/writer.ts'
import { concatBytes, encodeUtf8 } from '../../../../src/core/bytes.ts'
import { parseCertificate } from '../../../../src/core/x509/certificate.ts'
import { parseCrl, verifyCrlSignature } from '../../../../src/core/x509/crl.ts'
import {
  buildCertificate,
  buildCrl,
  commonName,
  crlEntry,
  crlWith,
  crlWithEntries,
  extension,
  hex,
  reasonCode,
} from '../../../support/build-x509.ts'
import { assertDefect } from '../../../support/defect.ts'

const NOTHING = new Uint8Array(0)
const crlNumber = (value: number) => extension(OID.crlNumber, encodeInteger(value))
const delta = (base: number) => extension(OID.deltaCrlIndicator, encodeInteger(base), true)
const time = encodeTime(new Date('2026-01-01T00:00:00Z'))

describe('parseCrl', () => {
  it('reads every field', () => {
    const crl = parseCrl(
      crlWith(
        crlNumber(7),
        delta(6),
        extension(OID.authorityKeyIdentifier, encodeSequence(hex('8002 0102'))),
        extension(OID.issuingDistributionPoint, encodeSequence(hex('8101ff')), true),
        extension('1.2.3.4', hex('ff')),
      ),
    )
    assert.equal(crl.version, 2)
    assert.equal(crl.thisUpdate.toISOString(), '2026-01-01T00:00:00.000Z')
    assert.equal(crl.nextUpdate?.toISOString(), '2026-01-02T00:00:00.000Z')
    assert.equal(crl.crlNumber, 7n)
    assert.equal(crl.baseCrlNumber, 6n)
    assert.deepEqual(crl.authorityKeyIdentifier?.keyIdentifier, hex('0102'))
    assert.equal(crl.issuingDistributionPoint?.onlyContainsUserCerts, true)
    assert.equal(crl.entryCount, 1)
    assert.deepEqual(
      [...crl.entries()],
      [
        {
          serialNumber: hex('07'),
          revocationDate: new Date('2026-01-01T00:00:00Z'),
          reason: 'keyCompromise',
          invalidityDate: undefined,
        },
      ],
    )
  })

  it('finds an entry by its serial number, and no other', () => {
    const serials = Array.from({ length: 500 }, (_, i) => encodeInteger(i * 3))
    const crl = parseCrl(
      crlWithEntries(...serials.map((serial, i) => crlEntry(serial, reasonCode(i % 2 === 0 ? 1 : 4)))),
    )
    for (let i = 0; i < 1500; i++) {
      const serial = encodeInteger(i).subarray(2)
      const expected = i % 3 === 0 ? (i % 2 === 0 ? 'keyCompromise' : 'superseded') : undefined
      assert.equal(crl.find(serial)?.reason, expected, `serial ${i}`)
    }
    assert.equal(crl.entryCount, 500)
    assert.equal(crl.find(NOTHING), undefined)
  })

  it('tells a serial number from its negative', () => {
    const crl = parseCrl(crlWithEntries(crlEntry(hex('0201 ff'))))
    assert.ok(crl.find(hex('ff')))
    assert.equal(crl.find(hex('00ff')), undefined)
  })

  it('reads reason 0 and an invalidity date', () => {
    const date = extension(
      OID.invalidityDate,
      encodeElement(TAG.generalizedTime, encodeUtf8('20251231000000Z')),
    )
    const [entry] = [...parseCrl(crlWithEntries(crlEntry(encodeInteger(1), reasonCode(0), date))).entries()]
    assert.equal(entry?.reason, 'unspecified')
    assert.equal(entry.invalidityDate?.toISOString(), '2025-12-31T00:00:00.000Z')
  })

  const tolerated: readonly (readonly [what: string, der: Uint8Array])[] = [
    [
      'version 1 without extensions',
      buildCrl({ version: NOTHING, extensions: [], revoked: encodeSequence(crlEntry(encodeInteger(1))) }),
    ],
    ['no entries', buildCrl({ revoked: NOTHING })],
    ['no next update, which path validation refuses', buildCrl({ nextUpdate: NOTHING })],
    ['no CRL number, which path validation refuses', crlWith()],
    [
      'an issuing distribution point that is not critical',
      crlWith(crlNumber(1), extension(OID.issuingDistributionPoint, hex('3003 8401ff'))),
    ],
    [
      'an unknown extension of an entry',
      crlWithEntries(crlEntry(encodeInteger(1), extension('1.2.3', hex('00')))),
    ],
    [
      'removeFromCRL in a delta',
      buildCrl({
        extensions: [crlNumber(2), delta(1)],
        revoked: encodeSequence(crlEntry(encodeInteger(1), reasonCode(8))),
      }),
    ],
    ['a CRL number of 20 octets', crlWith(extension(OID.crlNumber, hex(`0214 7f${'ff'.repeat(19)}`)))],
    [
      'different extensions from entry to entry',
      crlWithEntries(
        crlEntry(encodeInteger(1), reasonCode(1)),
        crlEntry(encodeInteger(2)),
        crlEntry(encodeInteger(3), reasonCode(1)),
        crlEntry(encodeInteger(4), reasonCode(3)),
      ),
    ],
  ]
  for (const [what, der] of tolerated) it(`reads ${what}`, () => assert.ok(parseCrl(der)))

  const good = buildCrl()
  const entries = (...items: Uint8Array[]) => crlWithEntries(...items)
  const one = encodeInteger(1)
  const certificateIssuer = extension(OID.certificateIssuer, hex('3003 8201 61'), true)
  const point = (value: string) =>
    crlWith(crlNumber(1), extension(OID.issuingDistributionPoint, hex(value), true))

  const refused: readonly (readonly [what: string, der: Uint8Array, defect: string])[] = [
    ['nothing', NOTHING, 'der.unexpected_tag'],
    ['octets after the end', concatBytes([good, hex('00')]), 'der.trailing_data'],
    ['something after the extensions', buildCrl({ tail: encodeNull() }), 'der.trailing_data'],
    ['version 1 written out', buildCrl({ version: encodeInteger(0), extensions: [] }), 'crl.version'],
    ['version 3', buildCrl({ version: encodeInteger(2) }), 'crl.version'],
    ['extensions in version 1', buildCrl({ version: NOTHING }), 'crl.extensions_version'],
    [
      'entry extensions in version 1',
      buildCrl({ version: NOTHING, extensions: [] }),
      'crl.extensions_version',
    ],
    [
      'two different signature algorithms',
      buildCrl({ outerAlgorithm: encodeSequence(encodeOid(OID.ecdsaWithSha384)) }),
      'crl.algorithm_mismatch',
    ],
    ['no issuer', buildCrl({ issuer: NOTHING }), 'name.not_a_sequence'],
    ['no this update', buildCrl({ thisUpdate: NOTHING, nextUpdate: NOTHING }), 'der.time'],
    ['three times', buildCrl({ nextUpdate: concatBytes([time, time]) }), 'der.trailing_data'],
    [
      'a next update in local time',
      buildCrl({ nextUpdate: encodeElement(TAG.utcTime, encodeUtf8('260101000000+0100')) }),
      'der.time',
    ],
    ['revokedCertificates that is empty', buildCrl({ revoked: encodeSequence() }), 'crl.entries_empty'],
    [
      'an empty block of extensions',
      buildCrl({ extensions: [], tail: hex('a002 3000') }),
      'der.unexpected_tag',
    ],
    ['an extension twice', crlWith(crlNumber(1), crlNumber(1)), 'extension.duplicate'],
    [
      'an unknown critical extension',
      crlWith(crlNumber(1), extension('1.2.3', hex('00'), true)),
      'crl.critical_extension',
    ],
    [
      'a certificate extension that is critical',
      crlWith(crlNumber(1), extension(OID.keyUsage, hex('03020780'), true)),
      'crl.critical_extension',
    ],
    [
      '"critical FALSE" written out',
      crlWith(encodeSequence(encodeOid(OID.crlNumber), hex('010100'), hex('0403 020101'))),
      'der.default_encoded',
    ],
    ['a critical CRL number', crlWith(extension(OID.crlNumber, one, true)), 'crl.criticality'],
    ['a negative CRL number', crlWith(extension(OID.crlNumber, hex('0201 ff'))), 'der.integer_negative'],
    [
      'a CRL number of 21 octets',
      crlWith(extension(OID.crlNumber, hex(`0215 ${'7f'.repeat(21)}`))),
      'der.integer_too_large',
    ],
    [
      'a CRL number with octets after',
      crlWith(extension(OID.crlNumber, hex('0201 01 00'))),
      'der.trailing_data',
    ],
    [
      'a delta indicator that is not critical',
      crlWith(crlNumber(2), extension(OID.deltaCrlIndicator, one)),
      'crl.criticality',
    ],
    ['a delta without CRL number', crlWith(delta(1)), 'crl.number_missing'],
    [
      'a critical authority key identifier',
      crlWith(crlNumber(1), extension(OID.authorityKeyIdentifier, hex('3003 800101'), true)),
      'crl.criticality',
    ],
    [
      'a critical freshest CRL',
      crlWith(crlNumber(1), extension(OID.freshestCrl, hex('3007 3005 a003 8201 61'), true)),
      'crl.criticality',
    ],
    [
      'an issuer alternative name that is empty',
      crlWith(crlNumber(1), extension(OID.issuerAltName, hex('3000'))),
      'der.truncated',
    ],
    ['an empty issuing distribution point', point('3000'), 'issuing_distribution_point.empty'],
    [
      'a list of user and CA certificates only',
      point('3006 8101ff 8201ff'),
      'issuing_distribution_point.scope',
    ],
    [
      'a list of user and attribute certificates only',
      point('3006 8101ff 8501ff'),
      'issuing_distribution_point.scope',
    ],
    ['a flag with a FALSE written out', point('3003 810100'), 'der.default_encoded'],
    ['a flag in explicit form, as in an old BoringSSL test', point('3005 a103 0101ff'), 'der.trailing_data'],
    ['reasons that name none', point('3003 8301 00'), 'distribution_point.reasons_empty'],
    ['flags in the wrong order', point('3006 8401ff 8101ff'), 'der.trailing_data'],
    [
      'a distribution point name of two names',
      point('300c a00a a003 8601 61 a003 8601 61'),
      'der.trailing_data',
    ],
    // Entries
    ['an entry that is a SET', buildCrl({ revoked: encodeSequence(encodeElement(TAG.set)) }), 'crl.entry'],
    ['an empty entry', entries(encodeSequence()), 'der.truncated'],
    ['an entry without a time', entries(encodeSequence(one)), 'der.truncated'],
    ['an entry whose serial number is text', entries(encodeSequence(hex('0c0161'), time)), 'crl.entry'],
    ['an entry with an empty serial number', entries(encodeSequence(hex('0200'), time)), 'der.integer_empty'],
    [
      'an entry with a padded serial number',
      entries(encodeSequence(hex('02020001'), time)),
      'der.integer_not_minimal',
    ],
    [
      'an entry with a serial number of 21 octets',
      entries(crlEntry(hex(`0215${'7f'.repeat(21)}`))),
      'serial_number.too_long',
    ],
    [
      'an entry with month 13',
      entries(encodeSequence(one, encodeElement(TAG.utcTime, encodeUtf8('261301000000Z')))),
      'der.time',
    ],
    [
      'an entry whose extensions are a SET',
      entries(encodeSequence(one, time, encodeElement(TAG.set))),
      'crl.entry',
    ],
    [
      'an entry with empty extensions',
      entries(encodeSequence(one, time, encodeSequence())),
      'der.unexpected_tag',
    ],
    [
      'an entry with octets left over',
      entries(encodeSequence(one, time, encodeSequence(reasonCode(1)), encodeNull())),
      'der.trailing_data',
    ],
    ['an entry extension twice', entries(crlEntry(one, reasonCode(1), reasonCode(1))), 'extension.duplicate'],
    [
      'an unknown critical entry extension',
      entries(crlEntry(one, extension('1.2.3', hex('00'), true))),
      'crl.critical_extension',
    ],
    ['an entry of an indirect list', entries(crlEntry(one, certificateIssuer)), 'crl.indirect'],
    ['reason code 7', entries(crlEntry(one, reasonCode(7))), 'crl.reason'],
    ['reason code 11', entries(crlEntry(one, reasonCode(11))), 'crl.reason'],
    ['a negative reason code', entries(crlEntry(one, reasonCode(0xff))), 'der.integer_negative'],
    [
      'a reason code that is an INTEGER',
      entries(crlEntry(one, extension(OID.reasonCode, encodeInteger(1)))),
      'der.unexpected_tag',
    ],
    [
      'an invalidity date that is UTCTime',
      entries(crlEntry(one, extension(OID.invalidityDate, time))),
      'der.unexpected_tag',
    ],
    [
      'removeFromCRL in a complete list',
      entries(crlEntry(one, reasonCode(8))),
      'crl.removal_in_complete_list',
    ],
    [
      'a serial number twice',
      entries(crlEntry(one, reasonCode(1)), crlEntry(encodeInteger(2)), crlEntry(one, reasonCode(4))),
      'crl.duplicate_serial',
    ],
    [
      'a malformed last entry',
      entries(crlEntry(one), crlEntry(encodeInteger(2)), hex('3001 02')),
      'der.truncated',
    ],
    ['an entry with an indefinite length', entries(hex('3080')), 'der.length_indefinite'],
    ['an entry with a long length', entries(hex('308103 020101')), 'der.length_not_minimal'],
    ['an entry with a length of five octets', entries(hex('3085 0000000001 00')), 'der.length_too_large'],
    ['an entry with a length that is cut off', entries(hex('3082 01')), 'der.truncated'],
    ['an entry beyond the end', entries(hex('3010 02')), 'der.truncated'],
    ['an entry with a tag above 30', entries(hex('3f81 0100')), 'der.tag_unsupported'],
  ]
  for (const [what, der, defect] of refused) {
    it(`refuses ${what}: ${defect}`, () => assertDefect(defect, () => parseCrl(der)))
  }

  it('refuses a list cut off anywhere', () => {
    for (let length = 0; length < good.length; length++) {
      assert.throws(() => parseCrl(good.subarray(0, length)), { name: 'MalformedError' }, `cut to ${length}`)
    }
  })
})

describe('verifyCrlSignature', () => {
  const issuer = parseCertificate(buildCertificate({ subject: commonName('issuer') }))

  it('accepts the key that signed the list', async () => {
    assert.equal(await verifyCrlSignature(parseCrl(buildCrl()), issuer), true)
  })

  it('refuses a list that was changed', async () => {
    const der = buildCrl()
    const changed = Uint8Array.from(der)
    const at = Buffer.from(der).indexOf(Buffer.from('260102'))
    changed[at + 5] = 0x33
    assert.equal(await verifyCrlSignature(parseCrl(changed), issuer), false)
  })

  it('refuses a broken hash and a key that cannot be used', async () => {
    const weak = encodeSequence(encodeOid('1.2.840.10045.4.1'))
    assert.equal(
      await verifyCrlSignature(parseCrl(buildCrl({ algorithm: weak, outerAlgorithm: weak })), issuer),
      false,
    )
    const unusable = parseCertificate(
      buildCertificate({ spki: encodeSequence(encodeSequence(encodeOid('1.2.3')), hex('0301 00')) }),
    )
    assert.equal(await verifyCrlSignature(parseCrl(buildCrl()), unusable), false)
  })
})
