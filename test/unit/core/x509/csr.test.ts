import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, it } from 'node:test'
import { OID } from '../../../../src/core/asn1/oids.ts'
import { TAG, contextConstructed } from '../../../../src/core/asn1/tags.ts'
import {
  encodeBitString,
  encodeElement,
  encodeInteger,
  encodeNull,
  encodeOid,
  encodeSequence,
} from '../../../../src/core/asn1/writer.ts'
import { concatBytes } from '../../../../src/core/bytes.ts'
import { DomainError } from '../../../../src/core/errors.ts'
import { MAX_CSR_BYTES, MAX_EXTENSIONS } from '../../../../src/core/limits.ts'
import { parseCsr, verifyCsr } from '../../../../src/core/x509/csr.ts'
import { formatName } from '../../../../src/core/x509/name.ts'
import { attribute, buildCsr, csrWith, extension, hex } from '../../../support/build-x509.ts'
import { assertDefect } from '../../../support/defect.ts'

const attributes = (...items: Uint8Array[]) => encodeElement(contextConstructed(0), ...items)
const san = extension(OID.subjectAltName, hex('3003 8201 61'))
const request = (...values: Uint8Array[]) => attribute(OID.extensionRequest, ...values)
const challenge = attribute(OID.challengePassword, hex('0c0161'))

describe('parseCsr', () => {
  it('reads subject, key and the extensions that are asked for', () => {
    const csr = parseCsr(csrWith(san, extension('1.2.3', hex('00'), true)))
    assert.equal(formatName(csr.subject), 'CN=alice')
    assert.deepEqual([...csr.requestedExtensions.keys()], [OID.subjectAltName, '1.2.3'])
    assert.deepEqual(csr.requestedSubjectAltName, [{ type: 'dns', value: 'a' }])
  })

  it('ignores attributes that it does not know, as long as they are DER', () => {
    assert.equal(parseCsr(buildCsr({ attributes: attributes(challenge) })).requestedExtensions.size, 0)
  })

  const good = buildCsr()
  const refused: readonly (readonly [what: string, der: Uint8Array, defect: string])[] = [
    ['nothing', new Uint8Array(0), 'der.unexpected_tag'],
    ['too many octets', new Uint8Array(MAX_CSR_BYTES + 1), 'csr.too_large'],
    ['octets after the end', concatBytes([good, hex('00')]), 'der.trailing_data'],
    ['version 1', buildCsr({ version: encodeInteger(1) }), 'csr.version'],
    ['a negative version', buildCsr({ version: hex('0201ff') }), 'der.integer_negative'],
    ['no attributes field', buildCsr({ attributes: new Uint8Array(0) }), 'der.unexpected_tag'],
    ['attributes as a SET', buildCsr({ attributes: encodeElement(TAG.set) }), 'der.unexpected_tag'],
    [
      'something after the attributes',
      buildCsr({ attributes: concatBytes([attributes(), encodeNull()]) }),
      'der.trailing_data',
    ],
    [
      'an attribute twice',
      buildCsr({ attributes: attributes(challenge, challenge) }),
      'csr.attribute_duplicate',
    ],
    [
      'two requests for extensions',
      buildCsr({ attributes: attributes(request(encodeSequence(san)), request(encodeSequence(san))) }),
      'csr.attribute_duplicate',
    ],
    [
      'a request for extensions with two values',
      buildCsr({ attributes: attributes(request(encodeSequence(san), encodeSequence(san))) }),
      'der.trailing_data',
    ],
    [
      'an attribute without values',
      buildCsr({ attributes: attributes(attribute(OID.challengePassword)) }),
      'csr.attribute_empty',
    ],
    [
      'an attribute that is not DER',
      buildCsr({ attributes: attributes(attribute('1.2.3', hex('3080 0000'))) }),
      'der.length_indefinite',
    ],
    [
      'an attribute with something after',
      buildCsr({
        attributes: attributes(encodeSequence(encodeOid('1.2.3'), hex('3102 0500'), encodeNull())),
      }),
      'der.trailing_data',
    ],
    [
      'too many attributes',
      buildCsr({
        attributes: attributes(
          ...Array.from({ length: MAX_EXTENSIONS + 1 }, (_, i) => attribute(`1.2.3.${i}`, encodeNull())),
        ),
      }),
      'csr.too_many_attributes',
    ],
    ['an empty list of extensions', csrWith(), 'der.unexpected_tag'],
    ['an extension twice', csrWith(san, san), 'extension.duplicate'],
    [
      'a subject alternative name that is empty',
      csrWith(extension(OID.subjectAltName, hex('3000'))),
      'der.truncated',
    ],
    [
      'a DNS name with NUL',
      csrWith(extension(OID.subjectAltName, hex('3005 8203 610062'))),
      'general_name.control_character',
    ],
    [
      'a subject with NUL',
      buildCsr({
        subject: encodeSequence(
          encodeElement(TAG.set, encodeSequence(encodeOid(OID.commonName), hex('0c03 610062'))),
        ),
      }),
      'name.string',
    ],
    ['a key that is no SEQUENCE', buildCsr({ spki: encodeNull() }), 'public_key.not_a_sequence'],
  ]
  for (const [what, der, defect] of refused) {
    it(`refuses ${what}: ${defect}`, () => assertDefect(defect, () => parseCsr(der)))
  }

  it('refuses a request cut off anywhere', () => {
    for (let length = 0; length < good.length; length++) {
      assert.throws(() => parseCsr(good.subarray(0, length)), { name: 'MalformedError' }, `cut to ${length}`)
    }
  })
})

describe('verifyCsr', () => {
  const refusal = async (der: Uint8Array): Promise<string> => {
    try {
      await verifyCsr(parseCsr(der))
      return 'accepted'
    } catch (error) {
      assert.ok(error instanceof DomainError)
      return error.reason
    }
  }

  it('accepts each kind of key that holds what it says', async () => {
    assert.equal((await verifyCsr(parseCsr(buildCsr()))).type, 'p256')
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const spki = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }))
    const csr = buildCsr({ spki, algorithm: encodeSequence(encodeOid(OID.ed25519)) }, privateKey)
    assert.equal((await verifyCsr(parseCsr(csr))).type, 'ed25519')
  })

  it("refuses a request that was signed by another's key", async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    assert.equal(await refusal(buildCsr({}, privateKey)), 'CSR_SIGNATURE_INVALID')
  })

  it('refuses a request whose content was changed', async () => {
    const der = Uint8Array.from(buildCsr())
    der[Buffer.from(der).indexOf('alice')] = 0x62
    assert.equal(await refusal(der), 'CSR_SIGNATURE_INVALID')
  })

  it('refuses broken hashes and algorithms of another key type', async () => {
    for (const oid of [
      '1.2.840.10045.4.1',
      OID.sha1WithRsaEncryption,
      OID.sha256WithRsaEncryption,
      OID.ed25519,
      '1.2.3',
    ]) {
      assert.equal(
        await refusal(buildCsr({ algorithm: encodeSequence(encodeOid(oid)) })),
        'CSR_SIGNATURE_INVALID',
        oid,
      )
    }
  })

  it('refuses an empty signature', async () => {
    const der = buildCsr()
    const info = parseCsr(der).infoDer
    const empty = encodeSequence(
      info,
      encodeSequence(encodeOid(OID.ecdsaWithSha256)),
      encodeBitString(new Uint8Array(0)),
    )
    assert.equal(await refusal(empty), 'CSR_SIGNATURE_INVALID')
  })
})
