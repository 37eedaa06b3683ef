import { createPrivateKey, createPublicKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ClientServiceService } from '../../src/gen/chancery/v1/client_service.ts'
import { IssueTokenRequest, TokenServiceService } from '../../src/gen/chancery/v1/token_service.ts'
import { publicJwk } from '../../src/core/token/public-jwk.ts'
import type { DenyReason } from '../../src/core/decision/deny-reason.ts'
import { type RunningService, type TestIdentity, call } from './running-service.ts'
import { REQUEST_LINE } from './sign-as-client.ts'
import { signJws } from './token-fixture.ts'

/** Tokens of a running service and the identities that they are of. */
export interface Bearers {
  readonly alice: TestIdentity
  readonly carol: TestIdentity
  readonly dave: TestIdentity
  readonly tokens: Readonly<
    Record<'bound' | 'unbound' | 'expired' | 'narrow' | 'locked' | 'lockedAndBound', string>
  >
}

/** alice may read, carol may not, and dave was locked after he got his tokens. */
export async function enrolBearers(running: RunningService): Promise<Bearers> {
  const alice = await running.enrol('alice', ['bob.user.read'])
  const carol = await running.enrol('carol', ['bob.other'])
  const dave = await running.enrol('dave', ['bob.user.read'])
  const issue = async (client: TestIdentity, unbound: boolean) => {
    const request = IssueTokenRequest.fromPartial({ unbound })
    return (await call(running, client, TokenServiceService.issueToken, request)).token
  }
  const tokens = {
    bound: await issue(alice, false),
    unbound: await issue(alice, true),
    narrow: await issue(carol, true),
    locked: await issue(dave, true),
    lockedAndBound: await issue(dave, false),
    expired: signExpired(running),
  }
  await call(running, running.admin, ClientServiceService.lockClient, { clientId: 'dave', message: '' })
  return { alice, carol, dave, tokens }
}

/** As the service signed it six minutes ago: by its own key, so that nothing but the time is wrong with it. */
function signExpired({ dataDir }: RunningService): string {
  const key = createPrivateKey(readFileSync(join(dataDir, 'keys', 'tokens-1.key.pem')))
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' })
  const { kid, alg } = publicJwk(spki, 'ecdsa-p256-sha256')
  const issuer = 'spiffe://chancery.example'
  const iat = Math.floor(Date.now() / 1000) - 360
  const claims = { iss: issuer, aud: issuer, sub: 'alice', client_id: 'alice', scope: 'bob.user.read' }
  return signJws({ typ: 'at+jwt', alg, kid }, { ...claims, jti: 'expired', iat, exp: iat + 300 }, key)
}

/** One request to a proxy that accepts tokens, and what must come of it. */
export interface BearerCase {
  readonly name: string
  readonly token?: keyof Bearers['tokens']
  /** Whose key the connection to the proxy proves. */
  readonly tls?: 'alice' | 'carol' | 'dave'
  readonly headers?: Readonly<Record<string, string>>
  readonly status: 200 | 401 | 403
  /** Absent where it is allowed. */
  readonly reason?: DenyReason
}

/** What is true of every proxy that ends the client's TLS. */
export const BEARER_CASES: readonly BearerCase[] = [
  { name: 'a token that is bound to nothing', token: 'unbound', status: 200 },
  { name: 'it beside the certificate of another client', token: 'unbound', tls: 'carol', status: 200 },
  { name: 'a token beside the certificate that it is bound to', token: 'bound', tls: 'alice', status: 200 },
  {
    name: 'a bound token that somebody else found',
    token: 'bound',
    tls: 'carol',
    status: 401,
    reason: 'TOKEN_BINDING_MISMATCH',
  },
  {
    name: 'a bound token without a certificate',
    token: 'bound',
    status: 401,
    reason: 'TOKEN_BINDING_MISMATCH',
  },
  { name: 'an expired token', token: 'expired', status: 401, reason: 'TOKEN_EXPIRED' },
  {
    name: 'an expired token beside a good certificate',
    token: 'expired',
    tls: 'alice',
    status: 401,
    reason: 'TOKEN_EXPIRED',
  },
  {
    name: 'a token without the scope, beside a certificate with it',
    token: 'narrow',
    tls: 'alice',
    status: 403,
    reason: 'SCOPE_INSUFFICIENT',
  },
  { name: 'the token of a locked client', token: 'locked', status: 401, reason: 'CLIENT_LOCKED' },
  {
    name: 'that client with the certificate, which is on hold',
    token: 'lockedAndBound',
    tls: 'dave',
    status: 401,
    reason: 'CERTIFICATE_REVOKED',
  },
  {
    name: 'a good token in a request that tries to be signed',
    token: 'unbound',
    headers: { 'X-Signature': 'AAAA' },
    status: 401,
    reason: 'CREDENTIAL_MISSING',
  },
]

/** What a client sends to a proxy. */
export interface ProxyRequest {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly identity: TestIdentity | undefined
}

/** The request of a case. */
export function requestOf(
  { token, tls, headers }: Pick<BearerCase, 'token' | 'tls' | 'headers'>,
  bearers: Bearers,
): ProxyRequest {
  return {
    path: REQUEST_LINE.target,
    headers: { ...headers, ...(token && { Authorization: `Bearer ${bearers.tokens[token]}` }) },
    identity: tls && bearers[tls],
  }
}
