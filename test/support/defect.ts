import assert from 'node:assert/strict'
import { MalformedError } from '../../src/core/errors.ts'

/** Asserts that a parser refuses its input with this defect. Anything else that is thrown is a failure, not a refusal. */
export function assertDefect(defect: string, parse: () => unknown): void {
  assert.equal(defectOf(parse), defect)
}

/** The defect with which a parser refuses its input; `undefined` if it accepts it. */
export function defectOf(parse: () => unknown): string | undefined {
  try {
    parse()
    return undefined
  } catch (error) {
    if (error instanceof MalformedError) return error.defect
    throw error
  }
}
