import type { Standing } from '../decision/revocation-source.ts'
import type { TokenContext, TokenIssuer } from '../decision/token-trust.ts'
import { clientStandIn, tokenStandIn } from './stand-in-serial.ts'

/** What signed lists say of any serial number, also one that is no certificate's. */
export interface ListJudge {
  /** `authorityId`: whose lists. */
  judge(authorityId: string, serialNumber: Uint8Array): Standing
}

/**
 * Tokens as a verifier judges them that has signed lists and nothing else: they name revoked tokens, and clients that are locked or were removed. What any list says
 * against a token or its client counts whatever the time. That they say nothing counts as long as the lists of the issuer's authority are relied on, as for a
 * certificate. A scope that was taken from a client is in no list, but the tokens that carry it are.
 */
export function createListedTokens(options: {
  readonly issuers: readonly TokenIssuer[]
  /** All whose lists may name tokens and clients: the service lists them under each issuing authority that it has at the time. */
  readonly authorityIds: readonly string[]
  readonly lists: ListJudge
  /** Ids of tokens that are known to be revoked from elsewhere. */
  readonly revoked?: ReadonlySet<string>
}): TokenContext {
  const { issuers, authorityIds, lists, revoked } = options
  function findRevoked(serialNumber: Uint8Array) {
    for (const authorityId of authorityIds) {
      const said = lists.judge(authorityId, serialNumber)
      if (said.standing === 'revoked') return said
    }
    return undefined
  }
  return {
    issuer: (iss) => issuers.find(({ issuer }) => issuer === iss),
    standing({ tokenId, clientId }, { authorityId }) {
      const serialNumber = tokenStandIn(tokenId)
      if (revoked?.has(tokenId) || findRevoked(serialNumber)) return { standing: 'revoked' }
      const client = findRevoked(clientStandIn(clientId))
      if (client) {
        return {
          standing: 'good',
          clientState: client.reason === 'certificateHold' ? 'locked' : 'missing',
        }
      }
      // Whoever names no authority for an issuer has no lists that say of its tokens that they are good.
      const said = authorityId === undefined ? undefined : lists.judge(authorityId, serialNumber)
      if (said?.standing !== 'good') return { standing: 'unknown' }
      return { standing: 'good', clientState: undefined, until: said.until }
    },
  }
}
