import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createRevokedSerials } from '../../../../src/core/revocation/revoked-serials.ts'

const KEY = Buffer.from('8 octets')
const AT = Date.parse('2026-06-01T12:00:00Z')
const serial = (i: number) => createHash('sha256').update(`${i}`).digest().subarray(0, 16)

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** What is in typed arrays and not garbage. The first collection finds what the second gives back. */
function heldOctets(): number {
  collectGarbage()
  collectGarbage()
  return process.memoryUsage().arrayBuffers
}

describe('a table of revoked serial numbers', () => {
  it('finds what was entered, with reason and date, and nothing else', () => {
    const table = createRevokedSerials(KEY)
    table.set(Uint8Array.of(1), 'keyCompromise', AT)
    table.set(Uint8Array.of(1, 0), 'superseded', AT + 1000)
    assert.deepEqual(table.find(Uint8Array.of(1)), { reason: 'keyCompromise', revokedAt: new Date(AT) })
    assert.deepEqual(table.find(Uint8Array.of(1, 0)), {
      reason: 'superseded',
      revokedAt: new Date(AT + 1000),
    })
    assert.equal(table.find(Uint8Array.of(0, 1)), undefined)
    assert.equal(table.find(Uint8Array.of()), undefined)
    assert.equal(table.count, 2)
  })
  it('says the latest of one certificate', () => {
    const table = createRevokedSerials(KEY)
    table.set(Uint8Array.of(7), 'certificateHold', AT)
    table.set(Uint8Array.of(7), 'keyCompromise', AT + 5000)
    assert.deepEqual(table.find(Uint8Array.of(7))?.reason, 'keyCompromise')
    assert.equal(table.count, 1)
  })
  it('takes out what is lifted, and takes it in again', () => {
    const table = createRevokedSerials(KEY)
    table.lift(Uint8Array.of(7))
    assert.equal(table.count, 0)
    table.set(Uint8Array.of(7), 'certificateHold', AT)
    table.lift(Uint8Array.of(7))
    table.lift(Uint8Array.of(7))
    assert.equal(table.find(Uint8Array.of(7)), undefined)
    assert.equal(table.count, 0)
    table.set(Uint8Array.of(7), 'certificateHold', AT)
    assert.equal(table.count, 1)
  })
  it('keeps dates before 1970 and after 2106', () => {
    const table = createRevokedSerials(KEY)
    for (const date of ['1950-01-01T00:00:00Z', '9999-12-31T23:59:59Z']) {
      table.set(Uint8Array.of(1), 'unspecified', Date.parse(date))
      assert.deepEqual(table.find(Uint8Array.of(1))?.revokedAt, new Date(date))
    }
  })
  it('holds a hundred thousand through all its growing, in less than 50 octets each', () => {
    const table = createRevokedSerials(KEY)
    const before = heldOctets()
    for (let i = 0; i < 100_000; i++) table.set(serial(i), 'keyCompromise', AT)
    const grown = heldOctets() - before
    assert.equal(table.count, 100_000)
    for (let i = 0; i < 100_000; i += 997) assert.ok(table.find(serial(i)), `serial ${i}`)
    for (let i = 100_000; i < 101_000; i++) assert.equal(table.find(serial(i)), undefined)
    assert.ok(grown < 100_000 * 50, `${grown / 100_000} octets each`)
  })
})
