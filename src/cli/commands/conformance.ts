import type { Command } from 'commander'
import type { Run } from '../command-context.ts'
import { EXIT } from '../exit-code.ts'
import { addVerb } from '../verb.ts'

/** `chancery conformance`. */
export function addConformance(parent: Command, run: Run): void {
  addVerb(
    parent,
    'conformance',
    'judge test cases: one JSON case per line on standard input, one verdict per line on standard output; offline',
    ['conformance < cases.jsonl > verdicts.jsonl'],
  ).action((_options: unknown, command: Command) =>
    run(command, async ({ io }) => {
      const { conformanceMain } = await import('../../conformance/run-conformance.ts')
      await conformanceMain(io.stdin, io.stdout)
      return EXIT.yes
    }),
  )
}
