import { type Deployment, deploy } from './deployment.ts'
import { type LeanClient, connectLean } from './lean-client.ts'
import type { Row } from './report.ts'
import { type MissedClient, benchCatchUp } from './revocation-catch-up.ts'
import { type RevocationCost, describeCost, measureCost } from './revocation-cost.ts'
import { benchRevocationPush } from './revocation-push.ts'
import { seedCertificates, serialNumbersOf } from './seed-certificates.ts'

const LIST_SIZES = [1_000, 100_000, 1_000_000]
const MISSED = [10, 100, 1_000, 10_000]
/** For fifteen seconds: complete lists of a million are made three times meanwhile. */
const COST_REVOCATIONS = 300
/** That many more at a higher pace. */
const TOGETHER_REVOCATIONS = 600
const WARM_UP = 60
const LIVE = 'live'

/**
 * Revocation in services whose databases hold 1,000, 100,000 and 1,000,000 of them: what one more costs; how soon it is everywhere, with the fewest; and how
 * much those read who missed some, with the more.
 */
export async function benchRevocation(scale: number): Promise<Row[]> {
  const costs: RevocationCost[] = []
  const rows: Row[] = []
  const missed = MISSED.map((count): MissedClient => {
    const scaled = Math.max(3, Math.round(count * scale))
    return { clientId: `missed-${count}`, count: scaled }
  })
  for (const [i, size] of LIST_SIZES.entries()) {
    const listed = Math.round(size * scale)
    process.stderr.write(`${listed.toLocaleString('en')} listed: `)
    await withListed(listed, i === 1 ? missed : [], async (deployment, operator, serialNumbers) => {
      if (i === 0) rows.push(...(await benchRevocationPush(deployment, operator, serialNumbers, scale)))
      if (i === 1) rows.push(...(await benchCatchUp(deployment, operator, serialNumbers, missed)))
      const times = (count: number) => Math.max(20, Math.round(count * scale))
      const take = (count: number) => serialNumbers.splice(0, count)
      const [warmUp, apart] = [times(WARM_UP), times(COST_REVOCATIONS)]
      await measureCost(deployment, operator, take(2 * warmUp), warmUp, listed)
      const revoked = take(apart + times(TOGETHER_REVOCATIONS))
      costs.push(await measureCost(deployment, operator, revoked, apart, listed))
    })
  }
  return [...rows, ...costs.flatMap((cost) => describeCost(cost, costs[0]!))]
}

/** Runs a service that has revoked `listed` certificates, and hands out serial numbers that are good. */
async function withListed(
  listed: number,
  missed: readonly MissedClient[],
  measure: (deployment: Deployment, operator: LeanClient, serialNumbers: string[]) => Promise<void>,
): Promise<void> {
  const deployment = await deploy(undefined, (database) => {
    seedCertificates(database, [
      { clientId: 'gone', count: listed, isRevoked: true },
      { clientId: LIVE, count: 2_000, isRevoked: false },
      ...missed.map((client) => ({ ...client, isRevoked: false })),
    ])
  })
  try {
    await deployment.addClient({ clientId: 'watcher', grantedScopes: ['chancery.crl.read'] })
    const operator = await connectLean(deployment.authority.port, deployment.admin)
    try {
      await measure(deployment, operator, serialNumbersOf(deployment.database, LIVE))
    } finally {
      await operator.close()
    }
  } finally {
    await deployment.stage.clear()
  }
}
