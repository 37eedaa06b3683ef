import type { KeyObject } from 'node:crypto'
import type { OfferedCredential } from '../../../src/core/decision/offered-credential.ts'
import { type TokenChange, NOW_SECONDS, boundTo, signToken } from '../token-fixture.ts'
import type { Plan } from './plan.ts'
import { forwarded } from './forwarded.ts'
import { turnBit } from './mutations.ts'
import type { DoorWorld, TestClientCertificate } from './world.ts'

/** A token, beside the certificate that the plan says, and bound to it or not. */
export function tokenCredential(
  world: DoorWorld,
  plan: Plan,
  client: TestClientCertificate,
): OfferedCredential {
  return {
    kind: 'bearer_token',
    token: tokenOf(world, plan, client),
    certificate: besideOf(plan, client),
  }
}

/** What stands in `Authorization` of a request that is signed too: good, and of somebody else. */
export function tokenOfErin({ fixture }: DoorWorld): string {
  return signToken(fixture.keys, { claims: { sub: 'erin', client_id: 'erin' } })
}

function besideOf(plan: Plan, client: TestClientCertificate) {
  switch (plan.beside) {
    case 'none':
      return undefined
    case 'presented':
      return { kind: 'presented_certificate', chain: client.chain, forwarded: undefined } as const
    case 'forwarded':
      return { kind: 'presented_certificate', chain: [], forwarded: forwarded(plan, client) } as const
  }
}

function tokenOf({ fixture, good }: DoorWorld, plan: Plan, client: TestClientCertificate): string {
  const { clientId } = client
  // P-256 now and then only: it is made without randomness, and slowly.
  const key = plan.at % 16 === 0 ? 'token256' : 'token'
  const { header, claims, ...signing } = changeOf(plan, fixture.keys.stranger)
  const token = signToken(fixture.keys, {
    key,
    ...signing,
    ...(header && { header }),
    claims: { sub: clientId, client_id: clientId, ...bindingOf(plan, client, good), ...claims },
  })
  return garble(token, plan)
}

/** A token of a plain plan is bound to no other certificate than the one beside it. */
function bindingOf(plan: Plan, { chain }: TestClientCertificate, good: readonly TestClientCertificate[]) {
  switch (plan.bound) {
    case 'not':
      return {}
    case 'own':
      return plan.plain && plan.beside === 'none' ? {} : boundTo(chain[0]!)
    case 'other':
      return boundTo(good[plan.at % good.length]!.chain[0]!)
  }
}

function changeOf({ token }: Plan, stranger: KeyObject): TokenChange {
  switch (token) {
    case 'issuer':
      return { claims: { iss: 'https://mallory.example' } }
    case 'key':
      return { header: { kid: 'AAAA' } }
    case 'algorithm':
      return { header: { alg: 'ES384' } }
    case 'stranger':
      return { key: 'token', signer: stranger }
    case 'future':
      return { claims: { iat: NOW_SECONDS + 31, exp: NOW_SECONDS + 300 } }
    case 'skewed':
      return { claims: { iat: NOW_SECONDS + 30, exp: NOW_SECONDS + 300 } }
    case 'expired':
      return { claims: { exp: NOW_SECONDS } }
    case 'audience':
      return { claims: { aud: 'bob' } }
    case 'withdrawn':
      return { claims: { scope: 'bob.admin bob.user.read' } }
    case 'narrow':
      return { claims: { scope: 'bob.user.write' } }
    case 'scopes':
      return { claims: { scope: 'bob.user.read  bob.user.write' } }
    case 'nobody':
      return { claims: { sub: 'zoe', client_id: 'zoe', cnf: undefined } }
    case 'locked':
      return { claims: { sub: 'carol', client_id: 'carol', cnf: undefined } }
    case 'type':
      return { header: { typ: 'JWT' } }
    default:
      return {}
  }
}

function garble(token: string, { token: how, at }: Plan): string {
  switch (how) {
    case 'empty':
      return ''
    case 'cut':
      return token.slice(0, at % token.length)
    case 'turned':
      // Also a line feed may come of it, which no door over HTTP can carry.
      return turnBit(Buffer.from(token, 'latin1'), at).toString('latin1')
    case 'long':
      return token + 'A'.repeat(8192)
    case 'two':
      return `${token},Bearer ${token}`
    default:
      return token
  }
}

/** The header field that says the same; `undefined` for a token that none can carry as it is, since HTTP drops blanks around a value. */
export function authorizationOf(token: string): string | undefined {
  return /^[\x21-\x7e\x80-\xff]*$/.test(token) ? `Bearer ${token}`.trimEnd() : undefined
}
