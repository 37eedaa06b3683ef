import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What a run leaves behind if nobody clears it: a folder, processes, sockets. */
export interface Stage {
  /** A new folder, mode 0700. */
  readonly folder: string
  /** Remembers how to close something. */
  onClear(close: () => unknown): void
  /** Closes everything, the last opened first, and removes the folder. A second call does nothing. */
  clear(): Promise<void>
}

/** Makes a stage that is also cleared when the process is told to end. */
export function createStage(name: string): Stage {
  const folder = mkdtempSync(join(tmpdir(), `chancery-${name}-`))
  const closers: (() => unknown)[] = []

  async function clear(): Promise<void> {
    for (const close of closers.splice(0).reverse()) {
      try {
        await close()
      } catch {
        // The rest is to be closed all the same.
      }
    }
    rmSync(folder, { recursive: true, force: true })
  }

  const onSignal = (signal: NodeJS.Signals) => {
    void clear().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143))
  }
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal)
  return { folder, onClear: (close) => void closers.push(close), clear }
}
