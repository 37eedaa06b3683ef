import { Agent } from 'node:https'
import { authenticateOAuthClient } from '../../../src/authority/authenticate-oauth-client.ts'
import { introspectToken } from '../../../src/authority/introspect-token.ts'
import { sha256Base64Url } from '../../../src/core/crypto.ts'
import { readQuery, type VerifyRequestInput } from '../../../src/core/decision/read-query.ts'
import { DomainError, MalformedError } from '../../../src/core/errors.ts'
import { isWithin } from '../../../src/core/scope/scope.ts'
import { covers, missingScopes } from '../../../src/core/scope/scope-set.ts'
import { type AccessToken, parseAccessToken } from '../../../src/core/token/access-token.ts'
import { MAX_OAUTH_BODY_BYTES } from '../../../src/core/token-limits.ts'
import { chainOf } from '../../../src/grpc/peer-connections.ts'
import { createServerCredentials } from '../../../src/grpc/server-credentials.ts'
import { createHttpListener } from '../../../src/http/listener.ts'
import { createIntrospectionEndpoint } from '../../../src/http/oauth/introspection-endpoint.ts'
import { INTROSPECTION_PATH } from '../../../src/http/oauth/server-metadata.ts'
import { silentLog } from '../fakes.ts'
import { type Answer, DENIED } from './answer.ts'
import type { Door } from './doors.ts'
import { postOver } from './post-over.ts'
import type { Question } from './questions.ts'
import { callerKeys, makeServerIdentity } from './tls.ts'
import { CALLERS, type DoorWorld } from './world.ts'

/** What the endpoint says of a token. */
interface Introspected {
  readonly active: boolean
  readonly scope: string
  readonly aud: string | readonly string[]
}

/** `POST /oauth2/introspect` over TLS, asked by a resource server that then looks at audience and scopes, as RFC 7662 leaves to it. */
export async function openIntrospectionDoor(world: DoorWorld): Promise<Door> {
  const identity = makeServerIdentity()
  const deps = await world.instance()
  const endpoint = createIntrospectionEndpoint({
    ...deps,
    log: silentLog,
    authenticate: (credentials) => authenticateOAuthClient(deps, credentials, []),
    introspect: (caller, token) => introspectToken(deps, caller, token),
  })
  const listener = createHttpListener(
    endpoint,
    silentLog,
    { path: /^$/, body: { paths: [INTROSPECTION_PATH], maxBytes: MAX_OAUTH_BODY_BYTES } },
    { source: createServerCredentials(identity.keyAndChain), chainOf },
  )
  const { port } = await listener.bind({ host: '127.0.0.1', port: 0 })
  const agents = Object.fromEntries(
    CALLERS.map((name) => {
      const { keyPem, certificatePem } = callerKeys(world, name)
      const tls = { ca: identity.caPem, servername: 'localhost', key: keyPem, cert: certificatePem }
      return [name, new Agent({ keepAlive: true, maxSockets: 16, ...tls })]
    }),
  )
  return {
    name: 'introspection',
    cannot: cannotIntrospect,
    async ask({ caller, input }) {
      const { credential } = input
      if (credential?.kind !== 'bearer_token') throw new Error('asked about what is no token')
      const form = new URLSearchParams({ client_id: caller, token: credential.token }).toString()
      const { status, text } = await postOver(agents[caller]!, port, INTROSPECTION_PATH, form)
      if (status !== 200) throw new Error(`no introspection: ${status} ${text}`)
      return judge(JSON.parse(text) as Introspected, input, deps.tokenIssuer.audience)
    },
    async close() {
      for (const agent of Object.values(agents)) agent.destroy()
      await listener.close(1000)
    },
  }
}

/** What a resource server makes of the answer; which check failed it is not told. */
function judge(
  found: Introspected,
  { requiredScopes, match, audience }: VerifyRequestInput,
  everyone: string,
): Answer {
  if (!found.active) return { verdict: DENIED }
  const granted = found.scope === '' ? [] : found.scope.split(' ')
  const missing = missingScopes(granted, requiredScopes)
  const said = { granted, missing }
  const isMeant = [found.aud]
    .flat()
    .some((aud) => aud === everyone || (audience !== '' && isWithin(audience, aud)))
  const belongs = audience === '' || requiredScopes.every((scope) => isWithin(scope, audience))
  if (!isMeant || !belongs) return { verdict: 'AUDIENCE_MISMATCH', ...said }
  const isGranted = requiredScopes.length === 0 || covers(granted, requiredScopes, match)
  return { verdict: isGranted ? 'ALLOW' : 'SCOPE_INSUFFICIENT', ...said }
}

/** Why this cannot be asked by introspection. */
function cannotIntrospect({ input }: Question): string | undefined {
  const { credential, freshness } = input
  if (credential?.kind !== 'bearer_token') return 'introspection is about tokens'
  if (credential.token === '') return 'an empty parameter is as none'
  if (freshness) return 'introspection has no word for freshness'
  if (isMisasked(input)) return 'what is demanded is for the resource server to read'
  const { certificate, token } = credential
  if (certificate?.forwarded) return 'introspection reads no header of proxies'
  if (certificate && certificate.chain.length !== 1)
    return 'introspection has the leaf from the store, and nothing else'
  const thumbprint = read(token)?.certificateThumbprint
  const leaf = certificate?.chain[0]
  if (thumbprint !== undefined && (leaf === undefined || sha256Base64Url(leaf) !== thumbprint))
    return 'whether the certificate is the one that the token is bound to, the resource server sees'
  return undefined
}

function isMisasked(input: VerifyRequestInput): boolean {
  try {
    readQuery(input)
    return false
  } catch (error) {
    if (error instanceof DomainError) return true
    throw error
  }
}

function read(token: string): AccessToken | undefined {
  try {
    return parseAccessToken(token)
  } catch (error) {
    if (error instanceof MalformedError) return undefined
    throw error
  }
}
