import { startLocalBob } from '../../../../demo/local-bob.ts'
import {
  type CredentialSource,
  chanceryFetch,
  connectAuthority,
  createCredentialSource,
  createRequestSigner,
  openIdentity,
} from '../../src/index.ts'
import { type Outage, type TestAuthority, startTestAuthority } from '../../src/testing/index.ts'
import { fetchesOf, isLost, nextEvent, waitUntil } from './await-source.ts'
import { fitDeadline } from './fit-deadline.ts'
import { startLocalVerifier } from './local-verifier.ts'
import { type SeededRandom, createSeededRandom } from './seeded-random.ts'

/** How the authority can fail Alice; each comes up equally often. */
export const SCRIPTS = [
  'refused',
  'black-hole',
  'slow',
  'unavailable',
  'impostor',
  'wrong-clock',
  'flapping',
  'restart',
] as const
export type Script = (typeof SCRIPTS)[number]

/** What came of the outages. */
export interface OutageTally {
  readonly played: Record<Script, number>
  calls: number
  /** Calls that got no answer, or one that is no decision. */
  readonly lost: string[]
  /** Answers other than what the scopes of the caller, and its revocation, ask for. */
  readonly wrong: string[]
  /** What the first calls without a token took beyond the median of all with one, in milliseconds. */
  readonly switchMs: number[]
  /** Probes beyond what the pace allows for the time that the authority was away. */
  excessProbes: number
  /** After how many probes tokens were back, for each outage that was noticed. */
  readonly probesToReturn: number[]
  /** Calls went on with certificates although the authority was there again. */
  readonly stuck: string[]
}

const SECOND = 1000
const PROBE = { minMs: 500, maxMs: 4 * SECOND }
const TOKEN_LIFE_MS = 300 * SECOND
/** After the last refresh that is due, and before the token is no longer used. */
const REFRESH_DUE_MS = 255 * SECOND
/** For as long a resource that refused a new token gets signatures. */
const DISTRUST_MS = 30 * SECOND
const MAX_TRIES = 6

interface Call {
  readonly method: string
  readonly status: number
}

/** What Alice may and may not. */
const CALLS: readonly Call[] = [
  { method: 'GET', status: 200 },
  { method: 'DELETE', status: 403 },
  { method: 'PUT', status: 200 },
]

/**
 * Plays outages, one after another, to a caller and a resource server of this library over real sockets. Their time is that of the test authority, which jumps ahead instead of
 * passing; what is waited for is events.
 */
export async function playOutages(count: number, seed: number): Promise<OutageTally> {
  const world = await buildWorld()
  const random = createSeededRandom(seed)
  try {
    for (let i = 0; i < count; i++) await playOne(world, SCRIPTS[i % SCRIPTS.length]!, random)
    return world.tally
  } finally {
    await world.close()
  }
}

type World = Awaited<ReturnType<typeof buildWorld>>

async function buildWorld() {
  const authority = await startTestAuthority()
  const { ports } = authority
  const local = await startLocalVerifier(authority)
  const bob = await startLocalBob(local.verifier)
  await authority.createClient('alice', ['bob.user.read', 'bob.user.write'])
  const identity = await openIdentity(await authority.issueIdentity('alice'))
  const connection = connectAuthority({ address: authority.address, identity, ports })
  const source = createCredentialSource({
    authority: connection,
    resource: () => ({ audience: 'bob' }),
    deadlineMs: await fitDeadline(authority, identity),
    patienceMs: 30,
    probe: PROBE,
    ports,
  })
  const mallory = await revoked(authority, local)
  const tally: OutageTally = {
    played: Object.fromEntries(SCRIPTS.map((script) => [script, 0])) as Record<Script, number>,
    calls: 0,
    lost: [],
    wrong: [],
    switchMs: [],
    excessProbes: 0,
    probesToReturn: [],
    stuck: [],
  }
  const tokenMs: number[] = []

  /** Makes one call, notes what is wrong with its answer, and says which credential it went with. */
  async function call({ method, status }: Call, during: string, send = chanceryFetch(source)) {
    const began = performance.now()
    tally.calls++
    try {
      const body = method === 'PUT' ? { body: `{"call":${tally.calls}}` } : {}
      const response = await send(`${bob.origin}/users/${tally.calls}`, { method, ...body })
      const reason = await response.text()
      const ms = performance.now() - began
      const credential = response.headers.get('x-credential')
      if (response.status >= 500)
        tally.lost.push(`${during}: ${method} answered ${response.status} ${reason}`)
      else if (response.status !== status)
        tally.wrong.push(`${during}: ${method} answered ${response.status} ${reason}`)
      return { credential, ms }
    } catch (error) {
      tally.lost.push(`${during}: ${method} ${String(error)}`)
      return { credential: null, ms: 0 }
    }
  }

  return {
    authority,
    source,
    tally,
    tokenMs,
    call,
    callAll: (during: string) => Promise.all(CALLS.map((one) => call(one, during))),
    callRevoked: (during: string) => call({ method: 'GET', status: 401 }, during, mallory),
    async close() {
      source.close()
      connection.close()
      await bob.close()
      await local.close()
      await authority.close()
    },
  }
}

/** `fetch` of someone whose certificate is on the list that Bob has. */
async function revoked(authority: TestAuthority, { feed }: Awaited<ReturnType<typeof startLocalVerifier>>) {
  await authority.createClient('mallory', ['bob.user.read'])
  const issued = await authority.issueIdentity('mallory')
  const identity = await openIdentity(issued)
  const listed = new Promise<void>((resolve) => {
    const stop = feed.onEvent((event) => {
      if (event.kind !== 'updated') return
      stop()
      resolve()
    })
  })
  await authority.revoke(issued, 'keyCompromise')
  await listed
  return chanceryFetch(createRequestSigner({ identity, now: () => authority.ports.now() }))
}

async function playOne(world: World, script: Script, random: SeededRandom): Promise<void> {
  const { authority, source, tally, tokenMs } = world
  tally.played[script]++
  for (const { credential, ms } of await world.callAll('before')) {
    if (credential === 'token') tokenMs.push(ms)
  }
  const probesBefore = source.metrics().probes
  const awayFrom = authority.ports.elapsed()
  // Half of the outages begin while a token is at hand whose refresh is due, half when the last one has run out.
  const isCold = random.below(2) === 0
  if (isCold) {
    await begin(world, script, random)
    authority.advance(TOKEN_LIFE_MS)
  } else {
    authority.advance(REFRESH_DUE_MS)
    const lost = isLosing(script) ? nextEvent(source, 'authority_lost') : undefined
    await begin(world, script, random)
    await world.callAll(script)
    await lost
    authority.advance(TOKEN_LIFE_MS - REFRESH_DUE_MS)
  }
  const usual = medianOf(tokenMs)
  const first = await world.callAll(script)
  if (isLosing(script)) {
    for (const { credential, ms } of first) {
      if (credential === 'certificate') tally.switchMs.push(Math.max(0, ms - usual))
    }
  }
  await world.callRevoked(script)
  for (let step = 0; step < 3; step++) {
    authority.advance(random.below(PROBE.maxMs))
    await world.callAll(script)
  }
  const awayMs = authority.ports.elapsed() - awayFrom
  tally.excessProbes += Math.max(0, source.metrics().probes - probesBefore - mostProbes(awayMs))
  await comeBack(world, script)
}

/** Whether Alice's source notices that the authority is away, and not only that its tokens are refused. */
function isLosing(script: Script): boolean {
  return script !== 'wrong-clock' && script !== 'restart' && script !== 'flapping'
}

async function begin({ authority, callAll }: World, script: Script, random: SeededRandom): Promise<void> {
  if (script === 'restart') return authority.restart({ newTokenKey: true })
  if (script === 'flapping') {
    for (const kind of ['refused', 'unavailable', 'black-hole'] as const) {
      await authority.fail(kind)
      await callAll(script)
      await authority.recover()
      await callAll(script)
    }
    return
  }
  await authority.fail(outageOf(script, random))
}

function outageOf(kind: Outage['kind'], random: SeededRandom): Outage {
  switch (kind) {
    case 'slow':
      return { kind, delayMs: 100 + random.below(400) }
    case 'wrong-clock':
      // Behind: its tokens are over when they come. Ahead by more than clocks may differ its lists are from the future, by which nobody decides.
      return { kind, offMs: -(600 + random.below(3000)) * SECOND }
    default:
      return { kind }
  }
}

/** Ends the outage, lets the time of one probe pass, and looks whether that brought tokens back. */
async function comeBack({ authority, source, tally, callAll }: World, script: Script): Promise<void> {
  await authority.recover()
  const probesBefore = source.metrics().probes
  // One may be on its way that was sent before, which fails and is no sign of anything; and a machine under load lets deadlines pass.
  for (let time = 0; time < MAX_TRIES && isLost(source); time++) await playProbe(authority, source)
  const probes = source.metrics().probes - probesBefore
  if (isLosing(script)) tally.probesToReturn.push(probes)
  if (!isLosing(script)) authority.advance(DISTRUST_MS)
  // A call waits for a token no longer than its patience: those that come after the token do not go on without.
  let credentials: readonly (string | null)[] = []
  for (let time = 0; time < MAX_TRIES; time++) {
    const fetchesBefore = fetchesOf(source)
    credentials = (await callAll('after')).map(({ credential }) => credential)
    if (credentials.every((credential) => credential === 'token')) return
    if (isLost(source)) await playProbe(authority, source)
    else await waitUntil(() => fetchesOf(source) > fetchesBefore)
  }
  tally.stuck.push(`${script}: calls went on with ${credentials.join(', ')}`)
}

/** Lets the longest wait between probes pass, and waits for what comes of the one that was due or on its way. */
async function playProbe(authority: TestAuthority, source: CredentialSource): Promise<void> {
  const failedBefore = source.metrics().fetches.failed
  authority.advance(PROBE.maxMs)
  await waitUntil(() => !isLost(source) || source.metrics().fetches.failed > failedBefore)
}

/** Waits are at least half their bound, which doubles from `minMs` to `maxMs`. */
function mostProbes(awayMs: number): number {
  let probes = 0
  for (
    let boundMs = PROBE.minMs, passedMs = 0;
    passedMs < awayMs;
    boundMs = Math.min(PROBE.maxMs, 2 * boundMs)
  ) {
    passedMs += boundMs / 2
    probes++
  }
  return probes
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
