import { startLocalVerifier } from '../clients/typescript/test/support/local-verifier.ts'
import { playOutages } from '../clients/typescript/test/support/scripted-outages.ts'
import {
  type RequestAuthorizer,
  chanceryFetch,
  connectAuthority,
  createCredentialSource,
  createRequestSigner,
  openIdentity,
} from '../clients/typescript/src/index.ts'
import { startTestAuthority } from '../clients/typescript/src/testing/index.ts'
import { startLocalBob } from '../demo/local-bob.ts'
import { type Load, measureLoad, summarize } from './measure.ts'
import type { Row } from './report.ts'

const CALLS = 5_000
const CALLERS = 32
const OUTAGES = 104
const TOKEN_LIFE_MS = 300_000
/** What an outage may add to the calls at the switch. */
const SWITCH_BUDGET_MS = 50

/**
 * The article's load tests over HTTP, side by side: calls with a token, calls that are signed, and calls with the authority dead; caller, resource server and authority share this process.
 * Then what outages add to the first calls without a token.
 */
export async function benchLoad(scale: number): Promise<Row[]> {
  const authority = await startTestAuthority()
  const { ports } = authority
  const local = await startLocalVerifier(authority)
  const bob = await startLocalBob(local.verifier)
  await authority.createClient('alice', ['bob.user.read'])
  const identity = await openIdentity(await authority.issueIdentity('alice'))
  const connection = connectAuthority({ address: authority.address, identity, ports })
  const source = createCredentialSource({ authority: connection, ports })
  const total = Math.max(CALLERS, Math.round(CALLS * scale))
  const load = async (authorizer: RequestAuthorizer, shown: string): Promise<Load> => {
    const send = chanceryFetch(authorizer)
    const call = async () => {
      const response = await send(`${bob.origin}/users/7?full=1`)
      await response.arrayBuffer()
      if (response.status !== 200 || response.headers.get('x-credential') !== shown)
        throw new Error(`Bob answered ${response.status}`)
    }
    await measureLoad(CALLERS, CALLERS, call)
    return measureLoad(total, CALLERS, call)
  }
  try {
    const token = await load(source, 'token')
    const signed = await load(createRequestSigner({ identity, now: () => ports.now() }), 'certificate')
    await authority.fail('refused')
    authority.advance(TOKEN_LIFE_MS)
    const dead = await load(source, 'certificate')
    return [...compare({ token, signed, dead }), ...(await benchSwitch(scale))]
  } finally {
    source.close()
    connection.close()
    await bob.close()
    await local.close()
    await authority.close()
  }
}

/** What is said of each load. */
const FIGURES = [
  { what: '', figure: 'perSecond', unit: '/s' },
  { what: ', median', figure: 'p50Ms', unit: 'ms' },
  { what: ', 90 of 100', figure: 'p90Ms', unit: 'ms' },
  { what: ', 95 of 100', figure: 'p95Ms', unit: 'ms' },
  { what: ', 99 of 100', figure: 'p99Ms', unit: 'ms' },
  { what: ', slowest', figure: 'maxMs', unit: 'ms' },
] as const

/** The three loads side by side, figure by figure, each against the one with a token. */
function compare({ token, ...others }: Readonly<Record<'token' | 'signed' | 'dead', Load>>): Row[] {
  return FIGURES.flatMap(({ what, figure, unit }) => {
    const bound = { what: 'with a token', value: token[figure] }
    return [
      { what: `HTTP calls with a token${what}`, measured: token[figure], unit },
      { what: `  signed${what}`, measured: others.signed[figure], unit, bound },
      { what: `  authority dead${what}`, measured: others.dead[figure], unit, bound },
    ]
  })
}

async function benchSwitch(scale: number): Promise<Row[]> {
  const { switchMs } = await playOutages(Math.max(8, Math.round(OUTAGES * scale)), 1)
  const { p50Ms, p99Ms } = summarize(Float64Array.from(switchMs))
  const budget = { of: 'measured', sense: 'at most', limit: SWITCH_BUDGET_MS } as const
  return [
    { what: 'Added to the calls at the switch, median', measured: p50Ms, unit: 'ms' },
    { what: '  99 of 100', measured: p99Ms, unit: 'ms', budget },
  ]
}
