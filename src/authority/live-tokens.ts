import type { TokenContext, TokenIssuer } from '../core/decision/token-trust.ts'
import { grantCovers } from '../core/scope/scope-set.ts'
import type { Store } from '../store/store.ts'

/**
 * The service's own tokens as it knows them itself: the client's state and grant are read anew for every decision, and whether it was revoked. What takes a scope from a client revokes its tokens that carry it; the grant is looked at
 * nevertheless, since those that an earlier release issued are not on record.
 */
export function createLiveTokens(
  store: Pick<Store, 'clients' | 'tokens'>,
  issuer: TokenIssuer,
): TokenContext {
  return {
    issuer: (iss) => (iss === issuer.issuer ? issuer : undefined),
    async standing({ tokenId, clientId, scopes }) {
      if (store.tokens.isRevoked(tokenId)) return { standing: 'revoked' }
      const client = await store.clients.get(clientId)
      if (client === undefined) return { standing: 'good', clientState: 'missing' }
      const scope = scopes.find((one) => !grantCovers(client.grantedScopes, one))
      if (scope !== undefined) return { standing: 'scope_withdrawn', scope }
      return { standing: 'good', clientState: client.state }
    },
  }
}
