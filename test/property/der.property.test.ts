import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { DerReader } from '../../src/core/asn1/reader.ts'
import { TAG } from '../../src/core/asn1/tags.ts'
import {
  checkDer,
  decodeInteger,
  decodeOid,
  decodeTime,
  decodeUnsignedBigInt,
} from '../../src/core/asn1/values.ts'
import { encodeElement, encodeInteger, encodeOid, encodeTime } from '../../src/core/asn1/writer.ts'
import { MalformedError } from '../../src/core/errors.ts'
import { readSpan } from '../../src/core/x509/span.ts'

const read = (der: Uint8Array) => new DerReader(der).readAny()

describe('DER', () => {
  it('reading what was written gives the same element', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(TAG)),
        fc.uint8Array({ maxLength: 70_000 }),
        (tag, content) => {
          const element = read(encodeElement(tag, content))
          assert.equal(element.tag, tag)
          assert.deepEqual(element.content, content)
        },
      ),
      { numRuns: 100 },
    )
  })

  it('an element has one encoding: what is read is what would be written', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 2, maxLength: 200 }), (octets) => {
        try {
          const { tag, content, der } = read(octets)
          assert.deepEqual(encodeElement(tag, content), Uint8Array.from(der))
        } catch (error) {
          if (!(error instanceof MalformedError)) throw error
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('the reader of large lists judges a header as the reader does', () => {
    const judge = (work: () => unknown): unknown => {
      try {
        return work()
      } catch (error) {
        if (error instanceof MalformedError) return error.defect
        throw error
      }
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 160 }), (octets) => {
        const span = { tag: 0, start: 0, end: 0 }
        const byReader = judge(() => {
          const { tag, content } = read(octets)
          return [tag, content.byteOffset, content.length]
        })
        const bySpan = judge(() => {
          readSpan(octets, 0, octets.length, span)
          return [span.tag, span.start + octets.byteOffset, span.end - span.start]
        })
        assert.deepEqual(bySpan, byReader)
      }),
      { numRuns: 3000 },
    )
  })

  it('walking arbitrary octets ends, and refuses as malformed only', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (octets) => {
        try {
          checkDer(octets)
        } catch (error) {
          if (!(error instanceof MalformedError)) throw error
        }
      }),
      { numRuns: 500 },
    )
  })

  it('numbers come back as they were written', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 160n) - 1n }), (number) => {
        const element = read(encodeInteger(number))
        assert.equal(decodeUnsignedBigInt(element, 20), number)
        assert.equal(decodeInteger(element), element.content)
      }),
    )
  })

  it('OIDs come back as they were written', () => {
    const arc = fc.bigInt({ min: 0n, max: 1n << 70n })
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 }),
        fc.integer({ min: 0, max: 39 }),
        fc.array(arc, { maxLength: 4 }),
        (a, b, rest) => {
          const oid = [a, b, ...rest].join('.')
          assert.equal(decodeOid(read(encodeOid(oid))), oid)
        },
      ),
    )
  })

  it('times from the year 0 to 9999 come back in whole seconds', () => {
    const seconds = fc.integer({ min: -62_167_219_200, max: 253_402_300_799 })
    fc.assert(
      fc.property(seconds, (second) => {
        const time = new Date(second * 1000)
        assert.equal(decodeTime(read(encodeTime(time))).getTime(), time.getTime())
      }),
      { numRuns: 1000 },
    )
  })
})
