import { randomUUID } from 'node:crypto'
import { authenticateCaller } from '../authority/authenticate-caller.ts'
import { type CrlFeed, createCrlFeed, leaveLostNumbersBehind } from '../authority/crl-feed.ts'
import type { IssueDependencies, IssuedCertificate } from '../authority/issue-certificate.ts'
import type { Log } from '../authority/ports.ts'
import { keepNoncesPruned } from '../authority/prune-nonces.ts'
import { createRevocationEvents } from '../authority/revocation-events.ts'
import { issueServiceCertificate, keepCertificate } from '../authority/service-certificate.ts'
import { createSnapshotSlots } from '../authority/snapshot-slots.ts'
import { createTokenAuthority, openTokenKey } from '../authority/token-issuer.ts'
import { loadTrust } from '../authority/trust.ts'
import { createVerifierRegistry } from '../authority/verifier-registry.ts'
import { slowestVerifiers } from '../authority/verifier-status.ts'
import type { Config } from '../config/config.ts'
import { createCertificateCache } from '../core/decision/certificate-cache.ts'
import { DomainError } from '../core/errors.ts'
import { MAX_CACHED_CERTIFICATES } from '../core/limits.ts'
import { formatPem } from '../core/pem.ts'
import { createAuthorityService } from '../grpc/authority-service.ts'
import { createAuthorizationService } from '../grpc/authorization-service.ts'
import { createCertificateService } from '../grpc/certificate-service.ts'
import { createClientService } from '../grpc/client-service.ts'
import { createEnvoyService } from '../grpc/envoy-service.ts'
import { createHealthMonitor, createHealthService } from '../grpc/health-service.ts'
import { createReflectionServices } from '../grpc/reflection-service.ts'
import { createGrpcServer, formatAddress } from '../grpc/server.ts'
import { createTokenService } from '../grpc/token-service.ts'
import { createServerCredentials, type ServerIdentity } from '../grpc/server-credentials.ts'
import { createAdminRoute } from '../http/admin.ts'
import { createHttpListener } from '../http/listener.ts'
import { createLog } from '../telemetry/log.ts'
import { createMetrics } from '../telemetry/metrics.ts'
import { createAuthDoor } from './auth-door.ts'
import { makeServiceKey } from './make-service-key.ts'
import { type OpenedAuthority, openAuthority } from './open-authority.ts'
import { createPublicDoor } from './public-door.ts'
import { systemClock, systemRandom, systemTimers } from './system-ports.ts'

/** A running service. Addresses are `host:port` as bound: port 0 became a real one. */
export interface Service {
  readonly grpcAddress: string
  readonly httpAddress: string
  readonly adminAddress: string
  /** Absent: off. */
  readonly authAddress: string | undefined
  /** Drains: streams end, calls in progress finish, what was acknowledged is on disk. Safe to call twice. */
  close(): Promise<void>
}

/**
 * Starts everything, in the order in which a failure costs least: store and keys, lists, own certificate, listeners.
 *
 * @throws StoreError, SignerError; whatever the system says of an address that cannot be bound
 */
export async function startService(config: Config): Promise<Service> {
  const log = createLog(config.logLevel, config.logFormat)
  const opened = await openAuthority(config.dataDir, config.keyPassphrase)
  const undo: (() => unknown)[] = [() => opened.store.close()]
  const closeAll = async () => {
    for (const step of undo.splice(0).reverse()) await step()
  }
  try {
    return await assemble(config, opened, log, undo, closeAll)
  } catch (error) {
    await closeAll()
    throw error
  }
}

/** `undo` collects what must be closed, in the order in which it was opened. */
async function assemble(
  config: Config,
  { store, authorities, meta, keys }: OpenedAuthority,
  log: Log,
  undo: (() => unknown)[],
  closeAll: () => Promise<void>,
): Promise<Service> {
  const clock = systemClock
  const timers = systemTimers
  const random = systemRandom
  const metrics = createMetrics(clock)
  const events = createRevocationEvents()
  const cache = createCertificateCache(MAX_CACHED_CERTIFICATES)
  const trust = await loadTrust(store, cache)
  const settings = config
  const tokenIssuer = createTokenAuthority(await openTokenKey(keys), {
    trustDomain: meta.trustDomain,
    publicUrl: config.publicUrl,
    authorityId: authorities.issuing.id,
  })

  const feed = createCrlFeed({ store, authorities: authorities.all, clock, timers, log, metrics, settings })
  undo.push(() => feed.stop())
  await leaveLostNumbersBehind({ store, authorities: authorities.all, clock })
  await feed.start()
  metrics.watchCrls(() => authorities.all.flatMap(({ id }) => crlDeadline(feed, id)))
  undo.push(keepNoncesPruned({ store, clock, timers, log }))

  const deps = {
    store,
    authorities,
    meta,
    feed,
    snapshots: createSnapshotSlots(),
    verifiers: createVerifierRegistry(clock),
    events,
    clock,
    timers,
    random,
    metrics,
    settings,
    trust,
    cache,
    tokenIssuer,
  }
  metrics.watchVerifiers(() => slowestVerifiers(deps))
  const own = await certifyService(deps)
  const credentials = createServerCredentials(own.identity)
  undo.push(
    keepCertificate({ clock, random, timers, log, events }, 'TLS', own.issued, async () => {
      const renewed = await certifyService(deps)
      credentials.swap(renewed.identity)
      return renewed.issued
    }),
  )

  const health = createHealthMonitor(
    {
      store: () => store.ping().then(() => true),
      signer: () => authorities.issuing.signer.sign(HEALTH_MESSAGE).then(() => true),
      crl: () => Promise.resolve(feed.isFresh()),
    },
    timers,
    log,
  )
  undo.push(() => {
    health.stop()
  })
  await health.start()

  const domainServices = [
    createAuthorizationService(deps),
    createAuthorityService(deps),
    createCertificateService(deps),
    createClientService(deps),
    createEnvoyService(deps),
    createTokenService(deps),
  ]
  const names = domainServices.map(serviceName)
  const grpc = createGrpcServer({
    credentials,
    authenticator: { authenticate: (chainDer) => authenticateCaller(deps, chainDer) },
    services: [
      ...domainServices,
      createHealthService(health, names),
      ...createReflectionServices([...names, 'grpc.health.v1.Health']),
    ],
    log,
    metrics,
    newRequestId: () => randomUUID(),
  })
  undo.push(() => grpc.drain(config.drainSeconds * 1000))
  events.subscribe((event) => {
    grpc.calls.endStreamsOf(event, revokedMeanwhile())
  })
  const publicHttp = createPublicDoor({ ...deps, log })
  undo.push(() => publicHttp.close(HTTP_CLOSE_MS))
  const adminHttp = createHttpListener(
    createAdminRoute({
      health: () => health.state,
      metrics: async () => ({ contentType: metrics.contentType, text: await metrics.render() }),
    }),
    log,
  )
  undo.push(() => adminHttp.close(HTTP_CLOSE_MS))
  const auth = createAuthDoor(deps, credentials, log)
  undo.push(() => auth.close(HTTP_CLOSE_MS))

  const bound = {
    http: await publicHttp.bind(config.http),
    admin: await adminHttp.bind(config.admin),
    auth: await auth.bind(config),
    grpc: await grpc.bind(config.listen),
  }
  // Undone first: probes and watchers learn of the stop before anything else does.
  undo.push(() => {
    health.drain()
  })
  const service: Service = {
    grpcAddress: formatAddress(bound.grpc),
    httpAddress: formatAddress(bound.http),
    adminAddress: formatAddress(bound.admin),
    authAddress: bound.auth && formatAddress(bound.auth),
    close: closeAll,
  }
  const { grpcAddress, httpAddress, adminAddress, authAddress } = service
  log.info({ grpc: grpcAddress, http: httpAddress, admin: adminAddress, auth: authAddress }, 'serving')
  return service
}

const HTTP_CLOSE_MS = 1000
const HEALTH_MESSAGE = Buffer.from('chancery-health-check')

/** A new key for every certificate: it lives in this process only, and nothing of it is ever written. */
async function certifyService(
  deps: IssueDependencies,
): Promise<{ identity: ServerIdentity; issued: IssuedCertificate }> {
  const { privateKeyPem, csrDer } = await makeServiceKey()
  const issued = await issueServiceCertificate(deps, csrDer)
  const chain = [issued.certificate!.der, ...issued.chainDer]
  return {
    issued,
    identity: {
      privateKeyPem,
      certificateChainPem: chain.map((der) => formatPem('CERTIFICATE', der)).join(''),
    },
  }
}

function crlDeadline(feed: CrlFeed, authority: string) {
  // The complete list: it is never newer than the newest delta, so it runs out first.
  const crl = feed.complete(authority)
  return crl === undefined ? [] : [{ authority, nextUpdate: crl.nextUpdate }]
}

function revokedMeanwhile(): DomainError {
  return new DomainError(
    'CALLER_REVOKED',
    'The certificate of this connection was revoked, or its client locked, while the call was open.',
    { deny_reason: 'CERTIFICATE_REVOKED' },
  )
}

/** `chancery.v1.ClientService` from `/chancery.v1.ClientService/GetClient`. */
function serviceName(service: {
  readonly definition: Readonly<Record<string, { readonly path: string }>>
}): string {
  return Object.values(service.definition)[0]!.path.split('/')[1]!
}
