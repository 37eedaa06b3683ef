import { type IssueTokenDependencies, issueToken } from '../authority/issue-token.ts'
import { TokenServiceService } from '../gen/chancery/v1/token_service.ts'
import { parsePositiveSeconds } from './convert.ts'
import { bindService, type BoundService } from './handler.ts'

/** `chancery.v1.TokenService` over its use cases. */
export function createTokenService(deps: IssueTokenDependencies): BoundService {
  return bindService(TokenServiceService, {
    issueToken: async (request, { caller }) => {
      const { clientId, scopes, audience, validity, unbound } = request
      const issued = await issueToken(deps, caller, {
        clientId,
        scopes,
        audience,
        validitySeconds: validity && parsePositiveSeconds(validity, 'validity'),
        unbound,
      })
      return {
        token: issued.token,
        tokenId: issued.tokenId,
        expiresAt: issued.expiresAt,
        grantedScopes: [...issued.scopes],
        boundCertificateSha256: Buffer.from(issued.boundTo ?? []),
        warnings: [...issued.warnings],
      }
    },
  })
}
