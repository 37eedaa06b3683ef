import { MAX_VERIFIERS, MAX_VERIFIERS_PER_CLIENT } from '../core/limits.ts'
import type { Clock } from './ports.ts'

/** How often a verifier should report, and how long one that went silent is remembered. */
export const VERIFIER_REPORT_SECONDS = 30
const VERIFIER_FORGOTTEN_SECONDS = 60 * 60

/** The newest number of an authority that a verifier has applied. */
export interface VerifierPosition {
  readonly authorityId: string
  readonly crlNumber: bigint
}

/** What a verifier said last. */
export interface VerifierReport {
  readonly clientId: string
  readonly verifierId: string
  readonly positions: readonly VerifierPosition[]
  readonly lastSeen: Date
}

/** Remembers which numbers the verifiers are at. In memory only: they report again soon after a restart. */
export interface VerifierRegistry {
  report(report: Omit<VerifierReport, 'lastSeen'>): void
  /** Those that were heard of within the time of memory, the one that reported last at the end. */
  list(): VerifierReport[]
}

export function createVerifierRegistry(
  clock: Clock,
  limits = { total: MAX_VERIFIERS, perClient: MAX_VERIFIERS_PER_CLIENT },
): VerifierRegistry {
  // The order of a Map is that of insertion: the one that reported longest ago comes first.
  const reports = new Map<string, VerifierReport>()

  function forgetOld(): void {
    const since = clock.now().getTime() - VERIFIER_FORGOTTEN_SECONDS * 1000
    for (const [key, { lastSeen }] of reports) {
      if (lastSeen.getTime() >= since) return
      reports.delete(key)
    }
  }

  /** One client pushes out its own first. */
  function makeRoom(clientId: string): void {
    const own = [...reports].filter(([, report]) => report.clientId === clientId)
    if (own.length >= limits.perClient) reports.delete(own[0]![0])
    const [oldest] = reports.keys()
    if (reports.size >= limits.total && oldest !== undefined) reports.delete(oldest)
  }

  return {
    report(report) {
      forgetOld()
      const key = JSON.stringify([report.clientId, report.verifierId])
      if (!reports.delete(key)) makeRoom(report.clientId)
      reports.set(key, { ...report, lastSeen: clock.now() })
    },
    list() {
      forgetOld()
      return [...reports.values()]
    },
  }
}
