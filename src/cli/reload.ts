import { spawn } from 'node:child_process'

/** Runs one command after changes: never two at once, and once more if something changed while it ran. */
export interface Reload {
  /** Says that something changed. Returns at once. */
  request(): void
  /** Resolves when nothing runs and nothing waits. */
  settled(): Promise<void>
}

/** The command is run by `/bin/sh`, with what it prints on standard error. `failed` is told how it ended if that was not well. */
export function createReload(command: string, failed: (how: string) => void): Reload {
  let isWanted = false
  let running: Promise<void> | undefined
  async function runWhileWanted(): Promise<void> {
    while (isWanted) {
      isWanted = false
      const how = await runShell(command)
      if (how !== undefined) failed(how)
    }
    running = undefined
  }
  return {
    request() {
      isWanted = true
      running ??= runWhileWanted()
    },
    settled: () => running ?? Promise.resolve(),
  }
}

/** Resolves to how it failed, if it did. */
function runShell(command: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn('/bin/sh', ['-c', command], { stdio: ['ignore', 2, 2] })
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => {
      if (code === 0) resolve(undefined)
      else resolve(signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`)
    })
  })
}
