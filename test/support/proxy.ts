import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { type IncomingMessage, type Server, createServer } from 'node:http'
import { connect } from 'node:http2'
import { request as httpsRequest } from 'node:https'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { promisify } from 'node:util'
import { REQUEST_LINE } from './sign-as-client.ts'
import { createTemporaryFolder } from './temporary-folder.ts'

const RECIPES = join(import.meta.dirname, '..', '..', 'docs', 'recipes')

/** A recipe of the documentation with the places of this machine; every place must be in it. */
export function readRecipe(name: string, places: Readonly<Record<string, string>>): string {
  let text = readFileSync(join(RECIPES, name), 'utf8')
  for (const [place, here] of Object.entries(places)) {
    if (!text.includes(place)) throw new Error(`${name} does not hold ${place}`)
    text = text.replaceAll(place, here)
  }
  return text
}

export interface RunningProxy {
  /** Ends it, and returns what it logged of requests. */
  stop(): Promise<string>
}

export interface RunningNginx extends RunningProxy {
  /** What an operator would type to have the configuration read again. */
  readonly reloadCommand: string
}

/** Runs nginx in the foreground with this inside its http block. Resolves when it takes connections. */
export async function startNginx(path: string, http: string): Promise<RunningNginx> {
  const folder = createTemporaryFolder()
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${folder.file(kind)};`)
    .join(' ')
  const configuration = `daemon off; worker_processes 1; pid ${folder.file('nginx.pid')};
${process.getuid?.() === 0 ? 'user root;' : ''}
error_log stderr notice;
events { worker_connections 64; }
http {
  ${temporary}
  log_format denied '$request_method $status $chancery_deny_reason';
  access_log ${folder.file('access.log')} denied;
${http}
}
`
  writeFileSync(folder.file('nginx.conf'), configuration)
  const child = spawn(path, ['-c', folder.file('nginx.conf'), '-p', folder.path, '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  await saysItRuns(child, /start worker process \d/)
  return {
    reloadCommand: `${path} -c ${folder.file('nginx.conf')} -p ${folder.path} -e stderr -s reload`,
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await ended
      const log = readFileSync(folder.file('access.log'), 'utf8')
      folder.remove()
      return log
    },
  }
}

/** Runs Caddy with this site on a Unix socket. Resolves when it takes connections; its certificates are those of the site. */
export async function startCaddy(path: string, socketPath: string, site: string): Promise<RunningProxy> {
  const folder = createTemporaryFolder()
  const options = `admin off\n auto_https off\n default_bind unix/${socketPath}`
  writeFileSync(folder.file('Caddyfile'), `{\n ${options}\n}\n${site}`)
  const child = spawn(path, ['run', '--config', folder.file('Caddyfile'), '--adapter', 'caddyfile'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { HOME: folder.path, XDG_DATA_HOME: folder.path, XDG_CONFIG_HOME: folder.path },
  })
  await saysItRuns(child, /serving initial configuration/)
  return {
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await ended
      folder.remove()
      return ''
    },
  }
}

function saysItRuns(child: ChildProcess, line: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    child.once('error', reject)
    child.once('exit', () => {
      reject(new Error(said))
    })
    child.stderr?.on('data', (data: Buffer) => {
      said += data.toString()
      if (line.test(said)) resolve()
    })
  })
}

/** Runs HAProxy in the background with this configuration. The command returns when it takes connections. */
export async function startHaproxy(path: string, configuration: string): Promise<RunningProxy> {
  const folder = createTemporaryFolder()
  writeFileSync(folder.file('haproxy.cfg'), configuration)
  const pidFile = folder.file('pid')
  await promisify(execFile)(path, ['-D', '-f', folder.file('haproxy.cfg'), '-p', pidFile])
  return {
    stop() {
      process.kill(Number(readFileSync(pidFile, 'utf8').trim()), 'SIGTERM')
      folder.remove()
      return Promise.resolve('')
    },
  }
}

/** What a plain upstream saw of a request. */
export interface SeenRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** An upstream that knows nothing of any of this: it answers 200 and remembers. */
export async function startUpstream(
  answer: (seen: SeenRequest) => Promise<number> = () => Promise.resolve(200),
): Promise<{ readonly port: number; readonly seen: SeenRequest[]; close(): Promise<void> }> {
  const seen: SeenRequest[] = []
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      const one = { method, url, headers, body: Buffer.concat(chunks).toString() }
      seen.push(one)
      answer(one).then(
        (status) => response.writeHead(status).end('served'),
        () => response.writeHead(599).end(),
      )
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export interface ProxyAnswer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** Sends one request over TLS to a proxy: one that listens on a Unix socket, so that no port has to be guessed, or on a port. */
export function sendTo(
  at: string | number,
  options: {
    readonly method?: string
    readonly target?: string
    readonly headers?: Readonly<Record<string, string>>
    readonly body?: string
    readonly identity?: { readonly keyPem: string; readonly certificatePem: string }
  } = {},
): Promise<ProxyAnswer> {
  const { method = 'GET', target = '/users/7?full=1', headers = {}, body, identity } = options
  return new Promise((resolve, reject) => {
    const request = httpsRequest(
      {
        ...(typeof at === 'string' ? { socketPath: at } : { host: '127.0.0.1', port: at }),
        method,
        path: target,
        agent: false,
        // Whether the proxy is the right one is not what these tests are about.
        rejectUnauthorized: false,
        headers: { host: 'bob.example', ...headers },
        ...(identity && { key: identity.keyPem, cert: identity.certificatePem }),
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
          })
        })
      },
    )
    request.on('error', reject)
    request.end(body)
  })
}

/** A refusal tells the stranger nothing but its status. */
export function assertRefused(answer: ProxyAnswer, status: number): void {
  assert.equal(answer.status, status)
  assert.deepEqual(
    Object.keys(answer.headers).filter((name) => name.startsWith('x-chancery')),
    [],
  )
  assert.doesNotMatch(answer.body, /chancery|scope|certificate|signature|nonce/i)
  assert.equal(answer.headers['www-authenticate'], status === 401 ? 'Signature realm="chancery"' : undefined)
}

/** Sends a GET with a body and without Content-Length, which HTTP/2 does not need. */
export function sendOverHttp2(socketPath: string, headers: Readonly<Record<string, string>>, body: string) {
  return new Promise<number | undefined>((resolve, reject) => {
    const session = connect('https://bob.example', {
      createConnection: () =>
        connectTls({
          path: socketPath,
          servername: REQUEST_LINE.authority,
          ALPNProtocols: ['h2'],
          rejectUnauthorized: false,
        }),
    })
    session.on('error', reject)
    const stream = session.request(
      {
        ':method': REQUEST_LINE.method,
        ':path': REQUEST_LINE.target,
        ':authority': REQUEST_LINE.authority,
        ...headers,
      },
      { endStream: false },
    )
    stream.on('response', (answer) => {
      resolve(answer[':status'])
      session.close()
    })
    stream.on('error', reject)
    stream.end(body)
  })
}
