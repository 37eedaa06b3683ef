/**
 * An authority in this process, for tests of what calls or asks one.
 *
 * @packageDocumentation
 */
export type { CrlReason } from '../../../../src/core/x509/types.ts'
export type { FeedPorts } from '../../../../src/feed/ports.ts'
export type { KeyType } from '../../../../src/signer/signer.ts'
export type { TestSettings } from './memory-authority.ts'
export type { Outage } from './outage.ts'
export { type TestAuthority, type TestAuthorityOptions, startTestAuthority } from './test-authority.ts'
export type { TestIdentity, TestIdentityOptions } from './test-identity.ts'
