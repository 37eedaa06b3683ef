import type { Database } from 'better-sqlite3'
import type { CertificatePage, CertificateQuery } from '../store.ts'
import { type CertificateRow, SELECT_CERTIFICATE, certificateOf, millisecondsOf } from './rows.ts'
import { yieldToEventLoop } from './yield.ts'

/** Candidates looked at before the event loop gets its turn: some milliseconds. */
const ROWS_PER_TURN = 2_000

type Parameters = Record<string, string | number | bigint>

/**
 * The `list` of the contract. Walks down from the newest candidate in slices of bounded size, whatever the filters, so that a
 * filter which matches nothing in a table of millions holds up nobody.
 */
export function createListCertificates(
  database: Database,
): (query: CertificateQuery) => Promise<CertificatePage> {
  return async (query) => {
    const parameters = parametersOf(query)
    const selectFloor = database.prepare<Parameters, number | null>(floorSql(query)).pluck()
    const selectRows = database.prepare<Parameters, CertificateRow>(sliceSql(query))
    const rows: CertificateRow[] = []
    for (let before = firstBefore(query); ; await yieldToEventLoop()) {
      const floor = selectFloor.get({ ...parameters, before, slice: ROWS_PER_TURN })
      if (floor === null || floor === undefined) return pageOf(rows, query.limit)
      // One more than asked for tells whether there is a next page.
      const limit = query.limit + 1 - rows.length
      rows.push(...selectRows.all({ ...parameters, before, floor, limit }))
      if (rows.length > query.limit) return pageOf(rows, query.limit)
      before = BigInt(floor)
    }
  }
}

function pageOf(rows: readonly CertificateRow[], limit: number): CertificatePage {
  const page = rows.slice(0, limit)
  return {
    certificates: page.map(certificateOf),
    nextCursor: rows.length > limit ? BigInt(page.at(-1)?.id ?? 0) : undefined,
  }
}

/** Cursors come from tokens that a caller may have made up; SQLite has 63 bits. */
function firstBefore({ cursor }: CertificateQuery): bigint {
  const highest = 2n ** 63n - 1n
  if (cursor === undefined || cursor > highest) return highest
  return cursor < 0n ? 0n : cursor
}

/** Id of the last candidate of the next slice, found in the index that narrows most. */
function floorSql({ scope, clientId }: CertificateQuery): string {
  const [table, id, where] =
    scope !== undefined
      ? ['certificate_scopes', 'certificate_id', 'scope = :scope AND']
      : ['certificates', 'id', clientId === undefined ? '' : 'client_id = :clientId AND']
  return `SELECT min(id) FROM (
    SELECT ${id} AS id FROM ${table} WHERE ${where} ${id} < :before ORDER BY ${id} DESC LIMIT :slice)`
}

function sliceSql(query: CertificateQuery): string {
  const conditions = ['c.id < :before', 'c.id >= :floor', ...filtersOf(query)]
  const candidates =
    query.scope === undefined
      ? SELECT_CERTIFICATE
      : SELECT_CERTIFICATE.replace(
          'FROM certificates c',
          `FROM certificate_scopes s
           CROSS JOIN certificates c ON s.scope = :scope AND s.certificate_id = c.id`,
        )
  return `${candidates} WHERE ${conditions.join(' AND ')} ORDER BY c.id DESC LIMIT :limit`
}

function filtersOf({ clientId, state, expiresBefore, expiresAtOrAfter }: CertificateQuery): string[] {
  const filters: string[] = []
  if (clientId !== undefined) filters.push('c.client_id = :clientId')
  if (state === 'active') filters.push('r.crl_number IS NULL AND c.not_after >= :at')
  if (state === 'expired') filters.push('r.crl_number IS NULL AND c.not_after < :at')
  if (state === 'revoked') filters.push('r.crl_number IS NOT NULL')
  if (expiresBefore !== undefined) filters.push('c.not_after < :expiresBefore')
  if (expiresAtOrAfter !== undefined) filters.push('c.not_after >= :expiresAtOrAfter')
  return filters
}

function parametersOf({
  clientId,
  scope,
  at,
  expiresBefore,
  expiresAtOrAfter,
}: CertificateQuery): Parameters {
  return {
    at: millisecondsOf(at),
    ...(clientId !== undefined && { clientId }),
    ...(scope !== undefined && { scope }),
    ...(expiresBefore !== undefined && { expiresBefore: millisecondsOf(expiresBefore) }),
    ...(expiresAtOrAfter !== undefined && { expiresAtOrAfter: millisecondsOf(expiresAtOrAfter) }),
  }
}
