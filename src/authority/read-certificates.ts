import { DomainError } from '../core/errors.ts'
import { parseClientId } from '../core/issuance/client-identity.ts'
import { parseScope } from '../core/scope/scope.ts'
import type { CertificatePage, CertificateQuery, CertificateRecord, Store } from '../store/store.ts'
import { requireRight } from './access.ts'
import { parseSerialNumber } from './fields.ts'
import type { Authorities } from './issuing-authority.ts'
import { countFitting } from './page-fit.ts'
import { formatPageToken, pageTokenInvalid, parsePageSize, parsePageToken } from './page-token.ts'
import type { Caller, Clock } from './ports.ts'

export interface InventoryDependencies {
  readonly store: Pick<Store, 'certificates'>
  readonly authorities: Authorities
  readonly clock: Clock
}

/**
 * Returns one certificate. A client may read its own; of others it does not even learn whether they exist.
 *
 * @throws {@link DomainError} CALLER_NOT_ALLOWED, CERTIFICATE_NOT_FOUND, AUTHORITY_NOT_FOUND, FIELD_INVALID
 */
export async function getCertificate(
  deps: InventoryDependencies,
  caller: Caller,
  request: { serialNumber: string; authority: string },
): Promise<CertificateRecord> {
  const serialNumber = parseSerialNumber(request.serialNumber, 'serial_number')
  const authorityId = authorityOrIssuing(deps.authorities, request.authority)
  const certificate = await deps.store.certificates.get(authorityId, serialNumber)
  if (certificate?.clientId !== caller.clientId) requireRight(caller, 'chancery.certificates.read')
  if (certificate === undefined) throw certificateNotFound(authorityId, serialNumber)
  return certificate
}

export interface ListCertificatesRequest {
  readonly pageSize: number
  readonly pageToken: string
  /** Empty: any. */
  readonly clientId: string
  /** Empty: any. */
  readonly scope: string
  readonly state: 'active' | 'revoked' | 'expired' | undefined
  readonly expiresBefore: Date | undefined
  readonly expiresAtOrAfter: Date | undefined
}

/**
 * Lists certificates, newest first. Without the right to read all, a client sees its own.
 *
 * @throws {@link DomainError} CALLER_NOT_ALLOWED, FIELD_INVALID, SCOPE_MALFORMED, PAGE_TOKEN_INVALID
 */
export async function listCertificates(
  deps: InventoryDependencies,
  caller: Caller,
  request: ListCertificatesRequest,
): Promise<{ certificates: CertificateRecord[]; nextPageToken: string }> {
  if (request.clientId !== caller.clientId) requireRight(caller, 'chancery.certificates.read')
  const query: CertificateQuery = {
    limit: parsePageSize(request.pageSize),
    at: deps.clock.now(),
    ...(request.clientId !== '' && { clientId: parseClientId(request.clientId) }),
    ...(request.scope !== '' && { scope: parseScope(request.scope) }),
    ...(request.state !== undefined && { state: request.state }),
    ...(request.expiresBefore !== undefined && { expiresBefore: request.expiresBefore }),
    ...(request.expiresAtOrAfter !== undefined && { expiresAtOrAfter: request.expiresAtOrAfter }),
  }
  const filter = [
    'certificates',
    query.clientId,
    query.scope,
    query.state,
    query.expiresBefore,
    query.expiresAtOrAfter,
  ]
  const position = parsePageToken(request.pageToken, filter)
  const page = await listFitting(deps, {
    ...query,
    ...(position !== undefined && { cursor: parseCursor(position) }),
  })
  return {
    certificates: page.certificates,
    nextPageToken: page.nextCursor === undefined ? '' : formatPageToken(page.nextCursor.toString(), filter),
  }
}

/** A page whose certificates carry so many scopes that no message can hold them is asked for again, shorter. */
async function listFitting(deps: InventoryDependencies, query: CertificateQuery): Promise<CertificatePage> {
  const page = await deps.store.certificates.list(query)
  const limit = countFitting(page.certificates, ({ scopes }) => scopes)
  return limit < page.certificates.length ? listFitting(deps, { ...query, limit }) : page
}

/** The digest in a token is no secret: whoever makes a token up must hear the same as for one that is not ours. */
function parseCursor(position: string): bigint {
  if (!/^\d{1,19}$/.test(position)) throw pageTokenInvalid()
  return BigInt(position)
}

/** @throws {@link DomainError} AUTHORITY_NOT_FOUND */
export function authorityOrIssuing(authorities: Authorities, id: string): string {
  if (id === '') return authorities.issuing.id
  if (!authorities.all.some((authority) => authority.id === id)) {
    throw new DomainError(
      'AUTHORITY_NOT_FOUND',
      `There is no authority ${id.slice(0, 64)}. See ListAuthorities.`,
      {
        authority: id.slice(0, 64),
      },
    )
  }
  return id
}

export function certificateNotFound(authorityId: string, serialNumber: string): DomainError {
  return new DomainError(
    'CERTIFICATE_NOT_FOUND',
    `Authority ${authorityId} has issued no certificate with the serial number ${serialNumber}.`,
    { authority: authorityId, serial_number: serialNumber },
  )
}
