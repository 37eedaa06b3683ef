import { encodeUtf8 } from '../../src/core/bytes.ts'
import { sha256 } from '../../src/core/crypto.ts'
import type {
  AuditEntry,
  AuthorityRecord,
  CertificateRecord,
  ClientRecord,
  IdempotencyClaim,
  NonceClaim,
  RevokeCommand,
  RevokeTarget,
  Store,
} from '../../src/store/store.ts'

/** The instant at which store tests happen. */
export const NOW = new Date('2030-01-01T00:00:00.123Z')

/** An instant some seconds after {@link NOW}. */
export function secondsLater(seconds: number): Date {
  return new Date(NOW.getTime() + seconds * 1000)
}

export function digestOf(octet: number): Uint8Array {
  return new Uint8Array(32).fill(octet)
}

export function auditEntry(changes: Partial<AuditEntry> = {}): AuditEntry {
  return { at: NOW, actor: 'admin', action: 'test.act', subject: 'thing', details: { note: 'n' }, ...changes }
}

export function authorityRecord(changes: Partial<AuthorityRecord> = {}): AuthorityRecord {
  return {
    id: 'issuing-1',
    role: 'issuing',
    certificateDer: Uint8Array.of(0x30, 0),
    keyName: 'issuing-1.key',
    createdAt: NOW,
    ...changes,
  }
}

export function clientRecord(changes: Partial<ClientRecord> = {}): ClientRecord {
  return {
    clientId: 'alice',
    displayName: 'Alice',
    grantedScopes: ['bob.user.read', 'bob.user.write'],
    profiles: ['client'],
    dnsNames: ['alice.internal'],
    state: 'active',
    lockMessage: '',
    createdAt: NOW,
    updatedAt: NOW,
    version: 1,
    ...changes,
  }
}

export function certificateRecord(changes: Partial<CertificateRecord> = {}): CertificateRecord {
  return {
    authorityId: 'issuing-1',
    serialNumber: '0a01',
    clientId: 'alice',
    profile: 'client',
    scopes: ['bob.user.read', 'bob.user.write'],
    notBefore: secondsLater(-60),
    notAfter: secondsLater(3600),
    der: Uint8Array.of(0x30, 1, 2),
    certificateSha256: digestOf(1),
    // A key of its own, as every certificate should have.
    publicKeySha256: new Uint8Array(sha256(encodeUtf8(changes.serialNumber ?? '0a01'))),
    issuedAt: NOW,
    replacesSerialNumber: undefined,
    revocation: undefined,
    ...changes,
  }
}

export function idempotencyClaim(changes: Partial<IdempotencyClaim> = {}): IdempotencyClaim {
  return {
    callerId: 'admin',
    key: 'key-1',
    requestDigest: digestOf(7),
    expiresAt: secondsLater(60),
    ...changes,
  }
}

export function nonceClaim(changes: Partial<NonceClaim> = {}): NonceClaim {
  return { keyId: digestOf(9), nonce: 'nonce-0123456789', at: NOW, expiresAt: secondsLater(90), ...changes }
}

export function revokeCommand(target: RevokeTarget, changes: Partial<RevokeCommand> = {}): RevokeCommand {
  return {
    target,
    reason: 'keyCompromise',
    invalidityDate: undefined,
    at: NOW,
    maxCount: 100,
    dryRun: false,
    ...changes,
  }
}

/** Names one certificate of `issuing-1`. */
export function serialTarget(serialNumber: string): RevokeTarget {
  return { kind: 'serial', authorityId: 'issuing-1', serialNumber }
}

/** A serial number made from a count. */
export function serialOf(count: number): string {
  return (0x10_0000 + count).toString(16)
}

/** Gives the store the authority `issuing-1` and the client `alice`. */
export async function seed(store: Store): Promise<void> {
  await store.authorities.create(authorityRecord(), auditEntry({ action: 'authority.create' }))
  await store.clients.create(clientRecord(), auditEntry({ action: 'client.create' }))
}

/** Inserts a certificate of `alice` at version 1. */
export async function insertCertificate(
  store: Store,
  changes: Partial<CertificateRecord> = {},
): Promise<CertificateRecord> {
  const certificate = certificateRecord(changes)
  const result = await store.certificates.insert(certificate, { clientVersion: 1 }, auditEntry())
  if (result.outcome !== 'inserted') throw new Error(`not inserted: ${result.outcome}`)
  return certificate
}
