import { join, relative, resolve } from 'node:path'
import type { Command } from 'commander'
import type { Service } from '../../compose.ts'
import type { ConfigOptions } from '../../config/load-config.ts'
import type { Config } from '../../config/config.ts'
import type { CommandContext, Run } from '../command-context.ts'
import { pathExists } from '../path-exists.ts'
import { adminDirectory, writeAdminIdentity } from '../admin-identity.ts'
import { ensureDevClients } from '../dev-clients.ts'
import { EXIT } from '../exit-code.ts'
import { DEFAULT_DATA, configOptions, decideConfig } from '../service-options.ts'
import { quoteForShell } from '../curl-command.ts'
import { addVerb } from '../verb.ts'
import { serveUntil } from './serve.ts'

const EXAMPLE_URL = 'https://bob.example/users/7'

/** `chancery dev`. */
export function addDev(parent: Command, run: Run): void {
  addVerb(parent, 'dev', 'run the service for trying it out: made on first run, with clients alice and bob', [
    'dev',
    'dev --data /tmp/chancery --listen 127.0.0.1:9443',
  ])
    .option('--data <dir>', 'folder of the authority', DEFAULT_DATA)
    .option('--listen <host:port>', 'gRPC over mTLS (default: 127.0.0.1:8443)')
    .option('--http <host:port>', 'public lists and certificates (default: 127.0.0.1:8080)')
    .option('--admin <host:port>', 'probes and metrics (default: 127.0.0.1:9090)')
    .action((options: ConfigOptions & { readonly data: string }, command: Command) =>
      run(command, async (context) => {
        const stop = context.io.interrupted()
        const config = await decideConfig(configOptions(options), context.io.environment, undefined)
        await initializeOnce(config)
        const { startService } = await import('../../compose.ts')
        const service = await startService(config)
        try {
          const identities = join(config.dataDir, 'identities')
          await ensureDevClients(identities, toLoopbackAddress(service.grpcAddress), context.io.now())
          printFirstCalls(context, service, identities)
        } catch (error) {
          await service.close()
          throw error
        }
        await serveUntil(service, stop)
        return EXIT.yes
      }),
    )
}

async function initializeOnce(config: Config): Promise<void> {
  if (await pathExists(adminDirectory(config.dataDir))) return
  const { initialize } = await import('../../compose.ts')
  const { dataDir, trustDomain, publicUrl, ocspInCertificates, keyPassphrase } = config
  const local = { dataDir, publicUrl, ocspInCertificates, passphrase: keyPassphrase }
  await initialize({ ...local, trustDomain })
  await writeAdminIdentity(local, 'create')
}

/** The address as a caller on this machine writes it: the name that the service's certificate is made for. */
function toLoopbackAddress(address: string): string {
  return `localhost:${address.slice(address.lastIndexOf(':') + 1)}`
}

function printFirstCalls(context: CommandContext, service: Service, identities: string): void {
  const address = toLoopbackAddress(service.grpcAddress)
  const chancery = quoteForShell(programName(context.io.programPath))
  const [alice, bob] = [quoteForShell(join(identities, 'alice')), quoteForShell(join(identities, 'bob'))]
  const elsewhere = address === context.address ? '' : ` --address ${address}`
  context.print(`Chancery is running. gRPC over mTLS on ${service.grpcAddress}, lists and CA certificates on \
http://${service.httpAddress}, probes and metrics on http://${service.adminAddress}.
Clients: alice (bob.user.read, bob.user.write) and bob, who verifies. Their identities, and that of admin, are in \
${identities}. This is for trying it out: the CA keys are not encrypted. Stop it with Ctrl-C.

Try these in another terminal, in this folder:

1. May alice read a user at bob's? alice signs the request, bob asks.

  ${chancery} request sign --identity ${alice} --url ${EXAMPLE_URL} |
    ${chancery} request verify --identity ${bob} --url ${EXAMPLE_URL} --require-scope bob.user.read --explain${elsewhere}

2. The same service by grpcurl: the certificate authorities, as bob.

  grpcurl -cacert ${bob}/ca.pem -cert ${bob}/cert.pem -key ${bob}/key.pem \\
    ${address} chancery.v1.AuthorityService/ListAuthorities

3. The revocation list that other software reads.

  curl --silent http://${service.httpAddress}/crl/issuing-1.crl | openssl crl -inform DER -noout -text

`)
}

/** What to type to run this program from the current folder. */
function programName(path: string): string {
  const fromHere = relative(process.cwd(), resolve(path))
  return fromHere.startsWith('..') ? path : fromHere.includes('/') ? fromHere : `./${fromHere}`
}
