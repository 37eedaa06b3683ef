import type { Agent } from 'node:https'
import { type Deployment, requireEcho } from './deployment.ts'
import { type Load, measureInTurns, measureLoad } from './measure.ts'
import { oauthAgent, postForm } from './oauth-client.ts'
import { processorTime, processorTimeSince } from './processor.ts'
import type { Row } from './report.ts'

const CALLERS = 32
const TOKENS = 3_000
const ROUNDS = 3
const CLIENT = 'oauth-introspected'
const ASKER = 'oauth-introspects'
const PATH = '/oauth2/introspect'

/**
 * Answers of `POST /oauth2/introspect` to a resource server that shows its certificate, about tokens that are bound and each new, and about ones that were asked about before; against an HTTPS
 * server that reads as much and answers as much.
 */
export async function benchIntrospection(deployment: Deployment, scale: number): Promise<Row[]> {
  const { authority } = deployment
  await deployment.addClient({ clientId: CLIENT, grantedScopes: ['bob.user.read'] })
  await deployment.addClient({ clientId: ASKER, grantedScopes: ['chancery.requests.verify'] })
  const holder = oauthAgent(await deployment.identityOf(CLIENT), CALLERS, true)
  const asker = oauthAgent(await deployment.identityOf(ASKER), CALLERS, true)
  const echo = await requireEcho(deployment)
  const total = Math.max(CALLERS, Math.round(TOKENS * scale))
  try {
    const newForms = () => getForms(holder, authority.oauthPort!, total)
    const ask = (form: string) => postForm(asker, authority.oauthPort!, PATH, form)
    const known = await newForms()
    const octets = String(Buffer.byteLength(await ask(known[0]!)))
    const empty = () =>
      measureLoad(total, CALLERS, (i) =>
        postForm(asker, echo.httpsPort, '/', known[i]!, { 'x-octets': octets }),
      )
    const askAll = (forms: readonly string[]) => measureLoad(total, CALLERS, (i) => ask(forms[i]!))
    // The first calls make the connections, and run code that is not compiled yet.
    await askAll(known)
    await empty()

    const again = await measureInTurns(ROUNDS, () => askAll(known), empty)
    const before = processorTime(authority.pid)
    await askAll(known)
    const used = processorTimeSince(authority.pid, before, total)
    const forms = await Promise.all(Array.from({ length: ROUNDS }, newForms))
    const fresh = await measureInTurns(ROUNDS, () => askAll(forms.pop()!), empty)
    return [
      ...rowsOf('a token that was not seen before', fresh),
      ...rowsOf('a token that was seen before', again),
      { what: '  processor time of the service per answer', measured: used.allThreadsUs, unit: 'us' },
      { what: '  of its main thread', measured: used.mainThreadUs, unit: 'us' },
    ]
  } finally {
    holder.destroy()
    asker.destroy()
  }
}

function rowsOf(what: string, { first, second }: { readonly first: Load; readonly second: Load }): Row[] {
  const against = (value: number) => ({ bound: { what: 'an empty answer over HTTPS', value } })
  return [
    {
      what: `POST ${PATH}, ${what}, ${CALLERS} callers`,
      measured: first.perSecond,
      unit: '/s',
      ...against(second.perSecond),
    },
    { what: '  latency, 99 of 100', measured: first.p99Ms, unit: 'ms', ...against(second.p99Ms) },
  ]
}

/** Questions about so many new tokens. */
async function getForms(holder: Agent, port: number, total: number): Promise<readonly string[]> {
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: CLIENT }).toString()
  const forms: string[] = []
  await measureLoad(total, CALLERS, async (i) => {
    const { access_token: token } = JSON.parse(await postForm(holder, port, '/oauth2/token', form)) as {
      access_token: string
    }
    forms[i] = new URLSearchParams({ client_id: ASKER, token }).toString()
  })
  return forms
}
