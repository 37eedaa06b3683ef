import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { OID } from '../../../../src/core/asn1/oids.ts'
import { contextConstructed, contextPrimitive } from '../../../../src/core/asn1/tags.ts'
import {
  encodeBitString,
  encodeElement,
  encodeInteger,
  encodeOctetString,
  encodeOid,
  encodeSequence,
} from '../../../../src/core/asn1/writer.ts'
import { encodeUtf8, parseHex } from '../../../../src/core/bytes.ts'
import { encodeExtension, encodeExtensions } from '../../../../src/core/issuance/encode-extension.ts'
import { MAX_OCSP_CERTIFICATES, MAX_OCSP_REQUEST_BYTES } from '../../../../src/core/limits.ts'
import { issuerKeys } from '../../../../src/core/ocsp/cert-id.ts'
import { parseOcspRequest } from '../../../../src/core/ocsp/parse-request.ts'
import { buildAuthority } from '../../../support/build-authority.ts'
import { assertDefect } from '../../../support/defect.ts'
import { encodeCertId, encodeNonce, encodeOcspRequest } from '../../../support/ocsp.ts'

const { certificate: issuer } = await buildAuthority({})
const certId = encodeCertId(issuer, '4001')
const octets = (length: number) => new Uint8Array(length).fill(7)
const requestWith = (...extensions: Uint8Array[]) => encodeOcspRequest([certId], { extensions })
const critical = (oid: string) => encodeExtension(oid, true, encodeSequence())

describe('parseOcspRequest', () => {
  it('reads what openssl sends', () => {
    // `openssl ocsp -issuer root.pem -serial 0x4001 -no_nonce -reqout request.der`
    const names = 'aa55d2ea59a1450f9e87190d8abb2d485a13de3b'
    const key = 'a63e564c019186dc1fa5cd5d15f935457c62dbaf'
    const der = parseHex(`30433041303f303d303b300906052b0e03021a05000414${names}0414${key}02024001`)!
    const { certIds, nonce } = parseOcspRequest(der)
    assert.equal(nonce, undefined)
    assert.deepEqual(
      certIds.map(({ issuerKey, serialNumber }) => [issuerKey, serialNumber]),
      [[`sha1:${names}:${key}`, '4001']],
    )
  })

  it('knows an issuer by SHA-1 and by SHA-256, with hash parameters NULL or absent', () => {
    const [sha1, sha256] = issuerKeys(issuer)
    for (const [hash, key] of [
      ['sha1', sha1],
      ['sha256', sha256],
    ] as const) {
      for (const parameters of [undefined, new Uint8Array()]) {
        const der = encodeCertId(issuer, '4001', hash, parameters)
        const [read] = parseOcspRequest(encodeOcspRequest([der])).certIds
        assert.equal(read?.issuerKey, key)
        assert.deepEqual(Buffer.from(read?.der ?? []), Buffer.from(der))
      }
    }
  })

  it('leaves the issuer open where its digests are by another hash', () => {
    const der = encodeCertId(issuer, '4001', 'sha512')
    assert.equal(parseOcspRequest(encodeOcspRequest([der])).certIds[0]?.issuerKey, undefined)
  })

  it('reads as many certificates as are allowed, and not one more', () => {
    const many = (count: number) =>
      encodeOcspRequest(Array.from({ length: count }, (_, i) => encodeCertId(issuer, `40${10 + i}`)))
    assert.equal(parseOcspRequest(many(MAX_OCSP_CERTIFICATES)).certIds.length, MAX_OCSP_CERTIFICATES)
    assertDefect('ocsp.too_many', () => parseOcspRequest(many(MAX_OCSP_CERTIFICATES + 1)))
  })

  it('takes nonces of 1 to 128 octets and no others', () => {
    for (const length of [1, 16, 32, 128]) {
      const { nonce } = parseOcspRequest(encodeOcspRequest([certId], { nonce: octets(length) }))
      assert.deepEqual(Buffer.from(nonce ?? []), Buffer.from(octets(length)))
    }
    for (const length of [0, 129]) {
      assertDefect('ocsp.nonce', () =>
        parseOcspRequest(encodeOcspRequest([certId], { nonce: octets(length) })),
      )
    }
    assertDefect('der.unexpected_tag', () =>
      parseOcspRequest(requestWith(encodeExtension(OID.ocspNonce, false, encodeInteger(1)))),
    )
    assertDefect('extension.duplicate', () =>
      parseOcspRequest(requestWith(encodeNonce(octets(16)), encodeNonce(octets(16)))),
    )
  })

  it('passes over unknown extensions and refuses critical ones, of the request and of a certificate', () => {
    assert.equal(
      parseOcspRequest(requestWith(encodeExtension('1.2.3', false, encodeSequence()))).certIds.length,
      1,
    )
    assertDefect('ocsp.critical_extension', () => parseOcspRequest(requestWith(critical('1.2.3'))))
    const single = (extension: Uint8Array) =>
      encodeSequence(encodeSequence(encodeSequence(encodeSequence(certId, encodeExtensions(0, [extension])))))
    assert.equal(
      parseOcspRequest(single(encodeExtension('1.2.3', false, encodeSequence()))).certIds.length,
      1,
    )
    assertDefect('ocsp.critical_extension', () => parseOcspRequest(single(critical('1.2.3'))))
    assertDefect('ocsp.critical_extension', () => parseOcspRequest(single(critical(OID.ocspNonce))))
  })

  it('takes a critical nonce, which it understands', () => {
    const nonce = encodeExtension(OID.ocspNonce, true, encodeOctetString(octets(16)))
    assert.equal(parseOcspRequest(requestWith(nonce)).nonce?.length, 16)
  })

  it('reads past the name and the signature of whoever asks', () => {
    const requestor = encodeElement(
      contextConstructed(1),
      encodeElement(contextPrimitive(1), encodeUtf8('a@b.example')),
    )
    const signature = encodeSequence(
      encodeSequence(encodeOid(OID.ecdsaWithSha256)),
      encodeBitString(octets(64)),
      encodeElement(contextConstructed(0), encodeSequence(issuer.der)),
    )
    const der = encodeOcspRequest([certId], { before: [requestor], signature })
    assert.equal(parseOcspRequest(der).certIds.length, 1)
    const broken = encodeSequence(encodeSequence(encodeOid(OID.ecdsaWithSha256)))
    assertDefect('der.unexpected_tag', () =>
      parseOcspRequest(encodeOcspRequest([certId], { signature: broken })),
    )
  })

  it('refuses versions, written out or unknown', () => {
    const version = (number: number) => encodeElement(contextConstructed(0), encodeInteger(number))
    assertDefect('der.default_encoded', () =>
      parseOcspRequest(encodeOcspRequest([certId], { before: [version(0)] })),
    )
    assertDefect('ocsp.version', () =>
      parseOcspRequest(encodeOcspRequest([certId], { before: [version(1)] })),
    )
  })

  it('refuses what is no request: nothing, an empty list, something left over, odd hashes, long serial numbers', () => {
    const cases: readonly [defect: string, der: Uint8Array][] = [
      ['der.unexpected_tag', new Uint8Array()],
      ['der.unexpected_tag', encodeOcspRequest([])],
      ['der.trailing_data', Buffer.concat([encodeOcspRequest([certId]), Uint8Array.of(0)])],
      ['ocsp.too_large', new Uint8Array(MAX_OCSP_REQUEST_BYTES + 1)],
      ['ocsp.hash', encodeOcspRequest([encodeCertId(issuer, '4001', 'sha1', encodeInteger(1))])],
      ['serial_number.too_long', encodeOcspRequest([encodeCertId(issuer, '40'.repeat(21))])],
    ]
    for (const [defect, der] of cases) assertDefect(defect, () => parseOcspRequest(der))
  })
})
