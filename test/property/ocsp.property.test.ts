import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { MalformedError } from '../../src/core/errors.ts'
import { parseOcspRequest } from '../../src/core/ocsp/parse-request.ts'
import { buildOcsp } from '../support/build-ocsp.ts'
import { encodeCertId, encodeOcspRequest, readOcspResponse } from '../support/ocsp.ts'

const { answer, issuing, clock, issue } = await buildOcsp()
const serialNumber = await issue()
const certId = encodeCertId(issuing.certificate, serialNumber)
const nonce = new Uint8Array(16).fill(9)
const good = [
  encodeOcspRequest([certId]),
  encodeOcspRequest([certId, encodeCertId(issuing.certificate, '4001', 'sha256')], { nonce }),
]

function isRefused(read: () => unknown): boolean {
  try {
    read()
    return false
  } catch (error) {
    if (error instanceof MalformedError) return true
    throw error
  }
}

describe('OCSP', () => {
  it('refuses arbitrary octets as malformed, never otherwise', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (octets) => {
        isRefused(() => parseOcspRequest(octets))
      }),
      { numRuns: 1000 },
    )
  })

  it('reads a request with changed octets or refuses it as malformed, and answers it either way', async () => {
    const change = fc.record({ at: fc.nat(), octet: fc.integer({ min: 0, max: 255 }) })
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...good),
        fc.array(change, { minLength: 1, maxLength: 4 }),
        async (der, changes) => {
          const changed = Uint8Array.from(der)
          for (const { at, octet } of changes) changed[at % changed.length] = octet
          const refused = isRefused(() => parseOcspRequest(changed))
          const [status] = (await answer(changed)).der.subarray(4)
          if (refused) assert.equal(status, 1)
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('signs answers of which no octet can be changed', async () => {
    const { der } = await answer(good[1]!)
    readOcspResponse(der, issuing.certificate, clock.now())
    for (let at = 0; at < der.length; at++) {
      for (const mask of [0x01, 0x80]) {
        const changed = Uint8Array.from(der)
        changed[at]! ^= mask
        assert.ok(
          isRefused(() => readOcspResponse(changed, issuing.certificate, clock.now())),
          `octet ${at} of ${der.length}, mask ${mask}`,
        )
      }
    }
  })
})
