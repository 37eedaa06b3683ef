import type { Command } from 'commander'
import type { Service } from '../../compose.ts'
import type { ConfigOptions } from '../../config/load-config.ts'
import type { CommandContext, Run } from '../command-context.ts'
import { EXIT } from '../exit-code.ts'
import { formatFields } from '../format-table.ts'
import { readPassword } from '../read-password.ts'
import { configOptions, decideConfig } from '../service-options.ts'
import { addVerb } from '../verb.ts'

/** `chancery serve`. */
export function addServe(parent: Command, run: Run): void {
  addVerb(parent, 'serve', 'run the service until it is told to stop', [
    'serve --data /var/lib/chancery',
    'serve --data /var/lib/chancery --listen 0.0.0.0:8443 --http 0.0.0.0:8080 --public-url http://pki.example.org',
  ])
    .option('--config <file>', 'file of configuration keys (default: chancery.yaml in the data folder)')
    .option('--data <dir>', 'folder of the authority (default: .chancery)')
    .option('--listen <host:port>', 'gRPC over mTLS (default: 127.0.0.1:8443)')
    .option('--http <host:port>', 'public lists and certificates (default: 127.0.0.1:8080)')
    .option('--admin <host:port>', 'probes and metrics (default: 127.0.0.1:9090)')
    .option('--oauth <host:port>', 'tokens for OAuth clients, over TLS (default: off)')
    .option('--public-url <url>', 'where callers reach --http; goes into certificates')
    .option('--passphrase-file <file>', 'passphrase of the CA keys; `-` for standard input')
    .action((options: ConfigOptions & { readonly passphraseFile?: string }, command: Command) =>
      run(command, async (context) => {
        const stop = context.io.interrupted()
        const passphrase =
          options.passphraseFile === undefined
            ? undefined
            : await readPassword(context.io, options.passphraseFile)
        const { startService } = await import('../../compose.ts')
        const service = await startService(
          await decideConfig(configOptions(options), context.io.environment, passphrase),
        )
        printAddresses(context, service)
        await serveUntil(service, stop)
        return EXIT.yes
      }),
    )
}

function printAddresses(context: CommandContext, service: Service): void {
  context.printResult(
    () => ({
      grpc: service.grpcAddress,
      http: service.httpAddress,
      admin: service.adminAddress,
      ...(service.authAddress !== undefined && { auth: service.authAddress }),
      ...(service.oauthAddress !== undefined && { oauth: service.oauthAddress }),
    }),
    () =>
      formatFields([
        ['grpc', service.grpcAddress],
        ['http', `http://${service.httpAddress}`],
        ['admin', `http://${service.adminAddress}`],
        ...(service.authAddress === undefined ? [] : ([['auth', `https://${service.authAddress}`]] as const)),
        ...(service.oauthAddress === undefined
          ? []
          : ([['oauth', `https://${service.oauthAddress}`]] as const)),
      ]),
  )
}

/** Waits for the signal, then lets calls finish and ends streams. */
export async function serveUntil(service: Service, stop: AbortSignal): Promise<void> {
  if (!stop.aborted) {
    await new Promise<void>((resolve) => stop.addEventListener('abort', () => resolve(), { once: true }))
  }
  await service.close()
}
