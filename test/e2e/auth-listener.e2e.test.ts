import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, statSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { createServer } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { createAuthSocketListener } from '../../src/http/auth-listener.ts'
import { ClientServiceService } from '../../src/gen/chancery/v1/client_service.ts'
import { silentLog } from '../support/fakes.ts'
import {
  type RunningService,
  type TestIdentity,
  call,
  startRunningService,
} from '../support/running-service.ts'
import { type TemporaryFolder, createTemporaryFolder } from '../support/temporary-folder.ts'

const LINE = { 'X-Original-Method': 'GET', 'X-Original-URI': '/', 'X-Original-Host': 'bob.example' }

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
}

/** Leaves a socket as a process does that is killed. */
function leaveSocket(path: string): void {
  const script = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`
  spawnSync(process.execPath, ['-e', script, path])
  assert.equal(statSync(path).isSocket(), true)
}

describe('the auth endpoint over mTLS', () => {
  let running: RunningService
  let edge: TestIdentity
  before(async () => {
    running = await startRunningService({ CHANCERY_AUTH: '127.0.0.1:0' })
    edge = await running.enrol('edge', ['chancery.requests.verify'])
  })
  after(() => running.close())

  function ask(identity: TestIdentity | undefined, headers: Readonly<Record<string, string>> = LINE) {
    return new Promise<Answer>((resolve, reject) => {
      const request = httpsRequest(
        `https://${running.service.authAddress!}/auth`,
        {
          agent: false,
          ca: running.caPem,
          servername: 'localhost',
          headers,
          ...(identity && { key: identity.keyPem, cert: identity.certificatePem }),
        },
        (response) => {
          response.resume()
          resolve({ status: response.statusCode ?? 0, headers: response.headers })
        },
      )
      request.on('error', reject)
      request.end()
    })
  }

  it('answers a proxy with the right to ask', async () => {
    const { status, headers } = await ask(edge)
    assert.equal(status, 401)
    assert.equal(headers['x-chancery-deny-reason'], 'CREDENTIAL_MISSING')
  })

  it('tells a caller without a certificate, without the right, or of another authority nothing', async () => {
    const unprivileged = await running.enrol('mallory', ['bob.user.read'])
    const elsewhere = await startRunningService()
    try {
      for (const [identity, reason] of [
        [undefined, 'CALLER_UNAUTHENTICATED'],
        [unprivileged, 'CALLER_NOT_ALLOWED'],
        [elsewhere.admin, 'CALLER_UNAUTHENTICATED'],
      ] as const) {
        const { status, headers } = await ask(identity)
        assert.equal(status, 500)
        assert.equal(headers['x-chancery-error'], reason)
      }
    } finally {
      await elsewhere.close()
    }
  })

  it('judges the proxy anew on each request', async () => {
    const other = await running.enrol('other-edge', ['chancery.requests.verify'])
    assert.equal((await ask(other)).status, 401)
    await call(running, running.admin, ClientServiceService.lockClient, {
      clientId: 'other-edge',
      message: '',
    })
    const { status, headers } = await ask(other)
    assert.equal(status, 500)
    assert.equal(headers['x-chancery-error'], 'CALLER_REVOKED')
  })

  it('refuses headers without end, and more of them than a request may have', async () => {
    // Who is still sending when the connection is cut may not get to read the answer.
    const long = await ask(edge, { ...LINE, 'X-Long': 'a'.repeat(100_000) }).catch(() => undefined)
    assert.equal(long?.status ?? 431, 431)
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`X-Header-${i}`, 'a']))
    const { status, headers } = await ask(edge, { ...many, ...LINE })
    assert.equal(status, 500)
    assert.equal(headers['x-chancery-error'], 'FIELD_INVALID')
  })
})

describe('the auth endpoint on a Unix socket', () => {
  let folder: TemporaryFolder
  before(() => {
    folder = createTemporaryFolder()
  })
  after(() => {
    folder.remove()
  })

  const listener = () =>
    createAuthSocketListener(
      ({ chainDer, peer }) =>
        Promise.resolve({ status: 200, headers: {}, body: `${peer} ${String(chainDer)}` }),
      silentLog,
    )

  function ask(socketPath: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const request = httpRequest({ socketPath, path: '/auth', agent: false }, (response) => {
        response.setEncoding('utf8')
        response.on('data', resolve)
      })
      request.on('error', reject)
      request.end()
    })
  }

  it('makes the file with the mode that was chosen, and removes it at the end', async () => {
    for (const mode of [0o600, 0o660]) {
      const path = folder.file(`mode-${mode}`)
      const auth = listener()
      await auth.bind(path, mode)
      assert.equal(statSync(path).mode & 0o777, mode)
      assert.equal(await ask(path), 'unix undefined')
      await auth.close(100)
      assert.equal(existsSync(path), false)
    }
  })

  it('takes the place of a socket that a crash left, of no file, and of no socket in use', async () => {
    const path = folder.file('stale')
    const dead = createServer()
    await new Promise<void>((resolve) => dead.listen(path, resolve))
    const busy = listener()
    await assert.rejects(busy.bind(path, 0o600), { code: 'EADDRINUSE' })
    // Node removes the file when a server closes: put a socket without a listener in its place.
    await new Promise((resolve) => dead.close(resolve))
    leaveSocket(path)
    const auth = listener()
    await auth.bind(path, 0o600)
    assert.equal(await ask(path), 'unix undefined')
    await auth.close(100)
    const file = folder.file('file')
    writeFileSync(file, 'precious')
    await assert.rejects(listener().bind(file, 0o600), { code: 'EADDRINUSE' })
    assert.equal(statSync(file).size, 8)
  })
})
