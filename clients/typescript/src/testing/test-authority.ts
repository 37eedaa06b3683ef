import { ALL_RIGHTS } from '../../../../src/authority/access.ts'
import { createClient } from '../../../../src/authority/create-client.ts'
import { ADMIN_CLIENT_ID } from '../../../../src/authority/first-clients.ts'
import { lockClient, unlockClient } from '../../../../src/authority/lock-client.ts'
import type { Caller } from '../../../../src/authority/ports.ts'
import { revokeCertificate } from '../../../../src/authority/revoke-certificate.ts'
import { setClientScopes } from '../../../../src/authority/set-client-scopes.ts'
import { formatPem } from '../../../../src/core/pem.ts'
import type { CrlReason } from '../../../../src/core/x509/types.ts'
import type { FeedPorts } from '../../../../src/feed/ports.ts'
import { type TestSettings, makeMemoryAuthority } from './memory-authority.ts'
import { type Outage, createOutages } from './outage.ts'
import { openRelay } from './relay.ts'
import { createShiftedTime } from './shifted-time.ts'
import { type TestIdentity, type TestIdentityOptions, issueTestIdentity } from './test-identity.ts'

/** How a test authority is to be. */
export interface TestAuthorityOptions {
  /** Default: `chancery.test`. */
  readonly trustDomain?: string
  /** What differs from the defaults of `chancery serve`. */
  readonly settings?: Partial<TestSettings>
}

/**
 * A whole authority in this process: the server of `chancery serve` over mTLS on the loopback interface, with store and keys in memory. Its addresses stay the same
 * through outages and restarts.
 */
export interface TestAuthority {
  /** Of gRPC, `localhost:port`. */
  readonly address: string
  /** Of public artefacts, and the issuer of its tokens. */
  readonly publicUrl: string
  /** The root to trust, PEM. */
  readonly caPem: string
  /** Its time: the real one until {@link TestAuthority.advance} moves it. Give it as `ports` to whatever is to live in the same time. TLS itself goes by the real one. */
  readonly ports: FeedPorts
  /** Adds a client with a grant. What it is to call of the service is part of that, such as `chancery.crl.read`. */
  createClient(clientId: string, scopes: readonly string[]): Promise<void>
  /** Replaces a client's grant; revokes the certificates that carry more. */
  setScopes(clientId: string, scopes: readonly string[]): Promise<void>
  /** Makes a key and issues its certificate, with everything that the client is granted unless told otherwise. */
  issueIdentity(clientId: string, options?: TestIdentityOptions): Promise<TestIdentity>
  /** Revokes the certificate; returns the number of the list that names it. */
  revoke(identity: Pick<TestIdentity, 'serialNumber'>, reason?: CrlReason): Promise<bigint>
  lock(clientId: string): Promise<void>
  unlock(clientId: string): Promise<void>
  /** Moves the clock forward. */
  advance(milliseconds: number): void
  /** Begins an outage, in place of one that is on. */
  fail(outage: Outage | Outage['kind']): Promise<void>
  /** Ends the outage. */
  recover(): Promise<void>
  /** Stops the service and starts it anew over the same store and keys, with `newTokenKey` with another key for tokens. Ends an outage. */
  restart(options?: { readonly newTokenKey?: boolean }): Promise<void>
  close(): Promise<void>
}

const SERVER_NAMES = ['localhost', '127.0.0.1']
const DELAY_MS = 2000
const CLOCK_OFF_MS = 60 * 60 * 1000

/** Acts in this process, where whoever holds the keys may do everything. */
const ADMIN: Caller = { clientId: ADMIN_CLIENT_ID, scopes: ALL_RIGHTS, authorityId: '', serialNumber: '' }

/**
 * Starts an authority for tests.
 *
 * @example
 * ```ts
 * const authority = await startTestAuthority()
 * await authority.createClient('alice', ['bob.user.read'])
 * const alice = await authority.issueIdentity('alice')
 * await authority.fail('refused')
 * await authority.close()
 * ```
 */
export async function startTestAuthority(options: TestAuthorityOptions = {}): Promise<TestAuthority> {
  const time = createShiftedTime()
  const relays = { grpc: await openRelay(), http: await openRelay() }
  const publicUrl = `http://127.0.0.1:${relays.http.port}`
  const surroundings = {
    trustDomain: options.trustDomain ?? 'chancery.test',
    publicUrl,
    settings: options.settings ?? {},
    clock: { now: (): Date => new Date(time.clock.now().getTime() + outages.clockOffMs) },
    timers: time.timers,
    aheadMs: () => time.aheadMs + outages.clockOffMs,
  }
  const outages = createOutages(relays, surroundings)
  const memory = await makeMemoryAuthority({
    ...surroundings,
    beforeCall: (authenticator) => outages.beforeCall(authenticator),
  })
  let running = await memory.start()
  outages.attach(running)
  const { deps } = running

  return {
    address: `localhost:${relays.grpc.port}`,
    publicUrl,
    caPem: formatPem('CERTIFICATE', deps.authorities.root.certificate.der),
    ports: time.ports,
    async createClient(clientId, scopes) {
      await createClient(running.deps, ADMIN, {
        clientId,
        grantedScopes: scopes,
        displayName: '',
        profiles: ['client', 'server', 'short'],
        dnsNames: SERVER_NAMES,
      })
    },
    async setScopes(clientId, scopes) {
      await setClientScopes(running.deps, ADMIN, { clientId, grantedScopes: scopes, etag: '', dryRun: false })
    },
    issueIdentity: (clientId, identity = {}) => issueTestIdentity(running.deps, ADMIN, clientId, identity),
    async revoke({ serialNumber }, reason = 'unspecified') {
      const { crlNumber } = await revokeCertificate(running.deps, ADMIN, {
        target: { kind: 'serial', serialNumber, authority: '' },
        reason,
        invalidityDate: undefined,
        expectedCount: undefined,
        dryRun: false,
      })
      return crlNumber
    },
    async lock(clientId) {
      await lockClient(running.deps, ADMIN, { clientId, message: 'locked by a test' })
    },
    async unlock(clientId) {
      await unlockClient(running.deps, ADMIN, { clientId })
    },
    advance: (milliseconds) => time.advance(milliseconds),
    fail: (outage) => outages.begin(typeof outage === 'object' ? outage : defaultOutage(outage)),
    recover: () => outages.end(),
    async restart({ newTokenKey = false } = {}) {
      await outages.begin({ kind: 'refused' })
      await running.close()
      if (newTokenKey) memory.replaceTokenKey()
      running = await memory.start()
      outages.attach(running)
      await outages.end()
    },
    async close() {
      await outages.close()
      await running.close()
    },
  }
}

function defaultOutage(kind: Outage['kind']): Outage {
  switch (kind) {
    case 'slow':
      return { kind, delayMs: DELAY_MS }
    case 'wrong-clock':
      return { kind, offMs: CLOCK_OFF_MS }
    default:
      return { kind }
  }
}
