import { equalBytes } from '../../../../src/core/bytes.ts'
import { MalformedError } from '../../../../src/core/errors.ts'
import {
  type Authority,
  AuthorityRole,
  AuthorityServiceService,
} from '../../../../src/gen/chancery/v1/authority_service.ts'
import type { AuthorityRpc } from '../authority/authority-rpc.ts'
import type { TrustFacts } from './trust-snapshot.ts'

/** What the authority says, and when it wants to be asked again. */
export interface FetchedTrust {
  readonly facts: TrustFacts
  readonly refreshMs: number
}

/**
 * Asks the authority whom to trust: the bundle, and the ids under which its authorities sign lists.
 *
 * @throws ServiceError of grpc-js; {@link MalformedError} `trust.authorities` if the two answers do not fit, as between them something changed
 */
export async function fetchTrust(rpc: Pick<AuthorityRpc, 'call'>, timeoutMs: number): Promise<FetchedTrust> {
  const [bundle, { authorities }] = await Promise.all([
    rpc.call(AuthorityServiceService.getTrustBundle, {}, { deadlineMs: timeoutMs }),
    rpc.call(AuthorityServiceService.listAuthorities, {}, { deadlineMs: timeoutMs }),
  ])
  const name = (role: 'root' | 'issuing', ders: readonly Uint8Array[]) =>
    ders.map((certificateDer) => ({ id: idOf(certificateDer, role, authorities), role, certificateDer }))
  const { seconds = 0n } = bundle.refreshHint ?? {}
  return {
    refreshMs: Number(seconds) * 1000,
    facts: {
      trustDomain: bundle.trustDomain,
      sequence: bundle.sequence,
      scopeExtensionOid: bundle.scopeExtensionOid,
      authorities: [...name('root', bundle.rootsDer), ...name('issuing', bundle.intermediatesDer)],
      tokenIssuers: bundle.tokenIssuers,
    },
  }
}

const ROLES = {
  root: AuthorityRole.AUTHORITY_ROLE_ROOT,
  issuing: AuthorityRole.AUTHORITY_ROLE_ISSUING,
} as const

function idOf(der: Uint8Array, role: 'root' | 'issuing', authorities: readonly Authority[]): string {
  const found = authorities.find((one) => one.role === ROLES[role] && equalBytes(one.certificateDer, der))
  if (!found)
    throw new MalformedError('trust.authorities', 'a certificate of the bundle is that of no authority')
  return found.id
}
