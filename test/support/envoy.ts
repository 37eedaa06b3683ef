import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer, type IncomingHttpHeaders } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { findFreePort } from '../../demo/free-port.ts'

const CONFIG = join(import.meta.dirname, '..', '..', 'docs', 'recipes', 'envoy-ext-authz.yaml')
const START_MS = 60_000

/** A running Envoy. */
export interface Envoy {
  readonly port: number
  /** The next line of its access log. */
  nextAccess(): Promise<Record<string, unknown>>
  stop(): Promise<void>
}

/**
 * Starts Envoy with the configuration of the recipe. `folder` stands for `/etc/envoy`; `edit` changes the text further.
 */
export async function startEnvoy(
  program: string,
  folder: string,
  ports: { readonly chancery: number; readonly upstream: number },
  edit: (config: string) => string = (config) => config,
): Promise<Envoy> {
  const port = await findFreePort()
  const config = edit(readFileSync(CONFIG, 'utf8'))
    .replaceAll('/etc/envoy', folder)
    // Of the recipe: a busy machine may take longer.
    .replace('timeout: 2s', 'timeout: 60s')
    .replace('port_value: 10443', `port_value: ${port}`)
    .replace('port_value: 8443', `port_value: ${ports.chancery}`)
    .replace('port_value: 8000', `port_value: ${ports.upstream}`)
  const file = join(folder, `envoy-${port}.yaml`)
  writeFileSync(file, config)
  const child = spawn(
    program,
    ['-c', file, '--disable-hot-restart', '--concurrency', '1', '--file-flush-interval-msec', '20'],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  await untilReady(child, exited)
  await untilAccepting(port)
  const accesses = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    port,
    async nextAccess() {
      const line = await accesses.next()
      if (line.done === true) throw new Error('Envoy has ended.')
      return JSON.parse(line.value) as Record<string, unknown>
    },
    async stop() {
      child.kill('SIGTERM')
      await exited
    },
  }
}

async function untilReady(child: ChildProcess, exited: Promise<void>): Promise<void> {
  const log: string[] = []
  const ready = new Promise<void>((resolve) => {
    // Read to the end of its life: a full pipe would stop it.
    createInterface({ input: child.stderr! }).on('line', (line) => {
      if (log.length < 1000) log.push(line)
      if (line.includes('starting workers')) resolve()
    })
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), START_MS)
  const early = exited.then(() => {
    throw new Error(`Envoy did not start:\n${log.slice(-20).join('\n')}`)
  })
  early.catch(() => undefined)
  await Promise.race([ready, early]).finally(() => {
    clearTimeout(timer)
  })
}

/** Its workers say that they start a moment before they listen. */
async function untilAccepting(port: number): Promise<void> {
  const until = Date.now() + START_MS
  const accepts = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket
        .once('error', () => resolve(false))
        .once('connect', () => {
          socket.destroy()
          resolve(true)
        })
    })
  while (!(await accepts())) if (Date.now() > until) throw new Error(`Envoy does not listen on ${port}.`)
}

/** A plain service behind a proxy, which remembers what reached it. */
export interface Upstream {
  readonly port: number
  readonly requests: {
    readonly url: string
    readonly headers: IncomingHttpHeaders
    readonly rawHeaders: string[]
  }[]
  close(): Promise<void>
}

export async function startUpstream(): Promise<Upstream> {
  const requests: Upstream['requests'] = []
  const server = createHttpServer((request, response) => {
    requests.push({ url: request.url ?? '', headers: request.headers, rawHeaders: request.rawHeaders })
    request.resume().on('end', () => response.end('served'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  }
}
