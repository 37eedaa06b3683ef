import type { Log } from '../authority/ports.ts'
import { slowestVerifiers } from '../authority/verifier-status.ts'
import { watchOtherProcesses } from '../authority/watch-other-processes.ts'
import type { Config } from '../config/config.ts'
import { createReflectionServices } from '../grpc/reflection-service.ts'
import { formatAddress } from '../grpc/server.ts'
import { createAdminRoute } from '../http/admin.ts'
import { createHttpListener } from '../http/listener.ts'
import { createLog } from '../telemetry/log.ts'
import { createMetrics } from '../telemetry/metrics.ts'
import { artefactRoute } from './artefact-route.ts'
import { createAuthDoor } from './auth-door.ts'
import { type OpenedAuthority, putToWork } from './authority-at-work.ts'
import { openAuthority } from './open-authority.ts'
import { createOAuthDoor } from './oauth-door.ts'
import { createPublicDoor } from './public-door.ts'
import { systemClock, systemRandom, systemTimers } from './system-ports.ts'

/** A running service. Addresses are `host:port` as bound: port 0 became a real one. */
export interface Service {
  readonly grpcAddress: string
  readonly httpAddress: string
  readonly adminAddress: string
  /** Absent: off. */
  readonly authAddress: string | undefined
  /** Absent: off. */
  readonly oauthAddress: string | undefined
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
  opened: OpenedAuthority,
  log: Log,
  undo: (() => unknown)[],
  closeAll: () => Promise<void>,
): Promise<Service> {
  const metrics = createMetrics(systemClock)
  const { deps, credentials, health, grpc } = await putToWork(
    opened,
    {
      clock: systemClock,
      timers: systemTimers,
      random: systemRandom,
      log,
      metrics,
      settings: config,
      companions: (names) => createReflectionServices([...names, 'grpc.health.v1.Health']),
    },
    undo,
  )
  metrics.watchCrls(() =>
    // The complete list: it is never newer than the newest delta, so it runs out first.
    deps.authorities.all.map(({ id }) => ({ authority: id, nextUpdate: deps.feed.runsOutAt(id) })),
  )
  metrics.watchVerifiers(() => slowestVerifiers(deps))
  undo.push(watchOtherProcesses(deps))
  const oauth = createOAuthDoor(deps, credentials, log)
  undo.push(() => oauth.close(HTTP_CLOSE_MS))
  const artefacts = artefactRoute(deps, () => oauth.metadata())
  const publicHttp = createPublicDoor({ ...deps, log }, artefacts)
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
    http: await publicHttp.bind(config.http, config.connectionsPerAddress),
    admin: await adminHttp.bind(config.admin),
    auth: await auth.bind(config),
    oauth: await oauth.bind(config, artefacts),
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
    oauthAddress: bound.oauth && formatAddress(bound.oauth),
    close: closeAll,
  }
  const { grpcAddress, httpAddress, adminAddress, authAddress, oauthAddress } = service
  log.info(
    { grpc: grpcAddress, http: httpAddress, admin: adminAddress, auth: authAddress, oauth: oauthAddress },
    'serving',
  )
  return service
}

const HTTP_CLOSE_MS = 1000
