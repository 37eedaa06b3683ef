import { spawn } from 'node:child_process'
import type { FeedPorts } from '../feed/ports.ts'

/** A command that took longer than it may. It was killed. */
export class CommandOverdueError extends Error {
  override readonly name = 'CommandOverdueError'
}

/**
 * Runs a command by `/bin/sh`, with what it prints on standard error. Rejects with how it ended if that was not well; after `limitMs` it is killed, with everything
 * that it started.
 */
export function runShell(
  command: string,
  { limitMs, timers }: { readonly limitMs: number; readonly timers: Pick<FeedPorts, 'after'> },
): Promise<void> {
  return new Promise((resolve, reject) => {
    // A process group of its own: killing the shell alone would leave behind what it waits for.
    const child = spawn('/bin/sh', ['-c', command], { stdio: ['ignore', 2, 2], detached: true })
    let isOverdue = false
    const cancel = timers.after(limitMs, () => {
      isOverdue = true
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    })
    child.once('error', (error) => {
      cancel()
      reject(error)
    })
    child.once('exit', (code, signal) => {
      cancel()
      if (code === 0) resolve()
      else if (isOverdue) reject(new CommandOverdueError(`killed after ${limitMs / 1000} s`))
      else reject(new Error(signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`))
    })
  })
}
