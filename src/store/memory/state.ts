import { AUDIT_CHAIN_START, hashAuditEntry } from '../../core/audit-chain.ts'
import { isPast } from '../instant.ts'
import { replacesRevocation } from '../revocation.ts'
import type { CrlReason } from '../../core/x509/types.ts'
import {
  type AuditEntry,
  type AuditRecord,
  type AuthorityRecord,
  type CertificateRecord,
  type ClientRecord,
  type CrlRecord,
  type CrlSharding,
  type IdempotencyClaim,
  type Meta,
  type RevocationRecord,
  StoreError,
  type TokenKeyRecord,
  type TokenRecord,
} from '../store.ts'

/** An authority with its numbers and its newest list. */
export interface AuthorityState {
  readonly record: AuthorityRecord
  nextCrlNumber: bigint
  /** From the first to before the last number of each. */
  readonly skippedNumbers: (readonly [first: bigint, next: bigint])[]
  /** Below it no change begins. */
  firstBase: bigint
  latestCrl: CrlRecord | undefined
  /** Newest first. */
  shardings: readonly (CrlSharding & { readonly retiredAt: Date | undefined })[]
  /** In the lists from the revocation's `crlNumber` up to the one before `endedNumber`. */
  readonly endedRevocations: { readonly listed: ListedRevocation; readonly endedNumber: bigint }[]
  /** What stands in the lists and is no certificate, by serial number. */
  readonly standIns: Map<string, ListedRevocation>
}

/** What a list shows of one serial number. */
export interface ListedRevocation extends Pick<CertificateRecord, 'serialNumber' | 'notAfter'> {
  readonly revocation: RevocationRecord
}

/** Everything that the memory store holds. Records are never changed, only replaced. */
export interface MemoryState {
  open: boolean
  meta: Meta | undefined
  bundleSequence: bigint
  readonly authorities: Map<string, AuthorityState>
  readonly clients: Map<string, ClientRecord>
  readonly removedClients: Set<string>
  /** By stand-in serial number. */
  readonly revokedTokens: Map<string, { readonly clientId: string | undefined; readonly expiresAt: Date }>
  /** Recorded ones, by id. */
  readonly liveTokens: Map<string, TokenRecord>
  /** By {@link certificateKey}; a Map keeps the order of insertion, which is issue order, also when a value is replaced. */
  readonly certificates: Map<string, CertificateRecord>
  /** Keys of certificates whose hold a lock put on. */
  readonly heldByLock: Set<string>
  /** SHA-256 of keys, in hex. */
  readonly compromisedKeys: Set<string>
  /** Certificate key and claim by caller and key. */
  readonly idempotency: Map<string, { claim: IdempotencyClaim; certificateKey: string }>
  /** Expiry by key and nonce. */
  readonly nonces: Map<string, Date>
  tokenKeys: readonly TokenKeyRecord[]
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
    removedClients: new Set(),
    revokedTokens: new Map(),
    liveTokens: new Map(),
    certificates: new Map(),
    heldByLock: new Set(),
    compromisedKeys: new Set(),
    idempotency: new Map(),
    nonces: new Map(),
    tokenKeys: [],
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

/** True if a revocation for that reason changes the certificate: it is not revoked, or the reason replaces the present one. */
export function isDue(state: MemoryState, certificate: CertificateRecord, reason: CrlReason): boolean {
  if (certificate.revocation === undefined) return true
  const byLock = state.heldByLock.has(certificateKey(certificate.authorityId, certificate.serialNumber))
  return replacesRevocation({ reason: certificate.revocation.reason, byLock }, reason)
}

/** The certificates of a client that have not expired at `at` and that `reason` would revoke, in issue order. */
export function dueOfClient(
  state: MemoryState,
  clientId: string,
  reason: CrlReason,
  at: Date,
): CertificateRecord[] {
  return [...state.certificates.values()].filter(
    (certificate) =>
      certificate.clientId === clientId &&
      !isPast(certificate.notAfter, at) &&
      isDue(state, certificate, reason),
  )
}

/** Appends to the chain. Call it first: it throws, before anything changed, if the entry cannot be chained. */
export function appendAudit(state: MemoryState, entry: AuditEntry): void {
  const previous = state.audit.at(-1) ?? AUDIT_CHAIN_START
  const sequence = previous.sequence + 1n
  const hash = new Uint8Array(hashAuditEntry(previous.hash, sequence, entry))
  state.audit.push(structuredClone({ ...entry, sequence, previousHash: previous.hash, hash }))
}
