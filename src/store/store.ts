import type { SigningAlgorithm } from '../core/issuance/signing-algorithm.ts'
import type { CrlShard } from '../core/revocation/crl-shard.ts'
import type { ListFrame } from '../core/revocation/encode-crl.ts'
import type { CrlReason } from '../core/x509/types.ts'

/**
 * What the authority remembers, as a contract. `test/contract/store-contract.ts` repeats each sentence below as a test
 * and runs against every implementation.
 *
 * - A promise of a write resolves only after the write is durable: it survives kill -9 and power loss.
 * - Every write is atomic: all of it, with its audit event, or none of it.
 * - A read sees every write whose promise resolved before the read began.
 * - Concurrent writes behave as if made one after the other.
 * - Absence is `undefined`, never an exception. When the store cannot tell, it rejects with {@link StoreError}.
 * - Serial numbers are lower-case hex without leading zero octets. Instants are whole milliseconds; an end is the last instant
 *   at which a thing still counts.
 */
export interface Store {
  readonly meta: MetaStore
  readonly authorities: AuthorityStore
  readonly clients: ClientStore
  readonly certificates: CertificateStore
  readonly crls: CrlStore
  readonly tokens: TokenStore
  readonly nonces: NonceStore
  readonly tokenKeys: TokenKeyStore
  readonly audit: AuditStore

  /** Proves that a durable write is possible now. */
  ping(): Promise<void>
  /** Writes a consistent copy to a new file, mode 0600, while writes go on. Refuses an existing file. */
  backup(path: string): Promise<void>
  /** Finishes what was accepted, then releases everything. Later calls reject. */
  close(): Promise<void>
}

/** The store cannot tell or cannot write. `cause` is for the log only. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
}

/** What is fixed at `init`. */
export interface Meta {
  readonly trustDomain: string
  /** Dotted OID of the scope extension. */
  readonly scopeExtensionOid: string
  readonly createdAt: Date
}

export interface MetaStore {
  get(): Promise<Meta | undefined>
  /** Stores it once; rejects if there is one already. */
  create(meta: Meta, audit: AuditEntry): Promise<void>
}

export interface AuthorityRecord {
  /** As in `/crl/<id>.crl`: 1-64 characters of `[a-z0-9-]`. */
  readonly id: string
  readonly role: 'root' | 'issuing'
  readonly certificateDer: Uint8Array
  /** Where the signer finds the key: a name, never the key. */
  readonly keyName: string
  readonly createdAt: Date
}

export interface AuthorityStore {
  /** Adds an authority; its first CRL number will be 1. Rejects if the id exists. */
  create(authority: AuthorityRecord, audit: AuditEntry): Promise<void>
  get(id: string): Promise<AuthorityRecord | undefined>
  /** Root first, then by creation. */
  list(): Promise<AuthorityRecord[]>
  /** Rises with every change of the set of authorities. */
  bundleSequence(): Promise<bigint>
}

export interface ClientRecord {
  readonly clientId: string
  readonly displayName: string
  /** Grant patterns, sorted, unique. */
  readonly grantedScopes: readonly string[]
  readonly profiles: readonly string[]
  readonly dnsNames: readonly string[]
  readonly state: 'active' | 'locked'
  readonly lockMessage: string
  readonly createdAt: Date
  readonly updatedAt: Date
  /** 1, then one more with every change. */
  readonly version: number
}

export interface ClientStore {
  /** `exists` if there is a client of that id, `removed` if there was one: an id is never given again. Both change nothing. */
  create(client: ClientRecord, audit: AuditEntry): Promise<'created' | 'exists' | 'removed'>
  get(clientId: string): Promise<ClientRecord | undefined>
  /** Ordered by id, starting after `afterId`. `grantCovers` keeps those whose grant covers that concrete scope. */
  list(query: ClientQuery): Promise<ClientRecord[]>
  /**
   * Replaces the grant and, in the same transaction, revokes (privilegeWithdrawn) every live certificate of the client, on hold or not, that
   * carries a scope which the new grant does not cover, and as {@link TokenStore.revoke} does every recorded token of it that has one, expired or not: the clock may be wrong. Of more tokens than
   * `MAX_TOKENS_WITHDRAWN` the rest remain, for the same change again. With `dryRun` nothing changes and the answer is what would be.
   * A change that changes nothing leaves the version and the audit log as they are. The entry's details get `count`, at most
   * 100 `serial_numbers`, and `token_count` if there were tokens.
   */
  setScopes(change: ScopeChange, audit: AuditEntry): Promise<ScopeChangeResult>
  /**
   * Locks or unlocks. A lock puts every live certificate of the client on hold in the same transaction; unlocking lifts exactly those holds: not
   * one that was put on otherwise, and not that of a key which was found compromised since. `undefined` if there is no such client.
   * The client itself, by its stand-in serial number, is on hold for as long in the lists of every issuing authority, until no token can live that it had before.
   * Locking a locked client updates the message, and puts on hold what the clock of the first lock took for expired. The entry's details get `count` and at most 100 `serial_numbers`.
   */
  setState(
    change: { clientId: string; state: 'active' | 'locked'; lockMessage: string; at: Date },
    audit: AuditEntry,
  ): Promise<StateChangeResult | undefined>
  /**
   * Removes the client for good and, in the same transaction, revokes (cessationOfOperation) every live certificate of it, on hold or not; the client itself
   * is listed, by its stand-in serial number, as one that is locked. With `dryRun` nothing changes and the answer is what would be. The entry's details are as for {@link setScopes}.
   */
  remove(removal: ClientRemoval, audit: AuditEntry): Promise<ClientRemovalResult>
}

export interface ClientQuery {
  readonly afterId?: string
  readonly limit: number
  readonly state?: 'active' | 'locked'
  readonly grantCovers?: string
}

export interface ScopeChange {
  readonly clientId: string
  readonly grantedScopes: readonly string[]
  /** Refuse the change unless the client is at this version. */
  readonly expectedVersion?: number
  readonly at: Date
  readonly dryRun: boolean
}

export type ScopeChangeResult =
  | ({
      readonly outcome: 'changed'
      readonly client: ClientRecord
      readonly revoked: readonly CertificateRecord[]
      readonly tokens: WithdrawnTokens
    } & Relisting)
  | { readonly outcome: 'not_found' }
  | { readonly outcome: 'version_mismatch'; readonly currentVersion: number }

/** Tokens that end with the scope that they carry. */
export interface WithdrawnTokens {
  /** Newly revoked ones; some may have expired. */
  readonly count: number
  /** There are more. */
  readonly remain: boolean
}

/** What a change does to lists. */
export interface Relisting {
  /** Authorities whose lists change. */
  readonly authorityIds: readonly string[]
  /** The highest number of the lists in which it shows; 0 if in none. */
  readonly crlNumber: bigint
}

export interface StateChangeResult extends Relisting {
  /** As it is now. */
  readonly client: ClientRecord
  /** Certificates that the lock put on hold or that unlocking released, in their new state. */
  readonly affected: readonly CertificateRecord[]
}

export interface ClientRemoval {
  readonly clientId: string
  /** Refuse the removal unless the client is at this version. */
  readonly expectedVersion?: number
  readonly at: Date
  readonly dryRun: boolean
}

export type ClientRemovalResult =
  | ({
      readonly outcome: 'removed'
      /** As it was. */
      readonly client: ClientRecord
      readonly revoked: readonly CertificateRecord[]
    } & Relisting)
  | { readonly outcome: 'not_found' }
  | { readonly outcome: 'version_mismatch'; readonly currentVersion: number }

export interface RevocationRecord {
  /** When it was first revoked or put on hold: a graver reason that came later leaves it (ITU-T X.509, on the final revocation of what was on hold). */
  readonly revokedAt: Date
  readonly reason: CrlReason
  readonly invalidityDate: Date | undefined
  /** Number of the first CRL that lists it for this reason: the authority's next number at the time of the revocation. */
  readonly crlNumber: bigint
}

export interface CertificateRecord {
  readonly authorityId: string
  readonly serialNumber: string
  readonly clientId: string
  readonly profile: string
  readonly scopes: readonly string[]
  readonly notBefore: Date
  readonly notAfter: Date
  readonly der: Uint8Array
  readonly certificateSha256: Uint8Array
  readonly publicKeySha256: Uint8Array
  readonly issuedAt: Date
  readonly replacesSerialNumber: string | undefined
  readonly revocation: RevocationRecord | undefined
}

/** A claim on an idempotency key; `callerId` keeps callers' keys apart. */
export interface IdempotencyClaim {
  readonly callerId: string
  readonly key: string
  /** SHA-256 of the request. */
  readonly requestDigest: Uint8Array
  readonly expiresAt: Date
}

export type InsertResult =
  | { readonly outcome: 'inserted' }
  /** The key was claimed by the same request: the certificate it made. */
  | { readonly outcome: 'replayed'; readonly certificate: CertificateRecord }
  /** The key was claimed by another request. */
  | { readonly outcome: 'key_reused' }
  /** The client is gone, or locked, or its version changed since the plan was made: plan again. */
  | { readonly outcome: 'client_changed' }
  /** A certificate of the same key was revoked with keyCompromise. */
  | { readonly outcome: 'key_compromised' }
  /** The client has that many live certificates. */
  | { readonly outcome: 'too_many' }

/** Status of one certificate and its client, read together. */
export interface CertificateStatus {
  readonly revocation: RevocationRecord | undefined
  readonly clientState: 'active' | 'locked' | 'missing'
  readonly certificateSha256: Uint8Array
}

export interface CertificateStore {
  /**
   * Stores an issued certificate if its client is still active and at `clientVersion`, and claims the idempotency key with it.
   * Never for a key that a certificate was revoked for with keyCompromise, nor if `maxOfClient` certificates of the client are neither expired nor revoked for good: a hold can be lifted. Two concurrent inserts with one key never both insert. Rejects if the authority already issued that serial number.
   */
  insert(
    certificate: CertificateRecord,
    options: { clientVersion: number; maxOfClient?: number; idempotency?: IdempotencyClaim },
    audit: AuditEntry,
  ): Promise<InsertResult>
  /** What an idempotency key was used for; `undefined` if unused or expired at `at`. */
  findIdempotent(
    callerId: string,
    key: string,
    at: Date,
  ): Promise<{ requestDigest: Uint8Array; certificate: CertificateRecord } | undefined>
  get(authorityId: string, serialNumber: string): Promise<CertificateRecord | undefined>
  /** The one with these very octets. */
  findBySha256(certificateSha256: Uint8Array): Promise<CertificateRecord | undefined>
  /** True if a certificate of this key was revoked with keyCompromise: whoever else knows the key must not get it certified again. */
  isKeyCompromised(publicKeySha256: Uint8Array): Promise<boolean>
  /** How many certificates of a client are neither expired at `at` nor revoked for good, as {@link insert} counts them. */
  countLive(clientId: string, at: Date): Promise<number>
  /** The hot path of every decision: one point read, on the calling thread, not queued behind writes. */
  status(authorityId: string, serialNumber: string): CertificateStatus | undefined
  /** Newest first (issue order, which no clock can disturb), starting after `cursor`. Filters combine with "and". */
  list(query: CertificateQuery): Promise<CertificatePage>
  /**
   * Revokes every live certificate that the target names, all in one transaction. Those already revoked are returned (as many as
   * fit into `maxCount` with the others) and left as they are, unless the new reason is graver: any reason replaces a hold, keyCompromise replaces every
   * other, and a hold replaces the hold of a lock, which unlocking would lift. Such a one counts as newly revoked and keeps its date. "Live" means not expired at `at`; a serial target is revoked
   * even if expired. `not_found` if the target names no certificate (a client: if there never was such a client).
   * The store adds `count` and at most 100 `serial_numbers` to the details of the entry; nothing newly revoked, no entry.
   */
  revoke(command: RevokeCommand, audit: AuditEntry): Promise<RevokeResult>
  /**
   * Lifts the hold of one certificate, from the list of the authority's next number on. Never one that is revoked for another reason, whose client
   * is locked, or whose key was found compromised.
   */
  unrevoke(command: UnrevokeCommand, audit: AuditEntry): Promise<UnrevokeResult>
}

export interface CertificateQuery {
  readonly limit: number
  /** Opaque position from an earlier page. */
  readonly cursor?: bigint
  readonly clientId?: string
  readonly scope?: string
  readonly state?: 'active' | 'revoked' | 'expired'
  /** Instant that `state` is judged at. */
  readonly at: Date
  readonly expiresBefore?: Date
  readonly expiresAtOrAfter?: Date
}

export interface CertificatePage {
  readonly certificates: CertificateRecord[]
  /** Position after the last row; `undefined` at the end. */
  readonly nextCursor: bigint | undefined
}

export type RevokeTarget =
  | { readonly kind: 'serial'; readonly authorityId: string; readonly serialNumber: string }
  | { readonly kind: 'client'; readonly clientId: string }
  | { readonly kind: 'scope'; readonly scope: string }
  | { readonly kind: 'public_key'; readonly publicKeySha256: Uint8Array }

export interface RevokeCommand {
  readonly target: RevokeTarget
  readonly reason: CrlReason
  readonly invalidityDate: Date | undefined
  readonly at: Date
  /** Revoke nothing unless exactly this many would be newly revoked. */
  readonly expectedCount?: number
  /** Revoke nothing if more than this many would be newly revoked. */
  readonly maxCount: number
  /** Then revoke so many, those that were issued first: whoever has no end to what must be revoked asks again until nothing is left. */
  readonly inParts?: true
  readonly dryRun: boolean
}

export type RevokeResult =
  | {
      readonly outcome: 'revoked'
      /** Newly revoked ones, in their new state (on a dry run: in their present state). */
      readonly revoked: readonly CertificateRecord[]
      readonly alreadyRevoked: readonly CertificateRecord[]
    }
  | { readonly outcome: 'not_found' }
  | { readonly outcome: 'count_mismatch'; readonly actualCount: number }
  | { readonly outcome: 'too_many'; readonly actualCount: number }

export interface UnrevokeCommand {
  readonly authorityId: string
  readonly serialNumber: string
  readonly at: Date
}

export type UnrevokeResult =
  | {
      readonly outcome: 'released'
      readonly certificate: CertificateRecord
      /** Number of the first list without it. */
      readonly crlNumber: bigint
    }
  | { readonly outcome: 'not_found' }
  /** Not revoked, or for another reason. */
  | { readonly outcome: 'not_on_hold'; readonly certificate: CertificateRecord }
  | { readonly outcome: 'client_locked'; readonly certificate: CertificateRecord }
  | { readonly outcome: 'key_compromised'; readonly certificate: CertificateRecord }

export interface CrlRecord {
  readonly authorityId: string
  readonly crlNumber: bigint
  readonly thisUpdate: Date
  readonly nextUpdate: Date
  readonly entryCount: number
  readonly der: Uint8Array
  /** Of `der`. */
  readonly sha256: Uint8Array
}

/** A signed list that is to be stored. */
export interface SignedList extends Omit<CrlRecord, 'der' | 'sha256'> {
  /** The list's octets, to be joined. */
  readonly pieces: readonly Uint8Array[]
}

/** A complete list before it is signed. */
export interface UnsignedList {
  /** The TBSCertList, DER. */
  readonly tbs: Uint8Array
  readonly entryCount: number
}

/** How the lists of an authority are split, and the URL under which certificates name the parts. */
export interface CrlSharding {
  readonly publicUrl: string
  readonly shardCount: number
}

/** One line of a list to be made. */
export interface RevokedEntry {
  readonly serialNumber: string
  readonly revokedAt: Date
  readonly reason: CrlReason
  readonly invalidityDate: Date | undefined
}

export interface CrlStore {
  /**
   * Takes the authority's next CRL number for good: it is never given again, also after a crash. The list of that number is every
   * revocation of the authority with `crlNumber` up to it that did not end by then; what is stored later, revocations and ends, gets a higher number.
   */
  reserveNumber(authorityId: string): Promise<bigint>
  /**
   * The complete list of a reserved number, in its frame: every revocation that {@link reserveNumber} says, whose certificate expires after `expiredBefore`.
   * With `shard`, those of its certificates alone; stand-ins are in none. However long, it does not hold up the calling thread.
   */
  assemble(
    authorityId: string,
    crlNumber: bigint,
    expiredBefore: Date,
    frame: ListFrame,
    shard?: CrlShard,
  ): Promise<UnsignedList>
  /** Joins a list without storing it, and without holding up the calling thread. The pieces are given away, as to {@link publish}. */
  join(list: SignedList): Promise<CrlRecord>
  /**
   * Notes how lists are split from `at` on (`undefined`: not at all), and returns that and what was in use before, newest first: certificates name those lists. What went
   * out of use before `since` is left out, but not forgotten: the clock may be wrong.
   */
  useSharding(use: {
    readonly authorityId: string
    readonly sharding: CrlSharding | undefined
    readonly at: Date
    readonly since: Date
  }): Promise<CrlSharding[]>
  /**
   * What list `upTo` shows otherwise than list `after`, one entry for each certificate, by serial number as text: as it stands in `upTo`, or, if it was on
   * hold in `after` and is revoked no longer, with the reason `removeFromCRL`. `upTo` must be reserved.
   * `undefined` if that is more than `limit` entries: such a verifier is better served with the whole list. So is one at a number before {@link startOver}.
   */
  changes(
    authorityId: string,
    after: bigint,
    upTo: bigint,
    limit: number,
  ): Promise<RevokedEntry[] | undefined>
  /**
   * Never gives a number below `crlNumber` again. Those that this leaves out were given by nobody, unless by a history that is lost. Does nothing if the next
   * number is that high already.
   */
  skipTo(authorityId: string, crlNumber: bigint): Promise<void>
  /** From now on nothing leads from a list below the authority's next number to a later one: what it showed cannot be relied on. */
  startOver(authorityId: string): Promise<void>
  /** True if the number was given by {@link reserveNumber}: neither a later one, nor one that was skipped. */
  wasGiven(authorityId: string, crlNumber: bigint): Promise<boolean>
  /** Number of the CRL in which a revocation stored now would be listed, without taking it. */
  nextNumber(authorityId: string): Promise<bigint>
  /** True if a revocation, or the end of one, is stored that the published list does not show. */
  hasUnpublished(authorityId: string): Promise<boolean>
  /** True if a revocation, or the end of one, is stored that lists up to `crlNumber` do not show. */
  hasChanged(authorityId: string, crlNumber: bigint): Promise<boolean>
  /** True if that many revocations are stored, those of expired certificates too. */
  hasRevocations(authorityId: string, count: number): Promise<boolean>
  /**
   * Stores the newest list, without holding up other writes. If the stored one has a higher number, another process was faster: that one stays. Rejects for the
   * very number of the stored one. The pieces are given away: what they were is in the answer.
   */
  publish(list: SignedList): Promise<CrlRecord>
  /** The list that was stored last, if it is still there and whole: it can be made anew. */
  latest(authorityId: string): Promise<CrlRecord | undefined>
}

export interface TokenStore {
  /**
   * Records what a token carries, before anybody has it. `client_changed`, and nothing changes, unless its client is still active and at `clientVersion`: what takes a
   * scope from a client finds every token that has it.
   */
  record(token: TokenRecord, clientVersion: number, audit: AuditEntry): Promise<'recorded' | 'client_changed'>
  /**
   * Revokes a token, from the next lists of every issuing authority on, by its stand-in serial number with the reason unspecified. One that is revoked already,
   * until then or later, stays as it is; if it turns out to live longer it is listed anew for as long. `too_many` if `maxOfClient` other tokens of the client are kept as revoked.
   */
  revoke(revocation: TokenRevocation, audit: AuditEntry): Promise<TokenRevocationResult>
  /** A part of every decision about a token: one point read, on the calling thread, not queued behind writes. */
  isRevoked(tokenId: string): boolean
  /** Forgets recorded tokens that expired before then, a bounded number per call; returns how many. What was revoked stays so. */
  pruneRecorded(expiredBefore: Date): Promise<number>
  /** Forgets revoked tokens that expired before then, a bounded number per call, also in lists; returns how many. */
  prune(expiredBefore: Date): Promise<number>
}

/** An issued token. */
export interface TokenRecord {
  /** Given to no other token. */
  readonly tokenId: string
  readonly clientId: string
  readonly scopes: readonly string[]
  readonly expiresAt: Date
}

export interface TokenRevocation {
  readonly tokenId: string
  /** Whose it is, if that is known. */
  readonly clientId: string | undefined
  readonly expiresAt: Date
  readonly at: Date
  readonly maxOfClient?: number
}

export type TokenRevocationResult =
  ({ readonly outcome: 'revoked' | 'already_revoked' } & Relisting) | { readonly outcome: 'too_many' }

export interface NonceStore {
  /**
   * Claims a nonce for one key until `expiresAt`: `claimed` only for the first claim. Two concurrent claims of one nonce never both
   * succeed, a successful claim survives a crash, and claims past their `expiresAt` (judged by `at`) do not count.
   * `full` when `limit` nonces are stored, expired ones that were not pruned too, unless it takes the place of one: the request must then be refused. Only
   * {@link prune} forgets: the clock that a claim is made by may be wrong.
   */
  claim(nonce: NonceClaim, limit: number): Promise<'claimed' | 'replayed' | 'full'>
  /** Removes claims that expired before `at`, a bounded number per call; returns how many. */
  prune(at: Date): Promise<number>
}

export interface NonceClaim {
  /** SHA-256 of the signer's SubjectPublicKeyInfo: a renewed certificate of the same key opens no second chance. */
  readonly keyId: Uint8Array
  readonly nonce: string
  readonly at: Date
  readonly expiresAt: Date
}

/** The public side of a key that tokens are signed with. */
export interface TokenKeyRecord {
  /** 1, 2, 3 …; never given twice. */
  readonly sequence: number
  readonly algorithm: SigningAlgorithm
  /** SubjectPublicKeyInfo. */
  readonly publicKeyDer: Uint8Array
  readonly createdAt: Date
  /** It signs from this instant on, until a later one does. */
  readonly signsFrom: Date
}

export interface TokenKeyStore {
  /** Adds the key after the newest. `taken`, and nothing changes, if its sequence is not the next: another process was faster. */
  add(key: TokenKeyRecord, audit: AuditEntry): Promise<'added' | 'taken'>
  /** All of them, by sequence. */
  list(): Promise<TokenKeyRecord[]>
  /** Removes those before a sequence, never the newest; returns how many. None, no entry. */
  removeBefore(sequence: number, audit: AuditEntry): Promise<number>
}

/** One thing that happened, to be chained. `details` holds ids and numbers only. */
export interface AuditEntry {
  readonly at: Date
  /** Client id of the caller, or `system`. */
  readonly actor: string
  /** `certificate.issue`, `certificate.revoke`, `certificate.unrevoke`, `client.create`, `client.set_scopes`, `client.lock`, `client.unlock`, `client.remove`, `authority.create`, `token.issue`, `token.key_add`, `token.key_remove`, `token.revoke`, `init`. */
  readonly action: string
  /** What it was done to: client id, serial number, authority id. */
  readonly subject: string
  readonly details: Readonly<Record<string, string | number | boolean | readonly string[]>>
}

/** An entry in its place in the chain. */
export interface AuditRecord extends AuditEntry {
  /** 1, 2, 3 … without gaps. */
  readonly sequence: bigint
  readonly previousHash: Uint8Array
  /** SHA-256 as `core/audit-chain.ts` defines it. */
  readonly hash: Uint8Array
}

export interface AuditStore {
  /** Appends an entry that accompanies no other write. */
  append(entry: AuditEntry): Promise<void>
  /** In order, starting after `afterSequence`. */
  list(query: { afterSequence: bigint; limit: number }): Promise<AuditRecord[]>
}
