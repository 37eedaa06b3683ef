import { readEnvironment } from '../config/env.ts'
import { runCli } from './run-cli.ts'

// A second signal within this span is the same wish twice: from the terminal and from a parent that passes signals on.
const SAME_WISH_MS = 1_000

/** Aborts on the first signal that asks the process to end; a later one ends it at once. */
function watchSignals(): AbortSignal {
  const controller = new AbortController()
  let firstAt: number | undefined
  const onSignal = (signal: NodeJS.Signals) => {
    const now = performance.now()
    firstAt ??= now
    if (now - firstAt > SAME_WISH_MS) process.exit(signal === 'SIGINT' ? 130 : 143)
    controller.abort()
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  return controller.signal
}

// Libraries' deprecations are for their authors; on a command's standard error they would hide what matters. The one that shows is
// grpc-js naming an IP address in the TLS handshake, which servers ignore.
process.noDeprecation = true

let interrupted: AbortSignal | undefined

// A reader that has seen enough, such as `head`, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

void runCli(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  environment: readEnvironment(),
  programPath: process.argv[1] ?? 'chancery',
  now: () => new Date(),
  interrupted: () => (interrupted ??= watchSignals()),
}).then((exitCode) => {
  process.exitCode = exitCode
  // A terminal that was asked for a password, or a pipe nobody closed, must not keep a finished command alive.
  process.stdin.destroy()
})
