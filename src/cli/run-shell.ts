import { spawn } from 'node:child_process'

/** Runs a command by `/bin/sh`, with what it prints on standard error. Rejects with how it ended if that was not well. */
export function runShell(command: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/sh', ['-c', command], { stdio: ['ignore', 2, 2] })
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      if (code === 0) resolve()
      else reject(new Error(signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`))
    })
  })
}
