import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  AUDIT_CHAIN_START,
  type ChainEntry,
  type ChainRecord,
  hashAuditEntry,
  verifyAuditChain,
} from '../../../src/core/audit-chain.ts'
import { formatHex } from '../../../src/core/bytes.ts'
import { MalformedError } from '../../../src/core/errors.ts'

const ENTRY: ChainEntry = {
  at: new Date('2030-01-01T00:00:00.123Z'),
  actor: 'admin',
  action: 'certificate.revoke',
  subject: 'alice',
  details: { reason: 'keyCompromise', count: 2, dry: false, serial_numbers: ['0a', '0b'] },
}

function chainOf(length: number): ChainRecord[] {
  const records: ChainRecord[] = []
  let { sequence, hash } = AUDIT_CHAIN_START
  for (let i = 0; i < length; i++) {
    const entry = { ...ENTRY, subject: `client-${i}` }
    const previousHash = hash
    sequence += 1n
    hash = hashAuditEntry(previousHash, sequence, entry)
    records.push({ ...entry, sequence, previousHash, hash })
  }
  return records
}

/** The chain with one record changed. */
function tampered(index: number, changes: Partial<ChainRecord>): ChainRecord[] {
  return chainOf(5).map((record, i) => (i === index ? { ...record, ...changes } : record))
}

describe('hashAuditEntry', () => {
  it('hashes the documented encoding', () => {
    // printf 'chancery-audit-v1\0' + 32 zero octets + the JSON text, through sha256sum.
    const hash = hashAuditEntry(AUDIT_CHAIN_START.hash, 1n, ENTRY)
    assert.equal(formatHex(hash), '846969bdcc138e42575164a16ec145017c5afce6c7ce95a41955e974e92b4195')
  })

  it('does not depend on the order in which details were written', () => {
    const { reason, count, dry, serial_numbers } = ENTRY.details
    const reordered = { ...ENTRY, details: { serial_numbers, dry, count, reason } } as ChainEntry
    const hash = hashAuditEntry(AUDIT_CHAIN_START.hash, 1n, reordered)
    assert.deepEqual(hash, hashAuditEntry(AUDIT_CHAIN_START.hash, 1n, ENTRY))
  })

  it('tells every field and every type apart', () => {
    const variants: ChainEntry[] = [
      ENTRY,
      { ...ENTRY, at: new Date(ENTRY.at.getTime() + 1) },
      { ...ENTRY, actor: 'admin2' },
      { ...ENTRY, actor: 'admincertificate', action: '.revoke' },
      { ...ENTRY, subject: '' },
      { ...ENTRY, details: {} },
      { ...ENTRY, details: { count: 2 } },
      { ...ENTRY, details: { count: '2' } },
      { ...ENTRY, details: { count: ['2'] } },
      { ...ENTRY, details: { count: true } },
      { ...ENTRY, details: { count: 'true' } },
    ]
    const hashes = variants.map((entry) => formatHex(hashAuditEntry(AUDIT_CHAIN_START.hash, 1n, entry)))
    hashes.push(formatHex(hashAuditEntry(AUDIT_CHAIN_START.hash, 2n, ENTRY)))
    hashes.push(formatHex(hashAuditEntry(new Uint8Array(32).fill(1), 1n, ENTRY)))
    assert.equal(new Set(hashes).size, hashes.length)
  })

  it('refuses what has no single encoding', () => {
    const broken: ChainEntry[] = [
      { ...ENTRY, at: new Date(Number.NaN) },
      { ...ENTRY, actor: '\ud800' },
      { ...ENTRY, details: { number: Number.POSITIVE_INFINITY } },
      { ...ENTRY, details: { number: Number.NaN } },
      { ...ENTRY, details: { list: ['\udfff'] } },
      { ...ENTRY, details: { '\ud800': 1 } },
    ]
    for (const entry of broken) {
      assert.throws(
        () => hashAuditEntry(AUDIT_CHAIN_START.hash, 1n, entry),
        (error) => error instanceof MalformedError && error.defect === 'audit.not_encodable',
      )
    }
  })
})

describe('verifyAuditChain', () => {
  it('accepts an intact chain and gives its head', () => {
    const records = chainOf(5)
    const verdict = verifyAuditChain(records)
    assert.deepEqual(verdict, { intact: true, head: { sequence: 5n, hash: records[4]!.hash } })
  })

  it('accepts nothing at all, and any page after the right head', () => {
    assert.deepEqual(verifyAuditChain([]), { intact: true, head: AUDIT_CHAIN_START })
    const [first, second, ...rest] = chainOf(5)
    const head = verifyAuditChain([first!, second!])
    assert.ok(head.intact)
    assert.equal(verifyAuditChain(rest, head.head).intact, true)
  })

  it('finds changed content at the record that was changed', () => {
    const changes: Partial<ChainRecord>[] = [
      { actor: 'mallory' },
      { action: 'client.create' },
      { subject: 'bob' },
      { at: new Date(0) },
      { details: {} },
      { details: { number: Number.NaN } },
      { hash: new Uint8Array(32) },
      { hash: new Uint8Array(0) },
    ]
    for (const change of changes) {
      assert.deepEqual(verifyAuditChain(tampered(2, change)), {
        intact: false,
        brokenSequence: 3n,
        defect: 'hash',
      })
    }
  })

  it('finds a rewritten record at the one after it', () => {
    const records = chainOf(5)
    const forged = { ...records[2]!, subject: 'bob' }
    const rewritten = { ...forged, hash: hashAuditEntry(forged.previousHash, 3n, forged) }
    const verdict = verifyAuditChain(records.map((record, i) => (i === 2 ? rewritten : record)))
    assert.deepEqual(verdict, { intact: false, brokenSequence: 4n, defect: 'previous_hash' })
  })

  it('finds a record that was taken out, put in twice or moved', () => {
    const [a, b, c, d] = chainOf(4) as [ChainRecord, ChainRecord, ChainRecord, ChainRecord]
    const orders = [
      { records: [a, c, d], brokenSequence: 2n },
      { records: [b, c, d], brokenSequence: 1n },
      { records: [a, b, b, c], brokenSequence: 3n },
      { records: [a, c, b, d], brokenSequence: 2n },
    ]
    for (const { records, brokenSequence } of orders) {
      assert.deepEqual(verifyAuditChain(records), { intact: false, brokenSequence, defect: 'sequence' })
    }
  })

  it('finds a chain that follows another one', () => {
    const other = { sequence: 0n, hash: new Uint8Array(32).fill(1) }
    const verdict = verifyAuditChain(chainOf(2), other)
    assert.deepEqual(verdict, { intact: false, brokenSequence: 1n, defect: 'previous_hash' })
  })
})
