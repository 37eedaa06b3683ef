/**
 * The only place that knows every implementation. What it puts together knows interfaces only.
 */
export { backupData, inspectData, verifyAudit } from './compose/data-care.ts'
export { initialize, issueAdminIdentity } from './compose/initialize.ts'
export { type Service, startService } from './compose/start-service.ts'
