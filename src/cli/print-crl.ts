import { formatHex } from '../core/bytes.ts'
import { sha256 } from '../core/crypto.ts'
import { standInKind } from '../core/revocation/stand-in-serial.ts'
import { formatName } from '../core/x509/name.ts'
import { formatSerialNumber } from '../core/x509/serial-number.ts'
import type { CertificateList } from '../core/x509/types.ts'
import type { Json } from './format-json.ts'
import { formatFields, formatTable } from './format-table.ts'
import { formatGeneralName } from './print-certificate.ts'
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
    distribution_point: namesOf(list) ?? null,
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
      ['speaks of', formatScope(list)],
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

/** How the list names the part that it speaks of; `undefined` if it does not name one. */
function namesOf({ issuingDistributionPoint: point }: CertificateList): readonly string[] | undefined {
  if (point?.name === undefined) return undefined
  return point.name.type === 'full'
    ? point.name.names.map(formatGeneralName)
    : [`relative:${formatHex(point.name.rdnDer)}`]
}

/** RFC 5280 section 5.2.5, for people. */
function formatScope(list: CertificateList): string {
  const point = list.issuingDistributionPoint
  if (point === undefined) return 'all certificates of the issuer'
  const kinds = [
    point.onlyContainsUserCerts ? 'user certificates' : '',
    point.onlyContainsCaCerts ? 'CA certificates' : '',
    point.onlyContainsAttributeCerts ? 'attribute certificates' : '',
  ].filter((kind) => kind !== '')
  const names = namesOf(list)
  const parts = [
    kinds[0] ?? 'certificates',
    ...(names === undefined ? [] : [`that name ${names.join(' or ')}`]),
    ...(point.onlySomeReasons === undefined ? [] : [`for ${[...point.onlySomeReasons].join(', ')}`]),
    ...(point.indirectCrl ? ['of several issuers'] : []),
  ]
  return parts.join(' ')
}

function* takeEntries(list: CertificateList, limit: number) {
  let taken = 0
  for (const entry of list.entries()) {
    if (taken++ >= limit) return
    yield entry
  }
}
