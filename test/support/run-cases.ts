import { runConformance } from '../../src/conformance/run-conformance.ts'
import type { Line } from '../../src/conformance/split-lines.ts'

/** A verdict as the driver wrote it. */
export interface WrittenVerdict {
  readonly id: unknown
  readonly ok?: boolean
  readonly value?: Readonly<Record<string, unknown>>
  readonly reason?: string
  readonly detail?: string
  readonly error?: string
}

/** Runs cases through the conformance driver, as lines of text. */
export async function runCases(cases: readonly object[]): Promise<WrittenVerdict[]> {
  return runLines(cases.map((given) => JSON.stringify(given)))
}

/** Runs raw lines through the conformance driver. */
export async function runLines(lines: readonly Line[]): Promise<WrittenVerdict[]> {
  const written: string[] = []
  await runConformance(lines, (line) => {
    written.push(line)
  })
  return written.map((line) => JSON.parse(line) as WrittenVerdict)
}
