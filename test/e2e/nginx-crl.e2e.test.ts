import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, it } from 'node:test'
import {
  AuthorizationServiceService as Authorization,
  RevokeCertificateRequest,
} from '../../src/gen/chancery/v1/authorization_service.ts'
import { describeWithSystemTool } from '../support/external-tool.ts'
import { PATIENCE_MS } from '../support/patience.ts'
import { type RunningNginx, readRecipe, sendTo, startNginx, startUpstream } from '../support/proxy.ts'
import {
  type RunningService,
  type TestIdentity,
  call,
  startRunningService,
} from '../support/running-service.ts'
import { type TemporaryFolder, createTemporaryFolder } from '../support/temporary-folder.ts'

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts')

/** `chancery crl watch` as a process of its own, and its lines. */
function startWatch(running: RunningService, folder: TemporaryFolder): ChildProcess {
  const args = ['--identity', folder.file('chancery'), '--address', `localhost:${running.port}`, '-o', 'json']
  const files = ['--state', folder.file('state'), '--out', folder.file('crl.pem')]
  const reload = ['--exec', `sh ${folder.file('reload.sh')}`]
  return spawn(process.execPath, [MAIN, 'crl', 'watch', ...args, ...files, ...reload], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

describeWithSystemTool('nginx', 'nginx with lists that crl watch keeps', (path) => {
  const folder = createTemporaryFolder()
  let running: RunningService
  let upstream: Awaited<ReturnType<typeof startUpstream>>
  let nginx: RunningNginx
  let watch: ChildProcess
  let alice: Awaited<ReturnType<RunningService['enrol']>>
  let bob: TestIdentity

  before(async () => {
    running = await startRunningService()
    upstream = await startUpstream()
    alice = await running.enrol('alice', [])
    bob = await running.enrol('bob', [])
    const edge = await running.enrol('edge', ['chancery.crl.read'])
    mkdirSync(folder.file('chancery'), { mode: 0o700 })
    for (const [name, pem] of [
      ['cert.pem', edge.certificatePem],
      ['key.pem', edge.keyPem],
      ['ca.pem', running.caPem],
    ] as const) {
      writeFileSync(join(folder.file('chancery'), name), pem, { mode: 0o600 })
    }
    // The command of the first lists runs before there is an nginx to reload.
    writeFileSync(folder.file('reload.sh'), `touch ${folder.file('reloaded')}`)
    watch = startWatch(running, folder)
    await until(() => existsSync(folder.file('reloaded')))
    nginx = await startNginx(
      path,
      `map "" $chancery_deny_reason { default ""; }
${readRecipe('nginx-crl.conf', {
  'listen 443 ssl': `listen unix:${folder.file('nginx.sock')} ssl`,
  '/etc/nginx/bob.example.crt': join(folder.file('chancery'), 'cert.pem'),
  '/etc/nginx/bob.example.key': join(folder.file('chancery'), 'key.pem'),
  '/etc/nginx/chancery/ca.pem': join(folder.file('chancery'), 'ca.pem'),
  '/etc/nginx/crl.pem': folder.file('crl.pem'),
  '127.0.0.1:8081': `127.0.0.1:${upstream.port}`,
})}`,
    )
    writeFileSync(folder.file('reload.sh'), nginx.reloadCommand)
  })
  after(async () => {
    watch.kill('SIGTERM')
    await nginx.stop()
    await running.close()
    await upstream.close()
    folder.remove()
  })

  const send = (identity: TestIdentity) => sendTo(folder.file('nginx.sock'), { identity })
  /** A worker that is on its way out may cut a connection: that is no answer. */
  const isRefused = (identity: TestIdentity) =>
    send(identity).then(
      ({ status }) => status === 400,
      () => false,
    )

  it('serves clients whose certificates are good', async () => {
    assert.equal((await send(alice)).status, 200)
    assert.equal((await send(bob)).status, 200)
    assert.match(String(upstream.seen[0]?.headers['x-client-subject']), /CN=alice/)
  })

  it('refuses a client once it is revoked, and nobody has touched nginx', async () => {
    const lines = createInterface({ input: watch.stdout! })
    const seen = new Promise<void>((resolve) => {
      lines.on('line', (line) => {
        const { event, authority, entry_count } = JSON.parse(line) as Record<string, unknown>
        if (authority === 'issuing-1' && event === 'delta' && entry_count === 1) resolve()
      })
    })
    await call(
      running,
      running.admin,
      Authorization.revokeCertificate,
      RevokeCertificateRequest.fromPartial({
        target: { $case: 'certificateDer', value: alice.issued.certificateDer },
        reason: 1,
      }),
    )
    await seen
    // nginx takes connections with its old workers until the new ones are there.
    await until(() => isRefused(alice))
    assert.equal((await send(bob)).status, 200)
  })
})

/** Looks again and again until it is so. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS
  while (!(await isSo())) {
    assert.ok(Date.now() < deadline, `it is not so after ${PATIENCE_MS} ms`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
