import type { CrlReason } from '../../core/x509/types.ts'
import {
  type AuditRecord,
  type AuthorityRecord,
  type CertificateRecord,
  type ClientRecord,
  type CrlRecord,
  type RevocationRecord,
  type RevokedEntry,
  StoreError,
} from '../store.ts'

/** Rows as SQLite gives them, and their records. Names of columns are those of the migrations. */

export interface AuthorityRow {
  readonly id: string
  readonly role: 'root' | 'issuing'
  readonly certificate_der: Buffer
  readonly key_name: string
  readonly created_at: number
}

export interface ClientRow {
  readonly client_id: string
  readonly display_name: string
  readonly granted_scopes: string
  readonly profiles: string
  readonly dns_names: string
  readonly state: 'active' | 'locked'
  readonly lock_message: string
  readonly created_at: number
  readonly updated_at: number
  readonly version: number
}

/** From a left join: all null for a certificate that is not revoked. */
export interface RevocationRow {
  readonly crl_number: number | null
  readonly revoked_at: number | null
  readonly reason: CrlReason | null
  readonly invalidity_date: number | null
}

export interface CertificateRow extends RevocationRow {
  readonly id: number
  readonly authority_id: string
  readonly serial_number: string
  readonly client_id: string
  readonly profile: string
  readonly scopes: string
  readonly not_before: number
  readonly not_after: number
  readonly der: Buffer
  readonly certificate_sha256: Buffer
  readonly public_key_sha256: Buffer
  readonly issued_at: number
  readonly replaces_serial_number: string | null
}

/** Selects a {@link CertificateRow}. */
export const SELECT_CERTIFICATE = `
  SELECT c.*, r.crl_number, r.revoked_at, r.reason, r.invalidity_date
  FROM certificates c
  LEFT JOIN revocations r ON r.authority_id = c.authority_id AND r.serial_number = c.serial_number`

export interface CrlRow {
  readonly authority_id: string
  readonly crl_number: number
  readonly this_update: number
  readonly next_update: number
  readonly entry_count: number
  readonly sha256: Buffer
}

/** One line of a list. */
export interface EntryRow {
  readonly serial_number: string
  readonly revoked_at: number
  readonly reason: CrlReason
  readonly invalidity_date: number | null
}

export interface AuditRow {
  readonly sequence: number
  readonly at: number
  readonly actor: string
  readonly action: string
  readonly subject: string
  readonly details: string
  readonly previous_hash: Buffer
  readonly hash: Buffer
}

export function authorityOf(row: AuthorityRow): AuthorityRecord {
  return {
    id: row.id,
    role: row.role,
    certificateDer: bytesOf(row.certificate_der),
    keyName: row.key_name,
    createdAt: new Date(row.created_at),
  }
}

export function clientOf(row: ClientRow): ClientRecord {
  return {
    clientId: row.client_id,
    displayName: row.display_name,
    grantedScopes: textsOf(row.granted_scopes),
    profiles: textsOf(row.profiles),
    dnsNames: textsOf(row.dns_names),
    state: row.state,
    lockMessage: row.lock_message,
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
    version: row.version,
  }
}

export function certificateOf(row: CertificateRow): CertificateRecord {
  return {
    authorityId: row.authority_id,
    serialNumber: row.serial_number,
    clientId: row.client_id,
    profile: row.profile,
    scopes: textsOf(row.scopes),
    notBefore: new Date(row.not_before),
    notAfter: new Date(row.not_after),
    der: bytesOf(row.der),
    certificateSha256: bytesOf(row.certificate_sha256),
    publicKeySha256: bytesOf(row.public_key_sha256),
    issuedAt: new Date(row.issued_at),
    replacesSerialNumber: row.replaces_serial_number ?? undefined,
    revocation: revocationOf(row),
  }
}

export function revocationOf(row: RevocationRow): RevocationRecord | undefined {
  if (row.crl_number === null || row.revoked_at === null || row.reason === null) return undefined
  return {
    revokedAt: new Date(row.revoked_at),
    reason: row.reason,
    invalidityDate: row.invalidity_date === null ? undefined : new Date(row.invalidity_date),
    crlNumber: BigInt(row.crl_number),
  }
}

export function crlOf(row: CrlRow): Omit<CrlRecord, 'der'> {
  return {
    authorityId: row.authority_id,
    crlNumber: BigInt(row.crl_number),
    thisUpdate: new Date(row.this_update),
    nextUpdate: new Date(row.next_update),
    entryCount: row.entry_count,
    sha256: bytesOf(row.sha256),
  }
}

export function entryOf(row: EntryRow): RevokedEntry {
  return {
    serialNumber: row.serial_number,
    revokedAt: new Date(row.revoked_at),
    reason: row.reason,
    invalidityDate: row.invalidity_date === null ? undefined : new Date(row.invalidity_date),
  }
}

export function auditRecordOf(row: AuditRow): AuditRecord {
  return {
    sequence: BigInt(row.sequence),
    at: new Date(row.at),
    actor: row.actor,
    action: row.action,
    subject: row.subject,
    details: JSON.parse(row.details) as AuditRecord['details'],
    previousHash: bytesOf(row.previous_hash),
    hash: bytesOf(row.hash),
  }
}

/** Plain octets: the contract knows nothing of Buffers. */
export function bytesOf(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
}

/** Reads a list of texts from its column. */
export function textsOf(json: string): string[] {
  return JSON.parse(json) as string[]
}

/** @throws {@link StoreError} for an invalid date, which SQLite would store as NULL. */
export function millisecondsOf(instant: Date): number {
  const milliseconds = instant.getTime()
  if (!Number.isInteger(milliseconds)) throw new StoreError('an instant is not a valid date')
  return milliseconds
}
