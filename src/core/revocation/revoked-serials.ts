import { createSerialHash } from '../x509/serial-hash.ts'
import type { CrlReason } from '../x509/types.ts'

/** What a list says of a certificate that is revoked. */
export interface Revocation {
  readonly reason: CrlReason
  readonly revokedAt: Date
}

/** The serial numbers that one authority has revoked, some 40 octets each, found in a time that does not depend on how many there are. */
export interface RevokedSerials {
  /** How many are revoked now. */
  readonly count: number
  /** `serialNumber`: content octets of its INTEGER, here and below. */
  find(serialNumber: Uint8Array): Revocation | undefined
  /** Enters a certificate, or says something new about one. */
  set(serialNumber: Uint8Array, reason: CrlReason, revokedAtMs: number): void
  /** Takes a certificate out again. */
  lift(serialNumber: Uint8Array): void
}

const REASONS: readonly CrlReason[] = [
  'unspecified',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  'removeFromCRL',
  'privilegeWithdrawn',
  'aACompromise',
]
const REASON_CODES = new Map(REASONS.map((reason, code) => [reason, code]))
/** In the place of a reason: was revoked, and is not any more. */
const LIFTED = 0xff

/** A table is made of parts that grow one at a time, so that no insertion ever waits for a million to be moved. */
const PART_BITS = 10

/**
 * Makes an empty table. `hashKey` is 8 octets that nobody else can guess: whoever could choose serial numbers that collide would make the table
 * slow (hash flooding).
 */
export function createRevokedSerials(hashKey: Uint8Array): RevokedSerials {
  const key = new DataView(hashKey.buffer, hashKey.byteOffset, hashKey.byteLength)
  const hash = createSerialHash(key.getInt32(0), key.getInt32(4))
  const parts = new Array<TablePart | undefined>(1 << PART_BITS)
  let count = 0
  return {
    get count() {
      return count
    },
    find(serialNumber) {
      const hashed = hash(serialNumber, 0, serialNumber.length)
      return parts[hashed >>> (32 - PART_BITS)]?.find(hashed, serialNumber)
    },
    set(serialNumber, reason, revokedAtMs) {
      const hashed = hash(serialNumber, 0, serialNumber.length)
      const part = (parts[hashed >>> (32 - PART_BITS)] ??= createTablePart(hash))
      if (part.set(hashed, serialNumber, REASON_CODES.get(reason)!, revokedAtMs)) count++
    },
    lift(serialNumber) {
      const hashed = hash(serialNumber, 0, serialNumber.length)
      const part = parts[hashed >>> (32 - PART_BITS)]
      if (part?.find(hashed, serialNumber) === undefined) return
      part.set(hashed, serialNumber, LIFTED, 0)
      count--
    },
  }
}

type TablePart = ReturnType<typeof createTablePart>

// A record: length of the serial number, its octets, the reason, the time in seconds as 48 bits with a sign.
const AFTER_SERIAL = 1 + 6

/** Records one after the other, and a hash table of where they begin. Open addressing, at most three quarters full. */
function createTablePart(hash: (bytes: Uint8Array, start: number, end: number) => number) {
  let records = Buffer.allocUnsafeSlow(256)
  let used = 0
  let entries = 0
  // Where the record begins, plus one; 0: empty.
  let slots = new Uint32Array(8)

  /** The slot of a serial number, or the empty one in which it belongs. */
  function probe(hashed: number, serial: Uint8Array): number {
    const mask = slots.length - 1
    let slot = hashed & mask
    for (; slots[slot] !== 0; slot = (slot + 1) & mask) if (holds(slots[slot]! - 1, serial)) break
    return slot
  }

  function holds(at: number, serial: Uint8Array): boolean {
    if (records[at] !== serial.length) return false
    for (let i = 0; i < serial.length; i++) if (records[at + 1 + i] !== serial[i]) return false
    return true
  }

  function append(slot: number, serial: Uint8Array): void {
    const needed = used + 1 + serial.length + AFTER_SERIAL
    if (needed > records.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, Math.ceil(records.length * 1.25)))
      records.copy(larger, 0, 0, used)
      records = larger
    }
    records[used] = serial.length
    records.set(serial, used + 1)
    slots[slot] = used + 1
    used = needed
    if (++entries * 4 > slots.length * 3) rehash()
  }

  function rehash(): void {
    slots = new Uint32Array(slots.length * 2)
    for (let at = 0; at < used; at += 1 + records[at]! + AFTER_SERIAL) {
      const end = at + 1 + records[at]!
      slots[probe(hash(records, at + 1, end), records.subarray(at + 1, end))] = at + 1
    }
  }

  return {
    find(hashed: number, serial: Uint8Array): Revocation | undefined {
      const at = slots[probe(hashed, serial)]!
      const reason = REASONS[records[at + serial.length]!]
      if (at === 0 || reason === undefined) return undefined
      return { reason, revokedAt: new Date(records.readIntBE(at + serial.length + 1, 6) * 1000) }
    },
    /** True if the certificate was not revoked before. */
    set(hashed: number, serial: Uint8Array, reason: number, revokedAtMs: number): boolean {
      const slot = probe(hashed, serial)
      const isNew = slots[slot] === 0
      if (isNew) append(slot, serial)
      const at = isNew ? used - AFTER_SERIAL : slots[slot]! + serial.length
      const wasLifted = isNew || records[at] === LIFTED
      records[at] = reason
      records.writeIntBE(Math.floor(revokedAtMs / 1000), at + 1, 6)
      return wasLifted
    },
  }
}
