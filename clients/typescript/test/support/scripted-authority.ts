import { sign } from 'node:crypto'
import type { ServiceError } from '@grpc/grpc-js'
import { Metadata, status } from '@grpc/grpc-js'
import type { ErrorReason } from '../../../../src/core/errors.ts'
import { encodePem } from '../../../../src/core/pem.ts'
import type { FeedPorts } from '../../../../src/feed/ports.ts'
import type { IssueTokenRequest, IssueTokenResponse } from '../../../../src/gen/chancery/v1/token_service.ts'
import { DomainError } from '../../../../src/core/errors.ts'
import { statusOf } from '../../../../src/grpc/status.ts'
import { FIXTURE_NOW, createDecisionFixture } from '../../../../test/support/decision-fixture.ts'
import { createFakeRandom, createFakeTime, settle } from '../../../../test/support/fakes.ts'
import { signToken } from '../../../../test/support/token-fixture.ts'
import { toChanceryError } from '../../src/chancery-error.ts'
import {
  connectAuthority,
  type AuthorityClient,
  type CallOptions,
} from '../../src/authority/connect-authority.ts'
import { openIdentity } from '../../src/identity/client-identity.ts'

const fixture = createDecisionFixture()

/** How the authority answers: a token, a refusal of its own, an error of the transport, something else, or nothing until it is told to. */
export type Script =
  | { readonly kind: 'token' }
  | { readonly kind: 'refusal'; readonly reason: ErrorReason }
  | { readonly kind: 'transport'; readonly code: status; readonly details: string }
  | { readonly kind: 'garbage' }
  | { readonly kind: 'silence' }

/** An authority that answers as it is told, in time that a test moves. No socket is opened. */
export interface ScriptedAuthority {
  readonly client: AuthorityClient
  readonly ports: FeedPorts
  /** Every question, with when it came, in milliseconds since the start. */
  readonly asked: readonly { readonly request: IssueTokenRequest; readonly at: number }[]
  /** How many wait for an answer, at most so far. */
  readonly mostAtOnce: number
  readonly timersWaiting: number
  become(script: Script): void
  /** Answers what waits since `silence`. */
  answerWaiting(): Promise<void>
  advance(milliseconds: number): Promise<void>
  /** Moves the clock on the wall alone, as the machine's sleep does. */
  sleep(milliseconds: number): void
}

/** Makes one; tokens live for five minutes. */
export async function scriptAuthority(): Promise<ScriptedAuthority> {
  const time = createFakeTime(FIXTURE_NOW)
  const random = createFakeRandom()
  let wallOffset = 0
  const elapsed = () => time.clock.now().getTime() - FIXTURE_NOW.getTime()
  const ports: FeedPorts = {
    now: () => new Date(time.clock.now().getTime() + wallOffset),
    elapsed,
    after: (milliseconds, callback) => time.timers.after(milliseconds, callback),
    randomBytes: (length) => random.bytes(length),
    pause: () => Promise.resolve(),
  }
  // A key that signs on the calling thread: `settle` cannot wait for the thread pool.
  const identity = await openIdentity({
    key: {
      algorithm: 'ecdsa-p256-sha256',
      sign: (message) => Promise.resolve(sign('sha256', message, fixture.keys.p256)),
    },
    certificate: encodePem('CERTIFICATE', [fixture.client('p256')]),
  })
  let script: Script = { kind: 'token' }
  let atOnce = 0
  let mostAtOnce = 0
  let serial = 0
  const asked: { request: IssueTokenRequest; at: number }[] = []
  const waiting = new Set<() => void>()

  function issue(): IssueTokenResponse {
    const iat = Math.floor(ports.now().getTime() / 1000)
    const token = signToken(fixture.keys, { claims: { iat, exp: iat + 300, jti: `token-${++serial}` } })
    return { token } as IssueTokenResponse
  }

  async function answer(signal: AbortSignal | undefined): Promise<IssueTokenResponse> {
    switch (script.kind) {
      case 'token':
        return issue()
      case 'garbage':
        return { token: 'a.b.c' } as IssueTokenResponse
      case 'refusal':
        throw toChanceryError(asServiceError(statusOf(new DomainError(script.reason, 'no'), 'request-1')))
      case 'transport':
        throw toChanceryError(asServiceError({ ...script, metadata: new Metadata() }))
      case 'silence':
        await new Promise<void>((resolve) => {
          waiting.add(resolve)
          signal?.addEventListener('abort', () => resolve())
        })
        if (signal?.aborted) {
          const cancelled = { code: status.CANCELLED, details: '', metadata: new Metadata() }
          throw toChanceryError(asServiceError(cancelled))
        }
        return answer(signal)
    }
  }

  const call = async (_method: unknown, request: IssueTokenRequest, options?: CallOptions) => {
    asked.push({ request, at: elapsed() })
    mostAtOnce = Math.max(mostAtOnce, ++atOnce)
    try {
      return await answer(options?.signal)
    } finally {
      atOnce -= 1
    }
  }
  return {
    client: { ...connectAuthority({ address: 'localhost:1', identity }), call: call as never },
    ports,
    asked,
    get mostAtOnce() {
      return mostAtOnce
    },
    get timersWaiting() {
      return time.waiting
    },
    become(next) {
      script = next
    },
    async answerWaiting() {
      for (const resolve of waiting) resolve()
      waiting.clear()
      await settle()
    },
    advance: (milliseconds) => time.advance(milliseconds),
    sleep(milliseconds) {
      wallOffset += milliseconds
    },
  }
}

function asServiceError(fields: { code: status; details: string; metadata: Metadata }): ServiceError {
  return Object.assign(new Error(fields.details), fields)
}
