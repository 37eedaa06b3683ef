import { fieldInvalid } from '../authority/fields.ts'
import type { PublishedTokenKey, TokenKeyRotation } from '../authority/token-keys.ts'
import { type TokenKey, TokenKeyRotation as WireRotation } from '../gen/chancery/v1/token_service.ts'

/** @throws DomainError FIELD_INVALID */
export function parseRotation(rotation: WireRotation): TokenKeyRotation {
  switch (rotation) {
    case WireRotation.TOKEN_KEY_ROTATION_UNSPECIFIED:
    case WireRotation.TOKEN_KEY_ROTATION_SCHEDULED:
      return 'scheduled'
    case WireRotation.TOKEN_KEY_ROTATION_AT_ONCE:
      return 'at_once'
    case WireRotation.TOKEN_KEY_ROTATION_COMPROMISED:
      return 'compromised'
    default:
      throw fieldInvalid('rotation', 'rotation is none of TokenKeyRotation.')
  }
}

/** A key as it goes over the wire. */
export function encodeTokenKey({
  keyId,
  jwsAlgorithm,
  createdAt,
  signsFrom,
  signs,
}: PublishedTokenKey): TokenKey {
  return { keyId, algorithm: jwsAlgorithm, createdAt, signsFrom, signs }
}
