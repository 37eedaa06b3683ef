import { MalformedError } from '../../../../src/core/errors.ts'
import { AuthorityServiceService } from '../../../../src/gen/chancery/v1/authority_service.ts'
import type { AuthorityRpc } from '../authority/authority-rpc.ts'
import type { TrustFacts } from './trust-snapshot.ts'

/** What the authority says, and when it wants to be asked again. */
export interface FetchedTrust {
  readonly facts: TrustFacts
  readonly refreshMs: number
}

/**
 * Asks the authority whom to trust.
 *
 * @throws ChanceryError; {@link MalformedError} `trust.authorities` if not every certificate has its id
 */
export async function fetchTrust(rpc: Pick<AuthorityRpc, 'call'>, timeoutMs: number): Promise<FetchedTrust> {
  const bundle = await rpc.call(AuthorityServiceService.getTrustBundle, {}, { deadlineMs: timeoutMs })
  const { seconds = 0n } = bundle.refreshHint ?? {}
  return {
    refreshMs: Number(seconds) * 1000,
    facts: {
      trustDomain: bundle.trustDomain,
      sequence: bundle.sequence,
      scopeExtensionOid: bundle.scopeExtensionOid,
      authorities: [
        ...nameEach('root', bundle.rootsDer, bundle.rootIds),
        ...nameEach('issuing', bundle.intermediatesDer, bundle.intermediateIds),
      ],
      tokenIssuers: bundle.tokenIssuers,
    },
  }
}

function nameEach(role: 'root' | 'issuing', certificates: readonly Uint8Array[], ids: readonly string[]) {
  if (ids.length !== certificates.length)
    throw new MalformedError('trust.authorities', 'the bundle has not one id for each certificate')
  return certificates.map((certificateDer, i) => ({ id: ids[i]!, role, certificateDer }))
}
