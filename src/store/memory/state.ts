import { AUDIT_CHAIN_START, hashAuditEntry } from '../../core/audit-chain.ts'
import { isPast } from '../instant.ts'
import {
  type AuditEntry,
  type AuditRecord,
  type AuthorityRecord,
  type CertificateRecord,
  type ClientRecord,
  type CrlRecord,
  type IdempotencyClaim,
  type Meta,
  StoreError,
} from '../store.ts'

/** An authority with its numbers and its newest list. */
export interface AuthorityState {
  readonly record: AuthorityRecord
  nextCrlNumber: bigint
  latestCrl: CrlRecord | undefined
}

/** Everything that the memory store holds. Records are never changed, only replaced. */
export interface MemoryState {
  open: boolean
  meta: Meta | undefined
  bundleSequence: bigint
  readonly authorities: Map<string, AuthorityState>
  readonly clients: Map<string, ClientRecord>
  /** By {@link certificateKey}; a Map keeps the order of insertion, which is issue order, also when a value is replaced. */
  readonly certificates: Map<string, CertificateRecord>
  /** Certificate key and claim by caller and key. */
  readonly idempotency: Map<string, { claim: IdempotencyClaim; certificateKey: string }>
  /** Expiry by key and nonce. */
  readonly nonces: Map<string, Date>
  readonly audit: AuditRecord[]
}

/** A store that remembers nothing yet. */
export function createMemoryState(): MemoryState {
  return {
    open: true,
    meta: undefined,
    bundleSequence: 0n,
    authorities: new Map(),
    clients: new Map(),
    certificates: new Map(),
    idempotency: new Map(),
    nonces: new Map(),
    audit: [],
  }
}

/** Authority ids hold no slash. */
export function certificateKey(authorityId: string, serialNumber: string): string {
  return `${authorityId}/${serialNumber}`
}

/** @throws {@link StoreError} if there is no such authority. */
export function authorityState(state: MemoryState, authorityId: string): AuthorityState {
  const authority = state.authorities.get(authorityId)
  if (authority === undefined)
    throw new StoreError(`no authority "${authorityId}" in the store: create it first`)
  return authority
}

/** True if neither revoked nor expired at `at`. */
export function isLive(certificate: CertificateRecord, at: Date): boolean {
  return certificate.revocation === undefined && !isPast(certificate.notAfter, at)
}

/** Appends to the chain. Call it first: it throws, before anything changed, if the entry cannot be chained. */
export function appendAudit(state: MemoryState, entry: AuditEntry): void {
  const previous = state.audit.at(-1) ?? AUDIT_CHAIN_START
  const sequence = previous.sequence + 1n
  const hash = new Uint8Array(hashAuditEntry(previous.hash, sequence, entry))
  state.audit.push(structuredClone({ ...entry, sequence, previousHash: previous.hash, hash }))
}
