import type { FeedPorts } from '../feed/ports.ts'
import { writeFileAtomically } from '../files/write-file.ts'
import { createKeptJob } from './kept-job.ts'
import { encodePem } from '../core/pem.ts'
import { runShell } from './run-shell.ts'

/** A file with the newest complete list of every authority, PEM one after the other, as nginx, HAProxy and OpenSSL read it. */
export interface CrlBundle {
  /** Takes a list. It is in the file some time later, and the command has been run after that. */
  put(authority: string, der: Uint8Array): void
  /** Lets what was begun finish. */
  stop(): Promise<void>
}

/**
 * Nothing is written before every authority has a list: a consumer that lacks one of them refuses everybody. A file that cannot be written and a command
 * that fails are tried again: until the next list comes, hours can pass.
 */
export function createCrlBundle(options: {
  readonly path: string
  readonly authorities: readonly string[]
  /** Run after each change of the file. */
  readonly command: string | undefined
  /** How long it may take. */
  readonly commandLimitMs: number
  readonly timers: Pick<FeedPorts, 'after'>
  readonly failed: (what: 'file' | 'command', error: unknown) => void
}): CrlBundle {
  const { path, authorities, command, commandLimitMs: limitMs, timers, failed } = options
  const newest = new Map<string, Uint8Array>()
  const reload = createKeptJob(
    timers,
    async () => {
      if (command !== undefined) await runShell(command, { limitMs, timers })
    },
    (error) => failed('command', error),
  )
  const write = createKeptJob(
    timers,
    async () => {
      // In the order of the authorities, so that the file changes only where a list did.
      const ders = authorities.flatMap((id) => newest.get(id) ?? [])
      if (ders.length < authorities.length) return
      await writeFileAtomically(path, encodePem('X509 CRL', ders), 0o644)
      reload.request()
    },
    (error) => failed('file', error),
  )
  return {
    put(authority, der) {
      newest.set(authority, der)
      write.request()
    },
    async stop() {
      await write.stop()
      await reload.stop()
    },
  }
}
