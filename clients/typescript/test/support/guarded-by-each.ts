import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe } from 'node:test'
import type { DecisionContext } from '../../../../src/core/decision/decision.ts'
import { encodePem } from '../../../../src/core/pem.ts'
import {
  createDecisionContext,
  createDecisionFixture,
  FIXTURE_NOW,
} from '../../../../test/support/decision-fixture.ts'
import { createTokenContext, fixtureIssuer } from '../../../../test/support/token-fixture.ts'
import { openIdentity } from '../../src/identity/client-identity.ts'
import type { GuardOptions } from '../../src/http/guard.ts'
import { createRequestSigner } from '../../src/signing/request-signer.ts'
import { NoDecisionError } from '../../src/verifier/no-decision-error.ts'
import { createRequestVerifier } from '../../src/verifier/request-verifier.ts'
import type { Verification } from '../../src/verifier/verification.ts'
import { FRAMEWORKS, type GuardedServer } from './guarded-servers.ts'
import { knowingWorld } from './known-world.ts'
import { type RawAnswer, sendRaw } from './raw-http.ts'
import { createStillPorts } from './still-ports.ts'

export const fixture = createDecisionFixture()
export const context: DecisionContext = {
  ...createDecisionContext(fixture),
  tokens: createTokenContext([fixtureIssuer(fixture.keys)]),
}
/** Of alice. */
export const identity = openIdentity({
  key: fixture.keys.p256,
  certificate: encodePem('CERTIFICATE', [fixture.client('p256')]),
})
/** The largest body that the servers read. */
export const MAX_BODY = 1000
export const BODY = '{"name":"Eve"}'

type Fields = readonly (readonly [string, string])[]

/** The header fields of a request that alice signs. */
export async function sign(
  change: {
    readonly method?: string
    readonly target?: string
    readonly body?: string
    readonly authority?: string
  } = {},
  profile: 'rfc9421' | 'simple' = 'rfc9421',
): Promise<Fields> {
  const { method = 'GET', target = '/users/7?full=1', body, authority = 'bob.example' } = change
  const signer = createRequestSigner({ identity: await identity, profile, now: () => FIXTURE_NOW })
  const { headers } = await signer.authorize({ method, url: `http://${authority}${target}`, body })
  return headers
}

export const HOST = ['Host', 'bob.example'] as const
export const JSON_TYPE = ['Content-Type', 'application/json'] as const
export const GET = { method: 'GET', target: '/users/7?full=1' }
export const POST = { method: 'POST', target: '/users/7?full=1' }

export function bearer(token: string): readonly [string, string] {
  return ['Authorization', `Bearer ${token}`]
}

export function jti() {
  return { claims: { jti: randomUUID() } }
}

/** What a test may ask of the servers of one framework. */
export interface Guarded {
  server: GuardedServer
  /** The same behind a trusted proxy at 127.0.0.1. */
  proxied: GuardedServer
  /** The same without decisions. */
  undecided: GuardedServer
  /** Sends a request, and says what the verifier said of it, if it was asked. */
  ask(request: string, to?: GuardedServer): Promise<RawAnswer & { readonly reason: string | undefined }>
  /** Sends a request that is to be refused, with that reason and status (401 unless it says otherwise). */
  refused(
    request: string,
    reason: string | undefined,
    status?: number,
    to?: GuardedServer,
  ): Promise<RawAnswer>
}

/** A suite for each framework that there is an adapter for. */
export function describeEach(title: string, define: (guarded: Guarded) => void): void {
  for (const [name, start] of FRAMEWORKS) {
    describe(`${name} ${title}`, () => {
      const guarded = {} as Guarded
      const seen: Verification[] = []
      const options: GuardOptions = {
        audience: 'bob',
        maxBodyBytes: MAX_BODY,
        bodyTimeoutMs: 300,
        onDecision: (verification) => seen.push(verification),
      }
      const verifier = createRequestVerifier({
        mode: 'local',
        ...knowingWorld(() => context),
        ports: createStillPorts(FIXTURE_NOW),
      })

      before(async () => {
        guarded.server = await start(verifier, options)
        const proxy = {
          addresses: ['127.0.0.1'],
          certificate: 'client-cert',
          authority: 'x-forwarded-host',
        } as const
        guarded.proxied = await start(verifier, { ...options, proxy })
        const none = {
          ...verifier,
          verify: () => Promise.reject(new NoDecisionError('AUTHORITY_UNREACHABLE', 'nobody is there')),
        }
        guarded.undecided = await start(none, options)
      })
      after(async () => {
        await Promise.all([guarded.server, guarded.proxied, guarded.undecided].map((one) => one.close()))
      })

      /** Sends a request, and says what the verifier said of it, if it was asked. */
      async function ask(
        request: string,
        to = guarded.server,
      ): Promise<RawAnswer & { readonly reason: string | undefined }> {
        seen.length = 0
        const [answer] = await sendRaw(to.port, request)
        assert.ok(answer, 'there was no answer')
        const [verification] = seen
        return { ...answer, reason: verification && (verification.reason ?? 'ALLOW') }
      }

      async function refused(
        request: string,
        reason: string | undefined,
        status = 401,
        to = guarded.server,
      ): Promise<RawAnswer> {
        const answer = await ask(request, to)
        assert.equal(answer.reason, reason)
        assert.equal(answer.status, status)
        return answer
      }
      guarded.ask = ask
      guarded.refused = refused
      define(guarded)
    })
  }
}
