import { ADMIN_CLIENT_ID } from '../../../../src/authority/first-clients.ts'
import { initialize } from '../../../../src/authority/initialize.ts'
import { openAuthorities } from '../../../../src/authority/issuing-authority.ts'
import {
  type OpenedAuthority,
  type Surroundings,
  putToWork,
} from '../../../../src/compose/authority-at-work.ts'
import { artefactRoute } from '../../../../src/compose/artefact-route.ts'
import { createPublicDoor } from '../../../../src/compose/public-door.ts'
import { systemRandom } from '../../../../src/compose/system-ports.ts'
import { uncounted } from '../../../../src/compose/uncounted.ts'
import { OID } from '../../../../src/core/asn1/oids.ts'
import {
  CRL_COALESCE_MS,
  DEFAULT_AGE_WINDOW_SECONDS,
  DEFAULT_BACKDATE_SECONDS,
  DEFAULT_CERTIFICATES_PER_CLIENT,
  DEFAULT_CHECKPOINT_SECONDS,
  DEFAULT_CLOCK_SKEW_SECONDS,
  DEFAULT_CRL_COMPLETE_SECONDS,
  DEFAULT_CRL_DELTAS_PER_COMPLETE,
  DEFAULT_CRL_LIFETIME_SECONDS,
  DEFAULT_DECISION_CACHE_SECONDS,
  DEFAULT_OCSP_LIFETIME_SECONDS,
  DEFAULT_STREAM_MAX_AGE_SECONDS,
  MAX_STORED_NONCES,
} from '../../../../src/core/limits.ts'
import {
  DEFAULT_TOKEN_KEY_PREPUBLISH_SECONDS,
  DEFAULT_TOKEN_KEY_SECONDS,
  DEFAULT_TOKENS_PER_MINUTE,
} from '../../../../src/core/token-limits.ts'
import { createMemoryKeyStore } from '../../../../src/signer/memory-key-store.ts'
import { createMemoryStore } from '../../../../src/store/memory/memory-store.ts'

/** What decides how a test authority behaves; the defaults are those of `chancery serve`. */
export type TestSettings = Omit<Surroundings['settings'], 'publicUrl' | 'serverNames' | 'drainSeconds'>

const DEFAULTS: TestSettings = {
  ocspInCertificates: 'off',
  ocspLifetimeSeconds: DEFAULT_OCSP_LIFETIME_SECONDS,
  backdateSeconds: DEFAULT_BACKDATE_SECONDS,
  maxCertificatesPerClient: DEFAULT_CERTIFICATES_PER_CLIENT,
  crlLifetimeSeconds: DEFAULT_CRL_LIFETIME_SECONDS,
  crlCoalesceMs: CRL_COALESCE_MS,
  crlCompleteSeconds: DEFAULT_CRL_COMPLETE_SECONDS,
  crlDeltasPerComplete: DEFAULT_CRL_DELTAS_PER_COMPLETE,
  crlShards: 0,
  checkpointSeconds: DEFAULT_CHECKPOINT_SECONDS,
  streamMaxAgeSeconds: DEFAULT_STREAM_MAX_AGE_SECONDS,
  tokensPerMinute: DEFAULT_TOKENS_PER_MINUTE,
  tokenKeySeconds: DEFAULT_TOKEN_KEY_SECONDS,
  tokenKeyPrepublishSeconds: DEFAULT_TOKEN_KEY_PREPUBLISH_SECONDS,
  ageWindowSeconds: DEFAULT_AGE_WINDOW_SECONDS,
  clockSkewSeconds: DEFAULT_CLOCK_SKEW_SECONDS,
  decisionCacheSeconds: DEFAULT_DECISION_CACHE_SECONDS,
  maxStoredNonces: MAX_STORED_NONCES,
  trustedProxies: [],
}

/** Where an authority in memory stands: its own time, and the address of its public artefacts. */
export interface MemorySurroundings extends Pick<Surroundings, 'clock' | 'timers' | 'beforeCall'> {
  /** How far the clock is ahead of the real time, in milliseconds. */
  aheadMs(): number
  readonly trustDomain: string
  readonly publicUrl: string
  readonly settings: Partial<TestSettings>
}

/** An authority whose store and keys are in memory, and the service over them, which can be stopped and started anew. */
export interface MemoryAuthority {
  start(): Promise<RunningAuthority>
  /** From the next start on tokens are signed with another key. The old one is gone. */
  replaceTokenKey(): void
}

/** The very server of `chancery serve`, on free ports of the loopback interface. */
export interface RunningAuthority extends Awaited<ReturnType<typeof putToWork>> {
  readonly grpcPort: number
  readonly httpPort: number
  close(): Promise<void>
}

export async function makeMemoryAuthority(surroundings: MemorySurroundings): Promise<MemoryAuthority> {
  const chosen = { ...DEFAULTS, ...surroundings.settings }
  const settings = {
    ...chosen,
    // TLS stacks judge by the real time, for which certificates of a clock that is ahead would not be valid yet.
    get backdateSeconds() {
      return chosen.backdateSeconds + Math.ceil(Math.max(0, surroundings.aheadMs()) / 1000)
    },
    publicUrl: surroundings.publicUrl,
    serverNames: ['localhost', '127.0.0.1'],
    drainSeconds: 0,
  }
  const store = createMemoryStore()
  const keys = createMemoryKeyStore()
  let mustReplaceTokenKey = false
  await initialize(
    { store, keys, clock: surroundings.clock, random: systemRandom, settings },
    {
      trustDomain: surroundings.trustDomain,
      scopeExtensionOid: OID.scopeExtension,
      keyType: 'p256',
      adminScopes: [],
    },
  )
  const opened: OpenedAuthority = {
    store,
    authorities: await openAuthorities(store, keys),
    meta: (await store.meta.get())!,
    keys,
  }
  return {
    async start() {
      const running = await start(opened, { ...surroundings, settings })
      if (mustReplaceTokenKey) await running.deps.tokenKeys.rotate(ADMIN_CLIENT_ID, 'compromised')
      mustReplaceTokenKey = false
      return running
    },
    replaceTokenKey() {
      mustReplaceTokenKey = true
    },
  }
}

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }
const ANY_PORT = { host: '127.0.0.1', port: 0 }

async function start(
  opened: OpenedAuthority,
  surroundings: MemorySurroundings & Pick<Surroundings, 'settings'>,
): Promise<RunningAuthority> {
  const undo: (() => unknown)[] = []
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step()
  }
  try {
    const parts = {
      ...surroundings,
      random: systemRandom,
      log: silent,
      metrics: uncounted,
      companions: () => [],
    }
    const work = await putToWork(opened, parts, undo)
    const door = createPublicDoor({ ...work.deps, log: silent }, artefactRoute(work.deps))
    undo.push(() => door.close(0))
    const [http, grpc] = await Promise.all([door.bind(ANY_PORT), work.grpc.bind(ANY_PORT)])
    return { ...work, grpcPort: grpc.port, httpPort: http.port, close }
  } catch (error) {
    await close()
    throw error
  }
}
