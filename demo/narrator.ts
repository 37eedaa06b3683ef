import { styleText } from 'node:util'

const TEXT_WIDTH = 80

/** Tells the story line by line, and stops it at the first step that does not hold. */
export interface Narrator {
  readonly chapter: (title: string) => void
  /** Runs one step and prints how it ended. The margin holds the time it took, or what `remark` makes of its result. */
  readonly step: <T>(text: string, act: () => Promise<T>, remark?: (result: T) => string) => Promise<T>
  /** The last line. */
  readonly end: () => void
  /** Says which step failed and why. */
  readonly fail: (error: unknown) => void
}

/** A step came out otherwise than the story says. */
class StepFailure extends Error {
  override readonly name = 'StepFailure'
}

/** Ends the step unless the condition holds. `why` says what happened instead. */
export function hold(condition: boolean, why: string): asserts condition {
  if (!condition) throw new StepFailure(why)
}

export function createNarrator(out: NodeJS.WriteStream): Narrator {
  // Its own check of the stream, and of NO_COLOR and FORCE_COLOR, decides whether anything is coloured.
  const style = (format: Parameters<typeof styleText>[0], text: string) =>
    styleText(format, text, { stream: out })
  const startedMs = performance.now()
  let held = 0
  let current = 'before the first step'

  function line(mark: string, text: string, margin: string): void {
    out.write(`  ${mark} ${String(held).padStart(2)}  ${text.padEnd(TEXT_WIDTH)} ${style('dim', margin)}\n`)
  }

  return {
    chapter: (title) => void out.write(`\n${style('bold', title)}\n`),
    async step(text, act, remark) {
      current = `step ${held + 1}: ${text}`
      const began = performance.now()
      const result = await act()
      held++
      line(style('green', '✓'), text, remark?.(result) ?? formatMs(performance.now() - began))
      return result
    },
    end() {
      const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
      out.write(`\n${style('bold', `${held} of ${held} steps held`)}, in ${seconds} s.\n`)
    },
    fail(error) {
      const why =
        error instanceof StepFailure ? error.message : error instanceof Error ? error.stack : String(error)
      out.write(`  ${style('red', '✗')} ${current}\n\n${held} steps held, then this one failed: ${why}\n`)
    },
  }
}

export function formatMs(ms: number): string {
  return `${ms < 9.95 ? ms.toFixed(1) : Math.round(ms)} ms`.padStart(8)
}
