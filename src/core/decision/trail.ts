import { CHECK_NAMES, type CheckName, type CheckResult } from './decision.ts'
import { type Denial, isDenial } from './denial.ts'

/** Records checks as they run. */
export interface Trail {
  /** Records a check's result and returns it. `detail` says what was found if the check held. */
  note<T>(name: CheckName, result: T | Denial, detail: (found: T) => string): T | Denial
  /** Records that checks do not apply. */
  skip(names: CheckName | readonly CheckName[], detail: string): void
  /** Every check in order; those not reached are skipped. */
  results(): readonly CheckResult[]
}

/** `1 scope`, `2 scopes`, for what a check says that it found. */
export function amount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** A trail that keeps everything if `explain` is set, and otherwise costs nothing. */
export function createTrail(explain: boolean): Trail {
  return explain ? createRecordingTrail() : SILENT
}

const SILENT: Trail = { note: (_name, result) => result, skip: () => undefined, results: () => [] }

function createRecordingTrail(): Trail {
  const recorded = new Map<CheckName, CheckResult>()
  return {
    note(name, result, detail) {
      const check: CheckResult = isDenial(result)
        ? { name, outcome: 'failed', detail: result.message }
        : { name, outcome: 'passed', detail: detail(result) }
      recorded.set(name, check)
      return result
    },
    skip(names, detail) {
      for (const name of typeof names === 'string' ? [names] : names)
        recorded.set(name, { name, outcome: 'skipped', detail })
    },
    results() {
      return CHECK_NAMES.map(
        (name) => recorded.get(name) ?? { name, outcome: 'skipped', detail: 'An earlier check failed.' },
      )
    },
  }
}
