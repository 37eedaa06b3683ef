import type { Command } from 'commander'
import type { Run } from '../command-context.ts'
import { EXIT } from '../exit-code.ts'
import { formatFields } from '../format-table.ts'
import { DEFAULT_DATA } from '../service-options.ts'
import { addVerb } from '../verb.ts'

interface Options {
  readonly data: string
}

/** `chancery audit verify`. */
export function addAuditVerify(parent: Command, run: Run): void {
  addVerb(parent, 'verify', 'recompute the hash chain of the audit table; exit code 10 if it is broken', [
    'audit verify --data /var/lib/chancery',
  ])
    .option('--data <dir>', 'folder of the authority', DEFAULT_DATA)
    .action((options: Options, command: Command) =>
      run(command, async (context) => {
        const { verifyAudit } = await import('../../compose.ts')
        const { entries, ok, firstBrokenSequence } = await verifyAudit({ dataDir: options.data })
        const broken = firstBrokenSequence === undefined ? undefined : Number(firstBrokenSequence)
        context.printResult(
          () => ({ ok, entries: Number(entries), first_broken_sequence: broken ?? null }),
          () =>
            formatFields([
              ['entries', String(entries)],
              [
                'chain',
                ok ? 'unbroken' : `BROKEN at entry ${broken ?? 'unknown'}: it or one before it was changed`,
              ],
            ]),
        )
        return ok ? EXIT.yes : EXIT.no
      }),
    )
}
