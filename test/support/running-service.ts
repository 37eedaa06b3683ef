import { join } from 'node:path'
import * as grpc from '@grpc/grpc-js'
import { writeAdminIdentity } from '../../src/cli/admin-identity.ts'
import { loadIdentity } from '../../src/identity/identity-folder.ts'
import { initialize, startService, type Service } from '../../src/compose.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { AuthorityServiceService } from '../../src/gen/chancery/v1/authority_service.ts'
import {
  AuthorizationServiceService as Authorization,
  IssueCertificateRequest,
  type IssueCertificateResponse,
} from '../../src/gen/chancery/v1/authorization_service.ts'
import { ClientServiceService } from '../../src/gen/chancery/v1/client_service.ts'
import { buildCsr } from './build-use-cases.ts'
import { callUnary, openStream } from './grpc-fixture.ts'
import { formatPem } from '../../src/core/pem.ts'
import { createTemporaryFolder } from './temporary-folder.ts'

/** Someone who can call: a channel's credentials, and what they were made of. */
export interface TestIdentity {
  readonly keyPem: string
  readonly certificatePem: string
  readonly channel: grpc.ChannelCredentials
}

/** The whole service on real sockets and a real SQLite file, with its admin's identity. */
export interface RunningService {
  readonly dataDir: string
  readonly port: number
  readonly service: Service
  readonly admin: TestIdentity
  readonly caPem: string
  /** A file of the temporary folder that is not the service's. */
  file(name: string): string
  /** Makes a client and a certificate for a new key. */
  enrol(
    clientId: string,
    scopes: readonly string[],
  ): Promise<TestIdentity & { issued: IssueCertificateResponse }>
  channelOf(keyPem: string, certificatePem: string): grpc.ChannelCredentials
  /** Stops and starts again over the same data. */
  restart(): Promise<void>
  close(): Promise<void>
}

type Method<Request, Response> = Parameters<typeof callUnary<Request, Response>>[2]

/** Calls a unary method; rejects with grpc-js's ServiceError, which `refusalOf` reads. */
export function call<Request, Response>(
  running: { readonly port: number },
  identity: { readonly channel: grpc.ChannelCredentials },
  method: Method<Request, Response>,
  request: Request,
): Promise<Response> {
  return callUnary(running, identity.channel, method, request)
}

/** Opens a server stream on a connection of its own. */
export function open<Request, Response>(
  running: { readonly port: number },
  identity: { readonly channel: grpc.ChannelCredentials },
  method: Method<Request, Response>,
  request: Request,
) {
  return openStream(running, identity.channel, method, request)
}

/** Initializes an authority in a temporary folder and serves it on free ports of the loopback. */
export async function startRunningService(environment: Record<string, string> = {}): Promise<RunningService> {
  const folder = createTemporaryFolder()
  const dataDir = join(folder.path, 'data')
  await initialize({ dataDir, trustDomain: 'chancery.example' })
  const adminDir = await writeAdminIdentity(
    { dataDir, passphrase: undefined, publicUrl: undefined },
    'create',
  )
  const { keyPem, certificatePem, caPem } = await loadIdentity(adminDir)
  const start = async () => {
    const config = await loadConfig({
      options: { data: dataDir, listen: '127.0.0.1:0', http: '127.0.0.1:0', admin: '127.0.0.1:0' },
      environment: { CHANCERY_LOG_LEVEL: 'silent', CHANCERY_DRAIN_SECONDS: '2', ...environment },
    })
    return startService(config)
  }
  let service = await start()
  const channelOf = (key: string, certificate: string) =>
    grpc.credentials.createSsl(caPem, Buffer.from(key), Buffer.from(certificate))
  const admin: TestIdentity = {
    keyPem: keyPem.toString(),
    certificatePem: certificatePem.toString(),
    channel: channelOf(keyPem.toString(), certificatePem.toString()),
  }
  const running: RunningService = {
    dataDir,
    admin,
    caPem: caPem.toString(),
    get service() {
      return service
    },
    get port() {
      return Number(service.grpcAddress.split(':').at(-1))
    },
    file: folder.file,
    channelOf,
    async enrol(clientId, scopes) {
      await call(running, admin, ClientServiceService.createClient, {
        clientId,
        displayName: '',
        grantedScopes: [...scopes],
        profiles: [],
        dnsNames: [],
      })
      const { csrDer, privateKey } = buildCsr(clientId)
      const issued = await call(
        running,
        admin,
        Authorization.issueCertificate,
        IssueCertificateRequest.fromPartial({
          clientId,
          key: { $case: 'csrDer', value: Buffer.from(csrDer) },
        }),
      )
      const chain = [issued.certificateDer, ...issued.chainDer]
        .map((der) => formatPem('CERTIFICATE', der))
        .join('')
      const key = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
      return { keyPem: key, certificatePem: chain, channel: channelOf(key, chain), issued }
    },
    async restart() {
      await service.close()
      service = await start()
    },
    async close() {
      await service.close()
      folder.remove()
    },
  }
  // One call proves that the service answers before a test counts on it.
  await call(running, admin, AuthorityServiceService.getTrustBundle, {})
  return running
}
