import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type ServiceError, status } from '@grpc/grpc-js'
import { readErrorDetails } from '../../src/rpc/error-details.ts'

/** `chancery serve` in a process of its own, which can be killed. */
export interface ServeProcess {
  readonly process: ChildProcess
  readonly port: number
  readonly httpPort: number
  readonly exited: Promise<unknown>
}

/** Starts `chancery serve` as an operator would, on free ports, and reads where it listens. */
export async function startServeProcess(dataDir: string): Promise<ServeProcess> {
  const bin = join(import.meta.dirname, '../../bin/chancery.js')
  const listen = ['--listen', '127.0.0.1:0', '--http', '127.0.0.1:0', '--admin', '127.0.0.1:0']
  const child = spawn(process.execPath, [bin, 'serve', '--data', dataDir, ...listen], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const exited = new Promise((resolve) => child.once('exit', resolve))
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stderr })) {
    lines.push(line)
    const port = /"grpc":"127\.0\.0\.1:(\d+)"/.exec(line)?.[1]
    const httpPort = /"http":"127\.0\.0\.1:(\d+)"/.exec(line)?.[1]
    if (port === undefined || httpPort === undefined) continue
    child.stderr.resume()
    return { process: child, port: Number(port), httpPort: Number(httpPort), exited }
  }
  throw new Error(`the service did not start:\n${lines.join('\n')}`)
}

/**
 * Throws what ended callers of a service that was killed, unless it is that the connection is gone: an assertion, or an error that the service itself gave. What grpc-js makes of
 * a lost connection depends on what the system call of that moment said: UNAVAILABLE for ECONNRESET, INTERNAL for EPIPE; and what is written just after the other side was closed can be
 * lost without any word, until the deadline. What the service says has a reason of its own, whatever its code.
 */
export function requireConnectionLost(ends: readonly PromiseSettledResult<unknown>[]): void {
  for (const end of ends) if (end.status === 'rejected' && !isConnectionLost(end.reason)) throw end.reason
}

const CONNECTION_LOST: readonly unknown[] = [
  status.UNAVAILABLE,
  status.INTERNAL,
  status.CANCELLED,
  status.DEADLINE_EXCEEDED,
]

function isConnectionLost(error: unknown): boolean {
  return (
    CONNECTION_LOST.includes((error as ServiceError).code) &&
    readErrorDetails(error as ServiceError).reason === undefined
  )
}
