/**
 * An authority in this process, for tests of what calls or asks one.
 *
 * @packageDocumentation
 */
export type { Clock } from '../../../../src/authority/ports.ts'
export type { TestSettings } from './memory-authority.ts'
export type { Outage } from './outage.ts'
export { type TestAuthority, type TestAuthorityOptions, startTestAuthority } from './test-authority.ts'
export type { TestIdentity, TestIdentityOptions } from './test-identity.ts'
