import { generateKeyPairSync, randomBytes } from 'node:crypto'
import type { NewIdentity } from '../demo/new-identity.ts'
import { signAssertion } from '../test/support/client-assertion.ts'
import type { Deployment } from './deployment.ts'
import { benchIntrospection } from './introspection.ts'
import { makeSignature } from './make-signature.ts'
import { type Load, measureLoad } from './measure.ts'
import { oauthAgent, postForm } from './oauth-client.ts'
import { processorTime, processorTimeSince } from './processor.ts'
import type { Row } from './report.ts'
import { verifyAlone } from './verify-alone.ts'

const CALLERS = 32
const TOKENS = 4_000
const CLIENT = 'oauth-load'
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const FORM = { grant_type: 'client_credentials', client_id: CLIENT }

/**
 * Tokens at `POST /oauth2/token` by both ways of authenticating, each on record before its answer, over connections that are kept; against the signatures that it takes:
 * one to check and one to make for an assertion, one to make where TLS has proved the key already. Then what introspection costs.
 */
export async function benchOAuthToken(deployment: Deployment, scale: number): Promise<Row[]> {
  await deployment.addClient({ clientId: CLIENT, grantedScopes: ['bob.user.read'] })
  const identity = await deployment.identityOf(CLIENT)
  const total = Math.max(CALLERS, Math.round(TOKENS * scale))
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const message = randomBytes(300)
  const check = verifyAlone(privateKey, 'sha256')
  const make = () => makeSignature(message, privateKey)

  return [
    ...(await benchMethod(deployment, identity, total, {
      what: 'private_key_jwt',
      isShown: false,
      form: () => ({
        ...FORM,
        client_assertion_type: ASSERTION_TYPE,
        client_assertion: assertionOf(deployment, identity),
      }),
      bare: { what: 'a check and a signature', run: () => check().then(make) },
    })),
    ...(await benchMethod(deployment, identity, total, {
      what: 'tls_client_auth',
      isShown: true,
      form: () => FORM,
      bare: { what: 'a signature', run: make },
    })),
    ...(await benchIntrospection(deployment, scale)),
  ]
}

interface Method {
  readonly what: string
  /** The certificate is shown in TLS. */
  readonly isShown: boolean
  readonly form: () => Readonly<Record<string, string>>
  readonly bare: { readonly what: string; readonly run: () => Promise<unknown> }
}

async function benchMethod(
  { authority }: Deployment,
  identity: NewIdentity,
  total: number,
  { what, isShown, form, bare }: Method,
): Promise<Row[]> {
  const agent = oauthAgent(identity, CALLERS, isShown)
  const load = async (): Promise<Load> => {
    // Signed before the clock starts: signing is the callers' work.
    const bodies = Array.from({ length: total }, () => new URLSearchParams(form()).toString())
    return measureLoad(total, CALLERS, (i) =>
      postForm(agent, authority.oauthPort!, '/oauth2/token', bodies[i]!),
    )
  }
  try {
    // The first calls make the connections, and run code that is not compiled yet.
    await load()
    const before = processorTime(authority.pid)
    const tokens = await load()
    const used = processorTimeSince(authority.pid, before, total)
    const alone = await measureLoad(total, CALLERS, bare.run)
    const against = (value: number) => ({ bound: { what: bare.what, value } })
    return [
      {
        what: `POST /oauth2/token by ${what}, ${CALLERS} callers`,
        measured: tokens.perSecond,
        unit: '/s',
        ...against(alone.perSecond),
      },
      { what: '  latency, median', measured: tokens.p50Ms, unit: 'ms', ...against(alone.p50Ms) },
      { what: '  latency, 99 of 100', measured: tokens.p99Ms, unit: 'ms', ...against(alone.p99Ms) },
      { what: '  processor time of the service per token', measured: used.allThreadsUs, unit: 'us' },
      { what: '  of its main thread', measured: used.mainThreadUs, unit: 'us' },
    ]
  } finally {
    agent.destroy()
  }
}

function assertionOf({ authority }: Deployment, { key, chainDer }: NewIdentity): string {
  const client = { clientId: CLIENT, key, certificateDer: chainDer[0]! }
  return signAssertion(client, `https://localhost:${authority.oauthPort}/oauth2/token`, new Date())
}
