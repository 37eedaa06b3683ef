import { Agent, type RequestOptions, request as httpsRequest } from 'node:https'
import type { IncomingHttpHeaders } from 'node:http'
import type { OfferedCertificate } from '../../../src/core/decision/offered-credential.ts'
import type { VerifyRequestInput } from '../../../src/core/decision/read-query.ts'
import { createAuthDoor } from '../../../src/compose/auth-door.ts'
import type { HeaderField } from '../../../src/core/request/http-request.ts'
import { createServerCredentials } from '../../../src/grpc/server-credentials.ts'
import { silentLog } from '../fakes.ts'
import { type Answer, answerOfReason } from './answer.ts'
import type { Door } from './doors.ts'
import type { Question } from './questions.ts'
import { callerKeys, makeServerIdentity } from './tls.ts'
import { authorizationOf } from './token-questions.ts'
import { CALLERS, type DoorWorld } from './world.ts'

/** The auth-request endpoint over mTLS, asked as nginx asks. */
export async function openAuthRequestDoor(world: DoorWorld): Promise<Door> {
  const identity = makeServerIdentity()
  const door = createAuthDoor(
    await world.instance(),
    createServerCredentials(identity.keyAndChain),
    silentLog,
  )
  const address = await door.bind({
    auth: { host: '127.0.0.1', port: 0 },
    authSocket: undefined,
    authSocketMode: '0600',
  })
  const agents = Object.fromEntries(
    CALLERS.map((name) => {
      const { keyPem, certificatePem } = callerKeys(world, name)
      const tls = { ca: identity.caPem, servername: 'localhost', key: keyPem, cert: certificatePem }
      return [name, new Agent({ keepAlive: true, maxSockets: 16, ...tls })]
    }),
  )
  return {
    name: 'auth-request',
    cannot: cannotAskOverHttp,
    async ask({ caller, input, acceptsTokens }) {
      const { status, headers } = await get({
        agent: agents[caller]!,
        host: '127.0.0.1',
        port: address!.port,
        path: `/auth?${queryOf(input, acceptsTokens)}`,
        headers: toRawHeaders(headersOf(input)),
      })
      return answerOf(status, headers)
    },
    async close() {
      for (const agent of Object.values(agents)) agent.destroy()
      await door.close(1000)
    },
  }
}

function get(options: RequestOptions): Promise<{ status: number; headers: IncomingHttpHeaders }> {
  return new Promise((resolve, reject) => {
    const request = httpsRequest(options, (response) => {
      response.resume()
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers }))
    })
    request.on('error', reject)
    request.end()
  })
}

const BODILESS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE'])

/** Why nginx, configured as the recipes have it, cannot ask this; `explain`, which changes no decision, it leaves out. */
function cannotAskOverHttp({ input }: Question): string | undefined {
  const { credential, freshness, requiredScopes } = input
  if (freshness) return 'the query has no word for freshness'
  if (requiredScopes.some((scope) => scope.includes(','))) return 'scopes stand between commas in the query'
  if (!headersOf(input).every(isFieldOfHttp)) return 'HTTP carries no such field'
  switch (credential?.kind) {
    case 'http_signature': {
      const { body, bodyTruncated, method } = credential.request
      if (credential.profile !== 'unspecified') return 'the profile is found by the headers'
      if (body.kind === 'sha256' || (body.kind === 'bytes' && body.bytes.length > 0))
        return 'a sub-request has no body'
      return bodyTruncated || BODILESS.has(method) ? undefined : 'no other method is known to have no body'
    }
    case 'presented_certificate':
      return cannotPresent(credential)
    case 'bearer_token':
      if (authorizationOf(credential.token) === undefined) return 'no header field carries this token'
      return credential.certificate && cannotPresent(credential.certificate)
    default:
      return 'this is about HTTP'
  }
}

function cannotPresent({ forwarded }: OfferedCertificate): string | undefined {
  return forwarded ? undefined : 'a sub-request has no client certificate but in a header'
}

/** RFC 9110 section 5.5: visible octets, with blanks and tabs between them only. */
function isFieldOfHttp({ value }: HeaderField): boolean {
  const text = Buffer.from(value).toString('latin1')
  return /^(?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/.test(text)
}

function queryOf(
  { requiredScopes, match, audience, credential }: VerifyRequestInput,
  acceptsTokens: boolean,
): string {
  const query = new URLSearchParams({ match })
  const { forwarded } = certificateOf(credential) ?? {}
  if (requiredScopes.length > 0) query.set('scope', requiredScopes.join(','))
  if (audience !== '') query.set('audience', audience)
  if (forwarded) query.set('certificate', forwarded.header)
  if (acceptsTokens) query.set('bearer', 'accept')
  return query.toString()
}

function headersOf({ credential }: VerifyRequestInput): readonly HeaderField[] {
  const field = (name: string, value: string) => ({ name, value: Buffer.from(value, 'utf8') })
  switch (credential?.kind) {
    case 'http_signature': {
      const { method, target, authority, headers, bodyTruncated } = credential.request
      return [
        field('X-Original-Method', method),
        field('X-Original-URI', target),
        field('X-Original-Host', authority),
        ...(credential.scheme ? [field('X-Original-Proto', credential.scheme)] : []),
        ...(bodyTruncated ? [field('X-Original-Content-Length', '5')] : []),
        ...headers,
      ]
    }
    case 'presented_certificate':
      return forwardedHeaders(credential)
    case 'bearer_token': {
      const authorization = field('Authorization', authorizationOf(credential.token) ?? '')
      return [authorization, ...(credential.certificate ? forwardedHeaders(credential.certificate) : [])]
    }
    default:
      return []
  }
}

function forwardedHeaders({ forwarded }: OfferedCertificate): readonly HeaderField[] {
  if (!forwarded) return []
  const { header: name, value, chainValue } = forwarded
  const chain = chainValue.length > 0 ? [{ name: 'Client-Cert-Chain', value: chainValue }] : []
  return [{ name, value }, ...chain]
}

function certificateOf(credential: VerifyRequestInput['credential']): OfferedCertificate | undefined {
  if (credential?.kind === 'bearer_token') return credential.certificate
  return credential?.kind === 'presented_certificate' ? credential : undefined
}

/** Field lines one by one, repeated ones too. Host comes first, because Node adds none to such a list. */
function toRawHeaders(headers: readonly HeaderField[]): string[] {
  const lines = headers.map(({ name, value }) => [name, Buffer.from(value).toString('latin1')])
  return [['Host', 'localhost'], ...lines].flat()
}

function answerOf(status: number, headers: IncomingHttpHeaders): Answer {
  const text = (name: string) => headers[name]?.toString()
  if (status === 200) {
    return {
      verdict: 'ALLOW',
      granted: text('x-chancery-scopes')!
        .split(' ')
        .filter((scope) => scope !== ''),
    }
  }
  const error = text('x-chancery-error')
  if (error !== undefined) return answerOfReason(error)
  return { verdict: text('x-chancery-deny-reason') ?? `status ${status}` }
}
