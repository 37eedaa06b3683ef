import { MAX_REPORT_MS, MIN_REPORT_MS, REPORT_MS } from '../core/revocation/feed-limits.ts'
import type {
  CrlPosition,
  ReportVerifierStatusRequest,
  ReportVerifierStatusResponse,
} from '../gen/chancery/v1/authority_service.ts'
import type { FeedEvent } from './feed-event.ts'
import type { FeedPorts } from './ports.ts'
import { wait } from './wait.ts'

/** Where a follower says which lists it decides by. */
export interface StatusDesk {
  /** Name of this verifier among those of its client. */
  readonly verifierId: string
  /** Calls ReportVerifierStatus, with a deadline of its own. */
  readonly send: (request: ReportVerifierStatusRequest) => Promise<ReportVerifierStatusResponse>
}

/** See {@link createStatusReporter}. */
export interface StatusReporter {
  /** A list was taken. */
  changed(): void
  /** Reports until the signal aborts. Never rejects. */
  run(signal: AbortSignal): Promise<void>
}

/** Tells the service which lists a follower is at: soon after each list, several at once, and as often as the service asks for. A report that fails is only said once. */
export function createStatusReporter(
  desk: StatusDesk,
  positions: () => CrlPosition[],
  { ports, report }: { readonly ports: FeedPorts; readonly report: (event: FeedEvent) => void },
): StatusReporter {
  let bell = new AbortController()
  let isHeard = true

  /** Returns when to report again. */
  async function send(): Promise<number> {
    const at = positions()
    if (at.length === 0) return REPORT_MS
    try {
      const { reportAfter } = await desk.send({ verifierId: desk.verifierId, positions: at })
      isHeard = true
      const asked = Number(reportAfter?.seconds ?? 0n) * 1000
      return asked === 0 ? REPORT_MS : Math.min(MAX_REPORT_MS, Math.max(MIN_REPORT_MS, asked))
    } catch (error) {
      if (isHeard) report({ kind: 'not_reported', error })
      isHeard = false
      return REPORT_MS
    }
  }

  return {
    changed: () => {
      bell.abort()
    },
    async run(signal) {
      while (!signal.aborted) {
        // Before the lists are looked at: one that comes while the report is on its way makes another one due.
        bell = new AbortController()
        const nextMs = await send()
        await wait(ports, nextMs, AbortSignal.any([signal, bell.signal]))
        // Not all verifiers at once, and no two reports in a row for lists that come in a row.
        if (bell.signal.aborted) await wait(ports, spread(ports), signal)
      }
    },
  }
}

function spread(ports: Pick<FeedPorts, 'randomBytes'>): number {
  return MIN_REPORT_MS * (0.5 + ports.randomBytes(1)[0]! / 512)
}
