import { DEFAULT_STALE_GRACE_SECONDS } from '../core/limits.ts'
import { isFromTheFuture, secondsAhead } from '../core/revocation/list-condition.ts'
import type { Finding } from './finding.ts'
import { explainError } from './explain-error.ts'
import { formatInstant, formatInstantWithDistance } from './format-time.ts'

const CA_SOON_MS = 90 * 24 * 60 * 60 * 1000

/** Looks at the database, its audit chain, the authorities, their lists, and the clock that all of them were made by. */
export async function examineDatabase(dataDir: string, now: Date): Promise<readonly Finding[]> {
  try {
    const { inspectData, verifyAudit } = await import('../compose.ts')
    const data = await inspectData({ dataDir })
    const audit = await verifyAudit({ dataDir })
    const latest = Math.max(...data.authorities.map(({ crl }) => crl?.thisUpdate.getTime() ?? 0))
    return [
      data.integrityProblems.length === 0
        ? { check: 'database', verdict: 'ok', detail: `schema ${data.schemaVersion}, integrity check passed` }
        : {
            check: 'database',
            verdict: 'bad',
            detail: data.integrityProblems.slice(0, 3).join('; '),
            advice: 'Stop the service and restore the last backup',
          },
      audit.ok
        ? { check: 'audit chain', verdict: 'ok', detail: `${audit.entries} entries, unbroken` }
        : {
            check: 'audit chain',
            verdict: 'bad',
            detail: `broken at entry ${audit.firstBrokenSequence ?? 'unknown'}`,
            advice: 'Someone changed the table: compare it with a backup, and find out who had access',
          },
      ...data.authorities.flatMap((authority) => examineAuthority(authority, now)),
      ...examineBudget(data.authorities, now),
      isFromTheFuture(new Date(latest), now)
        ? {
            check: 'clock',
            verdict: 'bad',
            detail: `a list was made at ${formatInstant(new Date(latest))}, ${secondsAhead(new Date(latest), now)} s from now: the clock was ahead then, or is behind now`,
            advice:
              'Set the clock of this machine, then restart the service: until a list is made by the right one, verifiers deny what they do not know as revoked (REVOCATION_UNKNOWN)',
          }
        : { check: 'clock', verdict: 'ok', detail: 'later than everything that was signed' },
    ]
  } catch (error) {
    const { message, details } = explainError(error)
    return [
      {
        check: 'database',
        verdict: 'bad',
        detail: message,
        advice: details.advice ?? 'Restore the last backup if it is damaged',
      },
    ]
  }
}

interface AuthorityState {
  readonly id: string
  readonly notAfter: Date
  readonly crl:
    { readonly crlNumber: bigint; readonly thisUpdate: Date; readonly nextUpdate: Date } | undefined
}

function examineAuthority({ id, notAfter, crl }: AuthorityState, now: Date): readonly Finding[] {
  const left = notAfter.getTime() - now.getTime()
  const until = formatInstantWithDistance(notAfter, now)
  const certificate: Finding =
    left > CA_SOON_MS
      ? { check: `authority ${id}`, verdict: 'ok', detail: `certificate good until ${until}` }
      : {
          check: `authority ${id}`,
          verdict: left > 0 ? 'note' : 'bad',
          detail: left > 0 ? `certificate good until ${until}` : `certificate ran out at ${until}`,
          advice: 'Plan its successor: everything it issued ends with it',
        }
  return [certificate, examineList(id, crl, now)]
}

function examineList(id: string, crl: AuthorityState['crl'], now: Date): Finding {
  const check = `crl ${id}`
  if (crl === undefined) {
    return { check, verdict: 'bad', detail: 'there is no list', advice: 'Start the service, which makes one' }
  }
  const detail = `list ${crl.crlNumber}, next update ${formatInstantWithDistance(crl.nextUpdate, now)}`
  return crl.nextUpdate > now
    ? { check, verdict: 'ok', detail }
    : {
        check,
        verdict: 'bad',
        detail,
        advice: 'Start the service, which makes a new one; verifiers refuse this one',
      }
}

/** How long verifiers that have the newest lists go on deciding, should the service stop now. Every list of a chain counts: the first to end ends it. */
function examineBudget(authorities: readonly AuthorityState[], now: Date): readonly Finding[] {
  const ends = authorities.flatMap(({ crl }) => (crl === undefined ? [] : [crl.nextUpdate.getTime()]))
  if (ends.length === 0) return []
  const end = Math.min(...ends)
  const graced = new Date(end + DEFAULT_STALE_GRACE_SECONDS * 1000)
  return [
    {
      check: 'outage budget',
      verdict: graced > now ? 'ok' : 'note',
      detail: `without this service, verifiers go on until ${formatInstantWithDistance(new Date(end), now)} at least (strict), ${formatInstantWithDistance(graced, now)} (bounded, the default)`,
      ...(graced > now ? {} : { advice: 'Start the service: verifiers deny what they cannot know' }),
    },
  ]
}
