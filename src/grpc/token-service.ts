import { fieldInvalid } from '../authority/fields.ts'
import { type IssueTokenDependencies, issueToken } from '../authority/issue-token.ts'
import {
  type RevokeTokenDependencies,
  type RevokeTokenRequest,
  type RevokeTokenResult,
  revokeToken,
} from '../authority/revoke-token.ts'
import {
  type RevokeTokenRequest as WireRevokeToken,
  TokenRevocationStatus,
  TokenServiceService,
} from '../gen/chancery/v1/token_service.ts'
import { type TokenKeyDependencies, rotateTokenKey } from '../authority/rotate-token-key.ts'
import { encodeTokenKey, parseRotation } from './convert-token-key.ts'
import { parsePositiveSeconds } from './convert.ts'
import { bindService, type BoundService } from './handler.ts'

/** `chancery.v1.TokenService` over its use cases. */
export function createTokenService(
  deps: IssueTokenDependencies & RevokeTokenDependencies & TokenKeyDependencies,
): BoundService {
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
    revokeToken: async (request, { caller }) => {
      const { tokenId, outcome, crlNumber } = await revokeToken(deps, caller, readTarget(request))
      return { tokenId, status: STATUS[outcome], crlNumber }
    },
    rotateTokenKey: async ({ rotation }, { caller }) => {
      const keys = await rotateTokenKey(deps, caller, parseRotation(rotation))
      return { keys: keys.map(encodeTokenKey) }
    },
    listTokenKeys: () => Promise.resolve({ keys: deps.tokenKeys.list().map(encodeTokenKey) }),
  })
}

const STATUS: Readonly<Record<RevokeTokenResult['outcome'], TokenRevocationStatus>> = {
  revoked: TokenRevocationStatus.TOKEN_REVOCATION_STATUS_REVOKED,
  already_revoked: TokenRevocationStatus.TOKEN_REVOCATION_STATUS_ALREADY_REVOKED,
  expired: TokenRevocationStatus.TOKEN_REVOCATION_STATUS_EXPIRED,
}

function readTarget({ target }: WireRevokeToken): RevokeTokenRequest {
  switch (target?.$case) {
    case 'token':
      return { kind: 'token', token: target.value }
    case 'tokenId':
      return { kind: 'token_id', tokenId: target.value.id, expiresAt: target.value.expiresAt }
    case undefined:
      throw fieldInvalid('target', 'Say which token: token or token_id.')
  }
}
