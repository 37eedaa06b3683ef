import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type TestAuthority, startTestAuthority } from '../../clients/typescript/src/testing/index.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

const RUN = join(import.meta.dirname, '..', '..', 'examples', 'run.ts')

describe('the examples', () => {
  const folder = createTemporaryFolder()
  const servers: ChildProcess[] = []
  let authority: TestAuthority
  let environment: NodeJS.ProcessEnv

  before(async () => {
    authority = await startTestAuthority()
    const follow = ['chancery.crl.read', 'chancery.requests.verify']
    for (const [name, scopes] of [
      ['alice', ['bob.user.read', 'carol.order.read']],
      ['bob', follow],
      ['carol', [...follow, 'bob.user.read']],
    ] as const) {
      await authority.createClient(name, scopes)
      await authority.issueIdentity(name, { folder: join(folder.path, name) })
    }
    environment = { ...process.env, CHANCERY_ADDRESS: authority.address }
    environment['BOB'] = await serve('bob')
    environment['CAROL'] = await serve('carol')
  })
  after(async () => {
    for (const server of servers) server.kill('SIGKILL')
    await authority.close()
    folder.remove()
  })

  function start(name: string): ChildProcess {
    return spawn(process.execPath, ['--conditions=chancery-source', RUN, name], {
      env: { ...environment, CHANCERY_IDENTITY: join(folder.path, name), PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
  }

  /** Starts a server; resolves with where it says that it listens. */
  async function serve(name: string): Promise<string> {
    const child = start(name)
    servers.push(child)
    for await (const chunk of child.stdout!) {
      const origin = /listens on (http:\S+)/.exec(String(chunk))?.[1]
      if (origin !== undefined) return origin
    }
    throw new Error(`${name} does not listen`)
  }

  /** What Alice prints. */
  async function runAlice(): Promise<string[]> {
    const child = start('alice')
    let output = ''
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    const [code] = (await once(child, 'close')) as [number]
    assert.equal(code, 0, output)
    return output.trim().split('\n')
  }

  it('serve Alice by token while the authority answers', async () => {
    const [token, cert, user, change, order] = await runAlice()
    assert.equal(token, 'GET /token: 200 {"hello":"alice"}')
    assert.equal(cert, 'GET /cert: 403 {"title":"This route takes a certificate."}')
    assert.equal(user, 'GET /users/7: 200 {"name":"Eve"}')
    assert.match(change ?? '', /^PUT \/users\/7: 403 /)
    assert.equal(order, 'GET /orders/1: 200 {"order":"1","for":"Eve"}')
  })

  it('serve her by certificate while it does not', async () => {
    await authority.fail('refused')
    const lines = await runAlice()
    assert.ok(lines.includes('from now on with a certificate'))
    assert.ok(lines.includes('GET /token: 403 {"title":"This route takes a token."}'), lines.join('\n'))
    assert.ok(lines.includes('GET /cert: 200 {"hello":"alice"}'))
    assert.ok(lines.includes('GET /users/7: 200 {"name":"Eve"}'))
    assert.ok(lines.some((line) => line.startsWith('PUT /users/7: 403 ')))
    assert.ok(lines.includes('GET /orders/1: 200 {"order":"1","for":"Eve"}'))
    await authority.recover()
  })
})
