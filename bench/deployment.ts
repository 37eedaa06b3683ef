import { type ChildProcess, spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type AuthorityProcess, runChancery, startAuthority } from '../demo/authority-process.ts'
import { type NewIdentity, newIdentity } from '../demo/new-identity.ts'
import { type Stage, createStage } from '../demo/stage.ts'
import { type Identity, createIdentity, loadIdentity } from '../src/identity/identity-folder.ts'
import { issueForKey, toIdentityFiles } from '../src/rpc/issue-certificate.ts'
import { generatePrivateKey } from '../src/identity/private-key.ts'
import { type RpcClient, connectRpc } from '../src/cli/rpc-client.ts'
import { ClientServiceService, CreateClientRequest } from '../src/gen/chancery/v1/client_service.ts'
import { dataFolder } from '../src/compose/data-folder.ts'
import type { KeyType } from '../src/signer/signer.ts'
import { coreLauncher } from './processor.ts'

const CALL_MS = 60_000
/** Tokens are got by OAuth too, and by one client as many as it can: how fast that goes is what is measured. */
const CONFIGURATION = 'oauth: 127.0.0.1:0\ntokensPerMinute: 1000000\n'

/** A real service on the loopback interface with a new database, and those who call it. */
export interface Deployment {
  readonly stage: Stage
  readonly database: string
  readonly authority: AuthorityProcess
  readonly admin: Identity
  readonly operator: RpcClient
  readonly addClient: (client: Partial<CreateClientRequest> & { clientId: string }) => Promise<void>
  identityOf(clientId: string, keyType?: KeyType): Promise<NewIdentity>
}

/** `profileDir`: Node writes a processor profile of the service there when it stops. `prepare`: is given the database before the service starts. */
export async function deploy(
  profileDir: string | undefined,
  prepare?: (database: string) => void,
): Promise<Deployment> {
  const stage = createStage('bench')
  try {
    const dataDir = join(stage.folder, 'data')
    await runChancery('init', '--data', dataDir)
    const { database } = dataFolder(dataDir)
    await writeFile(join(dataDir, 'chancery.yaml'), CONFIGURATION)
    prepare?.(database)
    const authority = await startAuthority({
      dataDir,
      launcher: coreLauncher(),
      nodeArguments: profileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`],
    })
    stage.onClear(() => authority.stop())
    const admin = await loadIdentity(join(dataDir, 'identities', 'admin'))
    const operator = connectRpc({
      address: `localhost:${authority.port}`,
      identity: admin,
      timeoutMs: CALL_MS,
    })
    stage.onClear(() => operator.close())
    return {
      stage,
      database,
      authority,
      admin,
      operator,
      async addClient(client) {
        await operator.call(ClientServiceService.createClient, CreateClientRequest.fromPartial(client))
      },
      identityOf: (clientId, keyType) => newIdentity(operator, clientId, keyType),
    }
  } catch (error) {
    await stage.clear()
    throw error
  }
}

/** A server that answers without doing anything: `echo-server.ts`. */
export interface EchoServer {
  readonly port: number
  /** Of the same over HTTPS. */
  readonly httpsPort: number
  readonly pid: number
}

const echoServers = new WeakMap<Deployment, Promise<EchoServer>>()

/** The echo server, with a certificate of the same authority: started by the first group that needs it. */
export function requireEcho(deployment: Deployment): Promise<EchoServer> {
  const started = echoServers.get(deployment) ?? startEcho(deployment)
  echoServers.set(deployment, started)
  return started
}

async function startEcho({ stage, operator, addClient }: Deployment): Promise<EchoServer> {
  await addClient({ clientId: 'echo', profiles: ['server'], dnsNames: ['localhost'] })
  const key = await generatePrivateKey('p256')
  const issued = await issueForKey(operator, key, {
    clientId: 'echo',
    scopes: [],
    profile: 'server',
  })
  const directory = join(stage.folder, 'echo')
  await createIdentity(directory, await toIdentityFiles(operator, issued, key))
  const [command, ...args] = [
    ...coreLauncher(),
    process.execPath,
    join(import.meta.dirname, 'echo-server.ts'),
    directory,
  ]
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  stage.onClear(() => child.kill('SIGTERM'))
  const [port, httpsPort] = await readPorts(child)
  return { port: port!, httpsPort: httpsPort!, pid: child.pid! }
}

function readPorts(child: ChildProcess): Promise<number[]> {
  return new Promise((resolve, reject) => {
    child.stdout?.once('data', (line: Buffer) => resolve(line.toString().trim().split(' ').map(Number)))
    child.once('exit', (code) => reject(new Error(`the echo server ended with ${code}`)))
  })
}
