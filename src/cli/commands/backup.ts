import type { Command } from 'commander'
import type { Run } from '../command-context.ts'
import { EXIT } from '../exit-code.ts'
import { DEFAULT_DATA } from '../service-options.ts'
import { addVerb } from '../verb.ts'

interface Options {
  readonly data: string
  readonly out: string
}

/** `chancery backup`. */
export function addBackup(parent: Command, run: Run): void {
  addVerb(parent, 'backup', 'copy database and keys to a new folder, while the service runs', [
    'backup --data /var/lib/chancery --out /backup/chancery-2026-01-31',
  ])
    .option('--data <dir>', 'folder of the authority', DEFAULT_DATA)
    .requiredOption(
      '--out <dir>',
      'folder to make; it holds private keys, so guard it as you guard the authority',
    )
    .action((options: Options, command: Command) =>
      run(command, async (context) => {
        const { backupData } = await import('../../compose.ts')
        await backupData({ dataDir: options.data, destination: options.out })
        context.printResult(
          () => ({ data: options.data, backup: options.out }),
          () => `backed up ${options.data} to ${options.out}\n`,
        )
        return EXIT.yes
      }),
    )
}
