import { MAX_NAME_CONSTRAINT_COMPARISONS, MAX_PATH_STEPS } from '../../path-limits.ts'

/** Thrown when a path takes more work than it may; {@link WorkBudget} throws it, `validatePath` turns it into PATH_TOO_COMPLEX. */
export class WorkLimitError extends Error {
  override readonly name = 'WorkLimitError'
}

/** The work that one call of `validatePath` may do, over all the paths it tries. */
export interface WorkBudget {
  /** Counts one candidate issuer looked at. */
  spendStep(): void
  /** Counts one signature to verify. */
  spendSignatureCheck(): void
  /** Counts names compared with constraints. */
  spendComparisons(count: number): void
}

/** A fresh budget. Each method throws {@link WorkLimitError} once its limit is used up. */
export function createWorkBudget(maxSignatureChecks: number): WorkBudget {
  const counter = (limit: number, unit: string) => {
    let left = limit
    return (count = 1): void => {
      left -= count
      if (left < 0) throw new WorkLimitError(`no valid path was found within ${limit} ${unit}`)
    }
  }
  const spendSteps = counter(MAX_PATH_STEPS, 'candidate issuers')
  const spendSignatures = counter(maxSignatureChecks, 'signature checks')
  return {
    spendStep: () => spendSteps(),
    spendSignatureCheck: () => spendSignatures(),
    spendComparisons: counter(MAX_NAME_CONSTRAINT_COMPARISONS, 'name comparisons'),
  }
}
