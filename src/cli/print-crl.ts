import { formatHex } from '../core/bytes.ts'
import { sha256 } from '../core/crypto.ts'
import { standInKind } from '../core/revocation/stand-in-serial.ts'
import { formatName } from '../core/x509/name.ts'
import { formatSerialNumber } from '../core/x509/serial-number.ts'
import type { CertificateList } from '../core/x509/types.ts'
import type { Json } from './format-json.ts'
import { formatFields, formatTable } from './format-table.ts'
import { formatInstant, formatInstantWithDistance } from './format-time.ts'

/** Headings of {@link formatCrlRow}. */
export const CRL_HEADINGS: readonly string[] = ['NUMBER', 'ENTRIES', 'THIS UPDATE', 'NEXT UPDATE']

/** One list in one row of a table. */
export function formatCrlRow(list: CertificateList, now: Date): readonly string[] {
  return [
    list.crlNumber === undefined ? '-' : String(list.crlNumber),
    String(list.entryCount),
    formatInstant(list.thisUpdate),
    formatInstantWithDistance(list.nextUpdate, now),
  ]
}

/** One list for scripts, without its entries. */
export function crlToJson(list: CertificateList, more: Readonly<Record<string, Json>> = {}): Json {
  return {
    ...more,
    issuer: formatName(list.issuer),
    crl_number: list.crlNumber === undefined ? null : Number(list.crlNumber),
    base_crl_number: list.baseCrlNumber === undefined ? null : Number(list.baseCrlNumber),
    this_update: formatInstant(list.thisUpdate),
    next_update: list.nextUpdate === undefined ? null : formatInstant(list.nextUpdate),
    entry_count: list.entryCount,
    crl_sha256: formatHex(sha256(list.der)),
  }
}

/** Entries of a list for scripts. */
export function crlEntriesToJson(list: CertificateList, limit: number): readonly Json[] {
  return Array.from(takeEntries(list, limit), (entry) => ({
    serial_number: formatSerialNumber(entry.serialNumber),
    names: standInKind(entry.serialNumber) ?? 'certificate',
    revocation_date: formatInstant(entry.revocationDate),
    reason: entry.reason ?? null,
    invalidity_date: entry.invalidityDate === undefined ? null : formatInstant(entry.invalidityDate),
  }))
}

/** A list and its first entries for people. */
export function formatCrl(list: CertificateList, now: Date, limit: number): string {
  const rows = Array.from(takeEntries(list, limit), (entry) => [
    formatSerialNumber(entry.serialNumber),
    standInKind(entry.serialNumber) ?? 'certificate',
    formatInstant(entry.revocationDate),
    entry.reason ?? '-',
    formatInstant(entry.invalidityDate),
  ])
  const rest = list.entryCount - rows.length
  return (
    formatFields([
      ['issuer', formatName(list.issuer)],
      ['crl number', list.crlNumber === undefined ? '-' : String(list.crlNumber)],
      [
        'base crl number',
        list.baseCrlNumber === undefined ? '- (complete list)' : String(list.baseCrlNumber),
      ],
      ['this update', formatInstantWithDistance(list.thisUpdate, now)],
      ['next update', formatInstantWithDistance(list.nextUpdate, now)],
      ['entries', String(list.entryCount)],
      ['signature', list.signatureAlgorithm.oid],
      ['sha-256', formatHex(sha256(list.der))],
    ]) +
    (rows.length === 0
      ? ''
      : `\n${formatTable(['SERIAL NUMBER', 'NAMES', 'REVOKED', 'REASON', 'INVALID SINCE'], rows)}`) +
    (rest > 0 ? `... and ${rest} more; see --limit\n` : '')
  )
}

function* takeEntries(list: CertificateList, limit: number) {
  let taken = 0
  for (const entry of list.entries()) {
    if (taken++ >= limit) return
    yield entry
  }
}
