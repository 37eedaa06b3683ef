import type { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import type { Run } from '../command-context.ts'
import { followLists } from '../crl-feed.ts'
import { EXIT } from '../exit-code.ts'
import { formatInstant } from '../format-time.ts'
import { crlToJson } from '../print-crl.ts'
import { encodePem } from '../read-input.ts'
import { addVerb, collect } from '../verb.ts'
import { writeFileAtomically } from '../../files/write-file.ts'

interface Options {
  readonly authority: readonly string[]
  readonly out?: string
  readonly checkpoints?: true
}

/** `chancery crl watch`. */
export function addCrlWatch(parent: Command, run: Run): void {
  addVerb(
    parent,
    'watch',
    'keep the revocation stream open and print a line for every new list, its signature checked',
    ['crl watch --identity bob', 'crl watch --identity bob --out chain.crl.pem'],
  )
    .option('--authority <id>', 'only this authority; repeat it (default: all)', collect, [])
    .option(
      '--out <file>',
      'keep the newest lists in this file, PEM one after the other; replaced as a whole',
    )
    .option('--checkpoints', 'print a line for every sign of life too')
    .action((options: Options, command: Command) =>
      run(command, async (context) => {
        const { io } = context
        const signal = io.interrupted()
        const newest = new Map<string, Uint8Array>()
        const rpc = await context.connect()
        for await (const event of followLists(rpc, options.authority, signal)) {
          if (event.kind === 'list') {
            const { authority, list } = event
            newest.set(authority, list.der)
            if (options.out !== undefined) {
              // Ordered, so that the file changes only where a list did.
              const ders = [...newest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, der]) => der)
              await writeFileAtomically(options.out, encodePem('X509 CRL', ders), 0o644)
            }
            context.print(
              context.json
                ? `${JSON.stringify(crlToJson(list, { authority, event: 'list' }))}\n`
                : `${formatInstant(io.now())}  ${authority}  list ${list.crlNumber!}  ${list.entryCount} entries` +
                    `  this update ${formatInstant(list.thisUpdate)}  next update ${formatInstant(list.nextUpdate)}\n`,
            )
          } else if (event.kind === 'reset' || options.checkpoints === true) {
            const number = event.kind === 'checkpoint' ? { crl_number: Number(event.crlNumber) } : {}
            context.print(
              context.json
                ? `${JSON.stringify({ authority: event.authority, event: event.kind, ...number })}\n`
                : `${formatInstant(io.now())}  ${event.authority}  ${event.kind} ${number.crl_number ?? ''}`.trimEnd() +
                    '\n',
            )
          }
        }
        if (signal.aborted) return EXIT.yes
        throw new CliError('The service ended the stream.', {
          exitCode: EXIT.unavailable,
          advice: 'Run the command again; the service may have been restarted.',
        })
      }),
    )
}
