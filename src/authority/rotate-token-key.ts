import { requireRight } from './access.ts'
import type { Caller } from './ports.ts'
import type { PublishedTokenKey, TokenKeyRotation, TokenKeys } from './token-keys.ts'

export interface TokenKeyDependencies {
  readonly tokenKeys: TokenKeys
}

/**
 * Brings in the next key for tokens; returns all that are published then.
 *
 * @throws DomainError CALLER_NOT_ALLOWED, RATE_LIMITED; SignerError
 */
export async function rotateTokenKey(
  { tokenKeys }: TokenKeyDependencies,
  caller: Caller,
  rotation: TokenKeyRotation,
): Promise<readonly PublishedTokenKey[]> {
  requireRight(caller, 'chancery.authorities.write')
  await tokenKeys.rotate(caller.clientId, rotation)
  return tokenKeys.list()
}
