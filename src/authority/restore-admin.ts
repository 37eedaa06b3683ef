import { normalizeScopes } from '../core/scope/scope-set.ts'
import type { AuditEntry, Store } from '../store/store.ts'
import { MAX_REVOCATION_TARGETS } from '../core/limits.ts'
import { ALL_RIGHTS } from './access.ts'
import { requireClient } from './clients.ts'
import { ADMIN_CLIENT_ID } from './first-clients.ts'
import type { Clock } from './ports.ts'

/**
 * Gives the admin back what somebody with `chancery.clients.write` may have taken: the lock goes, every right of this service comes back.
 * There would else be no way in, since nobody may be left who can unlock or grant. Whatever a locked admin held is revoked first: the lock
 * may have been put on because it was stolen.
 *
 * @throws DomainError CLIENT_NOT_FOUND
 */
export async function restoreAdmin(deps: {
  readonly store: Pick<Store, 'clients' | 'certificates'>
  readonly clock: Clock
}): Promise<void> {
  const { clients, certificates } = deps.store
  const at = deps.clock.now()
  const clientId = ADMIN_CLIENT_ID
  const audit = (action: string, details: AuditEntry['details']): AuditEntry => {
    return { at, actor: 'system', action, subject: clientId, details }
  }
  const admin = await requireClient(deps.store, clientId)
  if (admin.state === 'locked') {
    const command = {
      target: { kind: 'client', clientId },
      reason: 'superseded',
      invalidityDate: undefined,
      at,
      maxCount: MAX_REVOCATION_TARGETS,
      // It may be any number: what the admin makes on the spot is not counted.
      inParts: true,
      dryRun: false,
    } as const
    const entry = audit('certificate.revoke', { reason: command.reason, target: command.target.kind })
    for (let isDone = false; !isDone;) {
      const result = await certificates.revoke(command, entry)
      if (result.outcome !== 'revoked')
        throw new Error(`the certificates of ${clientId} were not revoked: ${result.outcome}`)
      isDone = result.revoked.length === 0
    }
    await clients.setState({ clientId, state: 'active', lockMessage: '', at }, audit('client.unlock', {}))
  }
  if (!ALL_RIGHTS.every((right) => admin.grantedScopes.includes(right))) {
    const grantedScopes = normalizeScopes([...admin.grantedScopes, ...ALL_RIGHTS])
    await clients.setScopes(
      { clientId, grantedScopes, at, dryRun: false },
      audit('client.set_scopes', { granted_scopes: grantedScopes }),
    )
  }
}
