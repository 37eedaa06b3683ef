import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findFreePort } from '../../../../demo/free-port.ts'
import type { TestAuthority } from '../../src/testing/index.ts'
import type { PackedProject } from './packed-project.ts'

/** Calls Bob and Carol of the README with the credentials of its caller, says what came of it, and ends when the lists are on disk. */
const ASK = `
import { readdir } from 'node:fs/promises'
import { chanceryFetch, createRequestSigner, openIdentity } from '@chancery/client'
import './bob.js'
import './carol.js'
import { callBob, credentials } from './caller.js'
const [bob, carol] = process.argv.slice(2)
const callCarol = chanceryFetch(createRequestSigner({ identity: await openIdentity('./alice') }))
const json = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"name":"Eve"}' }
const answers = []
for (const response of [await callBob(bob + '/users/7'), await callBob(bob + '/users', json), await callCarol(carol + '/orders/1')])
  answers.push([response.status, await response.json()])
answers.push(credentials.metrics().requests)
const isKept = async () =>
  (await readdir('state/lists', { recursive: true }).catch(() => [])).filter((name) => name.endsWith('complete.crl')).length >= 2
for (let i = 0; i < 200 && !(await isKept()); i++) await new Promise((resolve) => setTimeout(resolve, 50))
if (!(await isKept())) throw new Error('there are no lists on disk: ' + (await readdir('state/lists', { recursive: true })).join())
process.stdout.write('answers: ' + JSON.stringify(answers) + '\\n')
process.exit(0)
`

/** What Alice is answered, whatever she calls with. */
export const SERVED = [
  [200, { for: 'alice' }],
  [201, { name: 'Eve' }],
  [200, { for: 'alice' }],
] as const

/** Enrols those of the README at an authority, and puts its address and free ports into what their samples were compiled to. Returns what makes a program of them and runs it. */
export async function stageSamples(
  project: PackedProject,
  authority: TestAuthority,
): Promise<() => Promise<unknown>> {
  const { folder } = project
  for (const [name, scopes] of [
    ['alice', ['bob.user.read', 'bob.user.write', 'carol.order.read']],
    ['bob', ['chancery.crl.read', 'chancery.requests.verify']],
  ] as const) {
    await authority.createClient(name, scopes)
    await authority.issueIdentity(name, { folder: join(folder, name) })
  }
  await authority.createClient('servers', [])
  const server = await authority.issueIdentity('servers', { profile: 'server' })
  await mkdir(join(folder, 'server'))
  await writeFile(join(folder, 'server', 'key.pem'), server.key)
  await writeFile(join(folder, 'server', 'cert.pem'), server.certificate)
  const ca = join(folder, 'server', 'ca.pem')
  await writeFile(ca, authority.caPem)

  const [bob, carol] = [await findFreePort(), await findFreePort()]
  for (const name of ['caller', 'verifier', 'bob', 'carol']) {
    const file = join(folder, 'out', `${name}.js`)
    const text = (await readFile(file, 'utf8'))
      .replace('localhost:8443', authority.address)
      .replace('8444', String(bob))
      .replace('8445', String(carol))
      // Its first call finds no token yet, and a busy machine may take longer for a handshake than a request would wait.
      .replace('createCredentialSource({', 'createCredentialSource({ patienceMs: 10_000, deadlineMs: 10_000,')
    await writeFile(file, text)
  }
  await writeFile(join(folder, 'out', 'ask.js'), ASK)
  const origins = [`https://localhost:${bob}`, `http://localhost:${carol}`]
  return async () => {
    const output = await project.run(
      'env',
      `NODE_EXTRA_CA_CERTS=${ca}`,
      process.execPath,
      'out/ask.js',
      ...origins,
    )
    return JSON.parse(/^answers: (.*)$/m.exec(output)![1]!) as unknown
  }
}
