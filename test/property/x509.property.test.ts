import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { OID } from '../../src/core/asn1/oids.ts'
import { contextPrimitive } from '../../src/core/asn1/tags.ts'
import { encodeElement, encodeInteger, encodeSequence, encodeTrue } from '../../src/core/asn1/writer.ts'
import { encodeUtf8 } from '../../src/core/bytes.ts'
import { MalformedError } from '../../src/core/errors.ts'
import { parseCertificate } from '../../src/core/x509/certificate.ts'
import { parseCrl } from '../../src/core/x509/crl.ts'
import { parseCsr } from '../../src/core/x509/csr.ts'
import { checkPublicKey, decodeSubjectPublicKeyInfo } from '../../src/core/x509/public-key.ts'
import {
  buildCertificate,
  certificateWith,
  crlEntry,
  crlWithEntries,
  csrWith,
  extension,
  goodCertificate,
  hex,
  reasonCode,
  testSpki,
} from '../support/build-x509.ts'

const names = extension(
  OID.subjectAltName,
  encodeSequence(encodeElement(contextPrimitive(2), encodeUtf8('a.example'))),
)

/** Every parser, with good inputs to start from. */
const PARSERS: readonly { name: string; parse: (der: Uint8Array) => unknown; good: readonly Uint8Array[] }[] =
  [
    {
      name: 'parseCertificate',
      parse: parseCertificate,
      good: [
        buildCertificate(),
        certificateWith(
          ...goodCertificate.extensions,
          names,
          extension(OID.basicConstraints, encodeSequence(encodeTrue(), encodeInteger(1)), true),
          extension(OID.nameConstraints, hex('3009 a007 3005 8203 612e62'), true),
          extension(OID.crlDistributionPoints, hex('3009 3007 a005 a003 8601 61')),
          extension(OID.authorityKeyIdentifier, hex('3006 8004 01020304')),
          extension(OID.certificatePolicies, hex('3006 3004 06022a03')),
        ),
      ],
    },
    { name: 'parseCsr', parse: parseCsr, good: [csrWith(names)] },
    {
      name: 'parseCrl',
      parse: (der) => [...parseCrl(der).entries()],
      good: [crlWithEntries(crlEntry(encodeInteger(1), reasonCode(1)), crlEntry(encodeInteger(300)))],
    },
    {
      name: 'checkPublicKey',
      parse: (der) => checkPublicKey(decodeSubjectPublicKeyInfo(der)).type,
      good: [testSpki],
    },
  ]

/** A parser's outcome, comparable; whatever is not a refusal is thrown on. */
function outcome(parse: (der: Uint8Array) => unknown, der: Uint8Array): unknown {
  try {
    return { parsed: parse(der) }
  } catch (error) {
    if (error instanceof MalformedError) return { defect: error.defect }
    throw error
  }
}

const withoutFunctions = (value: unknown) =>
  JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? `${inner}` : inner))

describe('parsers of what strangers send', () => {
  for (const { name, parse, good } of PARSERS) {
    it(`${name}: arbitrary octets are refused as malformed, never otherwise`, () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 300 }), (octets) => {
          outcome(parse, octets)
          outcome(parse, encodeSequence(octets))
        }),
        { numRuns: 500 },
      )
    })

    it(`${name}: a good input with changed octets is read or refused as malformed, the same way each time`, () => {
      const change = fc.record({ at: fc.nat(), octet: fc.integer({ min: 0, max: 255 }) })
      fc.assert(
        fc.property(
          fc.constantFrom(...good),
          fc.array(change, { minLength: 1, maxLength: 4 }),
          (der, changes) => {
            const changed = Uint8Array.from(der)
            for (const { at, octet } of changes) changed[at % changed.length] = octet
            assert.equal(
              withoutFunctions(outcome(parse, changed)),
              withoutFunctions(outcome(parse, Uint8Array.from(changed))),
            )
          },
        ),
        { numRuns: 1500 },
      )
    })

    it(`${name}: a good input with octets put in, taken out or repeated is read or refused as malformed`, () => {
      fc.assert(
        fc.property(
          fc.constantFrom(...good),
          fc.nat(),
          fc.nat({ max: 8 }),
          fc.uint8Array({ maxLength: 8 }),
          (der, where, cut, added) => {
            const at = where % der.length
            outcome(parse, Uint8Array.of(...der.subarray(0, at), ...added, ...der.subarray(at + cut)))
          },
        ),
        { numRuns: 800 },
      )
    })

    it(`${name}: does not write to its input`, () => {
      for (const der of good) {
        const copy = Uint8Array.from(der)
        outcome(parse, der)
        assert.deepEqual(der, copy)
      }
    })
  }
})

describe('find in a CRL', () => {
  it('finds exactly the serial numbers that are listed', () => {
    const serial = fc.bigInt({ min: 0n, max: 1n << 159n })
    fc.assert(
      fc.property(fc.uniqueArray(serial, { minLength: 1, maxLength: 60 }), serial, (listed, other) => {
        const crl = parseCrl(crlWithEntries(...listed.map((number) => crlEntry(encodeInteger(number)))))
        const find = (number: bigint) => crl.find(encodeInteger(number).subarray(2))
        for (const number of listed) assert.ok(find(number))
        assert.equal(find(other) !== undefined, listed.includes(other))
      }),
      { numRuns: 100 },
    )
  })
})
