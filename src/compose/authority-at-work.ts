import { randomUUID } from 'node:crypto'
import { authenticateCaller } from '../authority/authenticate-caller.ts'
import { createCrlFeed, leaveLostNumbersBehind } from '../authority/crl-feed.ts'
import type { IssueDependencies, IssuedCertificate } from '../authority/issue-certificate.ts'
import type { Authorities } from '../authority/issuing-authority.ts'
import type { Clock, Log, Metrics, Random, Timers } from '../authority/ports.ts'
import {
  keepExpiredTokensPruned,
  keepNoncesPruned,
  keepRevokedTokensPruned,
} from '../authority/keep-pruned.ts'
import { createRevocationEvents } from '../authority/revocation-events.ts'
import { issueServiceCertificate, keepCertificate } from '../authority/service-certificate.ts'
import type { AuthoritySettings } from '../authority/settings.ts'
import { createSettledClock } from '../authority/settled-clock.ts'
import { createSnapshotSlots } from '../authority/snapshot-slots.ts'
import { createTokenAuthority } from '../authority/token-issuer.ts'
import { openTokenKeys } from '../authority/token-keys.ts'
import { createTokenRate } from '../authority/token-rate.ts'
import { loadTrust } from '../authority/trust.ts'
import { createVerifierRegistry } from '../authority/verifier-registry.ts'
import type { VerifyRequestSettings } from '../authority/verify-request.ts'
import { createCertificateCache } from '../core/decision/certificate-cache.ts'
import { createTokenCache } from '../core/decision/token-cache.ts'
import { DomainError } from '../core/errors.ts'
import { MAX_CACHED_CERTIFICATES } from '../core/limits.ts'
import { formatPem } from '../core/pem.ts'
import type { Authenticator } from '../grpc/authenticate.ts'
import { createAuthorityService } from '../grpc/authority-service.ts'
import { createAuthorizationService } from '../grpc/authorization-service.ts'
import type { CallMetrics } from '../grpc/call-report.ts'
import { createCertificateService } from '../grpc/certificate-service.ts'
import { createClientService } from '../grpc/client-service.ts'
import { createEnvoyService } from '../grpc/envoy-service.ts'
import type { BoundService } from '../grpc/handler.ts'
import { createHealthMonitor, createHealthService } from '../grpc/health-service.ts'
import { createGrpcServer } from '../grpc/server.ts'
import { createServerCredentials, type ServerIdentity } from '../grpc/server-credentials.ts'
import { createTokenService } from '../grpc/token-service.ts'
import type { KeyStore } from '../signer/signer.ts'
import type { Meta, Store } from '../store/store.ts'
import { makeServiceKey } from './make-service-key.ts'

/** An authority that was initialized, opened: what it knows, and the keys that it signs with. */
export interface OpenedAuthority {
  readonly store: Store
  readonly authorities: Authorities
  readonly meta: Meta
  /** Where the authorities' keys came from. */
  readonly keys: KeyStore
}

/** What an authority stands in: time, chance, the operator's decisions, and those who are told what happens. */
export interface Surroundings {
  readonly clock: Clock
  readonly timers: Timers
  readonly random: Random
  readonly log: Log
  readonly metrics: Metrics & CallMetrics
  readonly settings: AuthoritySettings & VerifyRequestSettings & { readonly drainSeconds: number }
  /** Further services of the same listener, which are told the names of the others. */
  readonly companions: (names: readonly string[]) => readonly BoundService[]
  /** Stands before the authority's own judgement of its callers. Default: nothing does. */
  readonly beforeCall?: (authenticator: Authenticator) => Authenticator
}

/**
 * Puts an authority to work: lists that are kept current, its own TLS certificate, every use case behind gRPC. Nothing listens yet.
 *
 * @param undo - Collects what must be closed, in the order in which it was opened
 * @throws StoreError, SignerError
 */
export async function putToWork(
  { store, authorities, meta, keys }: OpenedAuthority,
  { clock, timers, random, log, metrics, settings, companions, beforeCall }: Surroundings,
  undo: (() => unknown)[],
) {
  const events = createRevocationEvents()
  const cache = createCertificateCache(MAX_CACHED_CERTIFICATES)
  const trust = await loadTrust(store, cache)
  const policy = {
    periodSeconds: settings.tokenKeySeconds,
    prepublishSeconds: settings.tokenKeyPrepublishSeconds,
  }
  const tokenKeys = await openTokenKeys({ store, keys, clock, timers, log, policy })
  undo.push(() => tokenKeys.stop())
  const tokenIssuer = createTokenAuthority(tokenKeys, {
    trustDomain: meta.trustDomain,
    publicUrl: settings.publicUrl,
    authorityId: authorities.issuing.id,
  })

  const feed = createCrlFeed({ store, authorities: authorities.all, clock, timers, log, metrics, settings })
  undo.push(() => feed.stop())
  await leaveLostNumbersBehind({ store, authorities: authorities.all, clock })
  await feed.start()
  const settled = createSettledClock({ clock, timers, log, settings })
  undo.push(keepNoncesPruned({ store, settled, timers, log }))
  undo.push(keepExpiredTokensPruned({ store, settled, timers, log }))
  undo.push(keepRevokedTokensPruned({ store, settled, timers, log, settings }))

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
    tokenCache: createTokenCache(MAX_CACHED_CERTIFICATES),
    tokenIssuer,
    tokenKeys,
    tokenRate: createTokenRate(clock, settings.tokensPerMinute),
  }
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
  const authenticator: Authenticator = { authenticate: (chainDer) => authenticateCaller(deps, chainDer) }
  const grpc = createGrpcServer({
    credentials,
    authenticator: beforeCall?.(authenticator) ?? authenticator,
    services: [...domainServices, createHealthService(health, names), ...companions(names)],
    log,
    metrics,
    newRequestId: () => randomUUID(),
  })
  undo.push(() => grpc.drain(settings.drainSeconds * 1000))
  events.subscribe(
    (event) => {
      grpc.calls.endStreamsOf(event, revokedMeanwhile())
    },
    () => grpc.calls.callers(),
  )
  return { deps, credentials, health, grpc }
}

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
