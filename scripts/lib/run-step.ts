import { spawn } from 'node:child_process'
import { join } from 'node:path'

/** The top of the checkout. */
export const ROOT = join(import.meta.dirname, '..', '..')

/** Programs of the packages that are installed. */
export const BIN = join(ROOT, 'node_modules', '.bin')

/** How a child process ended. `output` holds standard output and standard error in the order they came. */
export interface StepResult {
  readonly ok: boolean
  readonly output: string
  readonly seconds: number
}

/** Runs one tool of the checkout under the pinned Node, showing its output while it runs unless told to keep it. */
export async function runStep(
  command: string,
  args: readonly string[],
  options: { readonly quiet?: boolean; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<StepResult> {
  const started = performance.now()
  const child = spawn(command, args, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PATH: `${BIN}:${process.env['PATH'] ?? ''}`, ...options.env },
  })
  let output = ''
  const take = (target: NodeJS.WriteStream) => (chunk: string) => {
    output += chunk
    if (options.quiet !== true) target.write(chunk)
  }
  child.stdout.setEncoding('utf8').on('data', take(process.stdout))
  child.stderr.setEncoding('utf8').on('data', take(process.stderr))
  const ok = await new Promise<boolean>((resolve) => {
    child.on('error', (error) => {
      output += `${command} does not start: ${error.message}\n`
      resolve(false)
    })
    child.on('close', (code) => resolve(code === 0))
  })
  return { ok, output, seconds: (performance.now() - started) / 1000 }
}
