import type { DecisionContext, Freshness } from './decision.ts'
import { type Denial, deny } from './denial.ts'
import type { Trail } from './trail.ts'

/** What is known of revocation must be as fresh as the caller demands. `authorityId` is the authority whose lists count. */
export async function judgeFreshness(
  demand: Freshness | undefined,
  authorityId: string | undefined,
  context: DecisionContext,
  trail: Trail,
): Promise<true | Denial> {
  if (!demand) {
    trail.skip('revocation.freshness', 'No freshness was demanded.')
    return true
  }
  const met = await isFresh(demand, authorityId, context)
  const result = met || deny('FRESHNESS_UNMET', 'The revocation state is older than the caller demands.')
  return trail.note('revocation.freshness', result, () => 'The revocation state is as fresh as demanded.')
}

async function isFresh(
  demand: Freshness,
  authorityId: string | undefined,
  { revocation, at }: DecisionContext,
): Promise<boolean> {
  if (authorityId === undefined) return false
  if (demand.kind === 'at_least_crl_number') return await revocation.includes(authorityId, demand.crlNumber)
  const knownUntil = revocation.knownUntil(authorityId, at)
  return knownUntil !== undefined && at.getTime() - knownUntil.getTime() <= demand.milliseconds
}
