/**
 * The TypeScript client of Chancery. What it decides, it decides by the code of the service.
 *
 * @packageDocumentation
 */
export { type DenyReason, DENY_REASONS } from '../../../src/core/decision/deny-reason.ts'
export { ChanceryError, type StatusName, toChanceryError } from './chancery-error.ts'
export type { ChanceryErrorReason, TransportReason } from './chancery-error-reason.ts'
export {
  type AuthorityClient,
  type AuthorityOptions,
  type CallOptions,
  connectAuthority,
} from './authority/connect-authority.ts'
export {
  type ClientIdentity,
  type HeldIdentity,
  type IdentityParts,
  openIdentity,
} from './identity/client-identity.ts'
export { IdentityError, type IdentityFault } from '../../../src/identity/identity-error.ts'
export type { SigningCredential, SigningKey } from '../../../src/identity/signing-credential.ts'
