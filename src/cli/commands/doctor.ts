import { type Command } from 'commander'
import type { Run } from '../command-context.ts'
import { examine } from '../examine.ts'
import type { Finding } from '../finding.ts'
import { EXIT } from '../exit-code.ts'
import { formatTable } from '../format-table.ts'
import { DEFAULT_DATA } from '../service-options.ts'
import { addVerb } from '../verb.ts'

interface Options {
  readonly data: string
  readonly listen: string
  readonly http: string
  readonly admin: string
}

/** `chancery doctor`. */
export function addDoctor(parent: Command, run: Run): void {
  addVerb(parent, 'doctor', 'look an authority over and say what to do; exit code 1 if something is wrong', [
    'doctor --data /var/lib/chancery',
    'doctor --data /var/lib/chancery -o json',
  ])
    .option('--data <dir>', 'folder of the authority', DEFAULT_DATA)
    .option('--listen <host:port>', 'gRPC address to look at', '127.0.0.1:8443')
    .option('--http <host:port>', 'HTTP address to look at', '127.0.0.1:8080')
    .option('--admin <host:port>', 'admin address to look at', '127.0.0.1:9090')
    .action((options: Options, command: Command) =>
      run(command, async (context) => {
        const findings = await examine({
          dataDir: options.data,
          addresses: { grpc: options.listen, http: options.http, admin: options.admin },
          now: context.io.now(),
        })
        context.printResult(
          () =>
            findings.map(({ check, verdict, detail, advice }) => ({
              check,
              verdict,
              detail,
              advice: advice ?? null,
            })),
          () => formatTable(['CHECK', 'VERDICT', 'WHAT', 'WHAT TO DO'], findings.map(toRow)),
        )
        return findings.some(({ verdict }) => verdict === 'bad') ? EXIT.failure : EXIT.yes
      }),
    )
}

function toRow({ check, verdict, detail, advice }: Finding): readonly string[] {
  return [check, verdict === 'bad' ? 'BAD' : verdict, detail, advice ?? '-']
}
