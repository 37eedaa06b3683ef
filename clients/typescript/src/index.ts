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
export {
  type RequestSigner,
  type RequestSignerOptions,
  createRequestSigner,
} from './signing/request-signer.ts'
export { type Authorized, type OutgoingRequest, type RequestAuthorizer, UNREAD } from './authorizer.ts'
export { type Fetch, authorizeRequest, chanceryFetch } from './adapters/fetch.ts'
export { authorizeOptions } from './adapters/node-http.ts'
export { type AxiosLike, authorizeAxios } from './adapters/axios.ts'
export { type GotHooks, gotHooks } from './adapters/got.ts'
export { undiciInterceptor } from './adapters/undici.ts'
export { type GrpcInterceptorOptions, grpcInterceptor } from './adapters/grpc.ts'
export {
  type TrustBundleSource,
  type TrustBundleSourceOptions,
  type TrustEvent,
  type TrustRefusal,
  createTrustBundleSource,
} from './trust/trust-bundle-source.ts'
export {
  type FeedMetrics,
  type RevocationFeed,
  type RevocationFeedOptions,
  createRevocationFeed,
} from './revocation/revocation-feed.ts'
export type { AuthorityHealth, FeedHealth } from './revocation/feed-health.ts'
export {
  type RequestVerifier,
  type RequestVerifierOptions,
  type VerificationQuestion,
  createRequestVerifier,
} from './verifier/request-verifier.ts'
export type { Allowed, Denied, Verification, VerifiedPrincipal } from './verifier/verification.ts'
export { NoDecisionError, type NoDecisionReason } from './verifier/no-decision-error.ts'
export {
  type CredentialSource,
  type CredentialSourceOptions,
  createCredentialSource,
} from './credentials/credential-source.ts'
export type {
  CredentialEvent,
  CredentialMetrics,
  SwitchReason,
  TokenResource,
} from './credentials/credential-event.ts'
export {
  type CertificateRenewal,
  type RenewalEvent,
  type RenewalOptions,
  keepRenewed,
} from './renewal/keep-renewed.ts'
export type { PendingFault } from './renewal/pending-renewal.ts'
export { type RenewalRequest, renewOnce } from './renewal/renew-once.ts'
