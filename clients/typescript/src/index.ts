/**
 * The TypeScript client of Chancery. What it decides, it decides by the code of the service.
 *
 * @packageDocumentation
 */
export { type DenyReason, DENY_REASONS } from '../../../src/core/decision/deny-reason.ts'
