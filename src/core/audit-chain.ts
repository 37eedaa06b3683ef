import { concatBytes, encodeUtf8 } from './bytes.ts'
import { sha256 } from './crypto.ts'
import { MalformedError } from './errors.ts'

/**
 * The hash chain of the audit table: each entry's hash covers the hash before it, so that nothing can be changed, taken
 * out or put in without every later hash being wrong. Whoever keeps one hash elsewhere can prove all that came before it.
 *
 * `hash = SHA-256(label || previousHash || UTF-8(JSON))` where the JSON text is the array
 * `[sequence, at, actor, action, subject, details]` without white space: `sequence` in decimal as a string, `at` in Unix
 * milliseconds, `details` as `[name, value]` pairs sorted by name. The label keeps these hashes apart from all others.
 */

/** What is chained. Structurally the store's `AuditEntry`. */
export interface ChainEntry {
  readonly at: Date
  readonly actor: string
  readonly action: string
  readonly subject: string
  readonly details: Readonly<Record<string, string | number | boolean | readonly string[]>>
}

/** An entry in its place. Structurally the store's `AuditRecord`. */
export interface ChainRecord extends ChainEntry {
  readonly sequence: bigint
  readonly previousHash: Uint8Array
  readonly hash: Uint8Array
}

/** A place in the chain: what the next entry must follow. */
export interface ChainPosition {
  readonly sequence: bigint
  readonly hash: Uint8Array
}

/** What the first entry follows. */
export const AUDIT_CHAIN_START: ChainPosition = { sequence: 0n, hash: new Uint8Array(32) }

/** The answer of {@link verifyAuditChain}. `head` is where to go on with the next page. */
export type ChainVerdict =
  | { readonly intact: true; readonly head: ChainPosition }
  | {
      readonly intact: false
      /** Sequence that should have been there: the first one that cannot be trusted. */
      readonly brokenSequence: bigint
      /** `sequence`: missing, repeated or out of order; `previous_hash`: not what was before; `hash`: content changed. */
      readonly defect: 'sequence' | 'previous_hash' | 'hash'
    }

const LABEL = encodeUtf8('chancery-audit-v1\0')

/**
 * Computes the hash of an entry in its place.
 *
 * @throws {@link MalformedError} `audit.not_encodable` for what has no single encoding: an invalid date, a number that is
 * not finite, text that is not well-formed Unicode.
 */
export function hashAuditEntry(previousHash: Uint8Array, sequence: bigint, entry: ChainEntry): Uint8Array {
  return sha256(concatBytes([LABEL, previousHash, encodeUtf8(canonicalText(sequence, entry))]))
}

/** Checks that the records follow `expectedPrevious` and one another. */
export function verifyAuditChain(
  records: Iterable<ChainRecord>,
  expectedPrevious: ChainPosition = AUDIT_CHAIN_START,
): ChainVerdict {
  let head = expectedPrevious
  for (const record of records) {
    const defect = defectOf(record, head)
    if (defect !== undefined) return { intact: false, brokenSequence: head.sequence + 1n, defect }
    head = { sequence: record.sequence, hash: record.hash }
  }
  return { intact: true, head }
}

function defectOf(
  record: ChainRecord,
  head: ChainPosition,
): 'sequence' | 'previous_hash' | 'hash' | undefined {
  if (record.sequence !== head.sequence + 1n) return 'sequence'
  if (!equalBytes(record.previousHash, head.hash)) return 'previous_hash'
  try {
    return equalBytes(record.hash, hashAuditEntry(head.hash, record.sequence, record)) ? undefined : 'hash'
  } catch (error) {
    // Tampering may leave what never could have been chained.
    if (error instanceof MalformedError) return 'hash'
    throw error
  }
}

function canonicalText(sequence: bigint, entry: ChainEntry): string {
  const at = entry.at.getTime()
  const details = Object.entries(entry.details).sort(([a], [b]) => (a < b ? -1 : 1))
  const texts = [entry.actor, entry.action, entry.subject, ...details.flat(2)]
  if (!Number.isInteger(at) || !texts.every(hasOneEncoding)) {
    throw new MalformedError('audit.not_encodable', 'an audit entry holds a value without a single encoding')
  }
  return JSON.stringify([sequence.toString(), at, entry.actor, entry.action, entry.subject, details])
}

function hasOneEncoding(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed()
  return typeof value === 'boolean' || Number.isFinite(value)
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((octet, i) => octet === b[i])
}
