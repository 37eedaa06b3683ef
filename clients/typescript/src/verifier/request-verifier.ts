import { type VerifyRequestInput, readQuery } from '../../../../src/core/decision/read-query.ts'
import type { ReplayGuard } from '../../../../src/core/decision/decision.ts'
import { DomainError } from '../../../../src/core/errors.ts'
import { DEFAULT_AGE_WINDOW_SECONDS, DEFAULT_CLOCK_SKEW_SECONDS } from '../../../../src/core/limits.ts'
import { systemFeedPorts } from '../../../../src/feed/system-ports.ts'
import type { FeedPorts } from '../../../../src/feed/ports.ts'
import { AuthorityServiceService } from '../../../../src/gen/chancery/v1/authority_service.ts'
import { MAX_REMEMBERED_NONCES } from '../limits.ts'
import type { RevocationFeed } from '../revocation/revocation-feed.ts'
import type { AuthorityRpc } from '../authority/authority-rpc.ts'
import type { TrustBundleSource } from '../trust/trust-bundle-source.ts'
import { type CircuitState, createCircuit } from './circuit.ts'
import { NoDecisionError } from './no-decision-error.ts'
import { createNonceMemory } from './nonce-memory.ts'
import type { Verification } from './verification.ts'
import { createAutoEngine } from './verify-by-both.ts'
import { createLocalEngine } from './verify-locally.ts'
import { createStreamEngine } from './verify-over-stream.ts'
import { type DecisionEngine, createUnaryEngine } from './verify-remotely.ts'

/** What a resource server was asked to serve, and what serving it needs. The same for every mode, as VerifyRequest has it. */
export type VerificationQuestion = Pick<VerifyRequestInput, 'credential'> & {
  /** Concrete, at most 64. Default none: authentication only. */
  readonly requiredScopes?: readonly string[] | undefined
  /** Default `all`. */
  readonly match?: VerifyRequestInput['match'] | undefined
  /** Name of the resource server, in the form of a scope: every required scope must begin with it. Default none. */
  readonly audience?: string | undefined
  readonly freshness?: VerifyRequestInput['freshness']
  /** Say how each check ended. Default false. */
  readonly explain?: boolean | undefined
}

/** Decides whether requests may be served. */
export interface RequestVerifier {
  /** Starts the trust source and the feed, where the mode has them. Resolves as they do. */
  start(): Promise<void>
  /**
   * Decides about one request. A denial is a value.
   *
   * @throws {@link NoDecisionError} There is no decision: the request must not be served.
   */
  verify(question: VerificationQuestion): Promise<Verification>
  /** Whether the authority is asked just now; `undefined` in `local`. */
  readonly circuit: CircuitState | undefined
  /** Closes what {@link RequestVerifier.start} started. The connection stays open. */
  close(): Promise<void>
}

interface LocalOptions {
  readonly trust: TrustBundleSource
  readonly feed: RevocationFeed
  /** How long a signature is good for, in seconds. Default 60, as at the service. */
  readonly ageWindowSeconds?: number | undefined
  /** How far clocks may differ, in seconds. Default 30, as at the service. */
  readonly clockSkewSeconds?: number | undefined
  /** Nonces remembered in this process. Default 250,000. */
  readonly maxNonces?: number | undefined
  /** Where nonces are remembered in place of this process: something that a whole fleet shares. */
  readonly nonces?: ReplayGuard | undefined
}

interface RemoteOptions {
  readonly connection: AuthorityRpc
  /** `stream` pipelines all questions over one VerifyRequests, about six times as fast; `unary` makes a call of each. Default `stream`. */
  readonly transport?: 'stream' | 'unary' | undefined
  /** For one answer, in milliseconds. Default 2000 in `remote`, where there is nothing else; 250 in `auto`, where a client waits for no more than a slow network. */
  readonly timeoutMs?: number | undefined
}

/** How requests are decided: here (`local`), by the authority (`remote`), or by the authority while it answers (`auto`). */
export type RequestVerifierOptions = (
  | ({ readonly mode: 'auto' } & LocalOptions & RemoteOptions)
  | ({ readonly mode: 'local' } & LocalOptions)
  | ({ readonly mode: 'remote' } & RemoteOptions)
) & {
  /** Called when `auto` begins or ceases to ask the authority. */
  readonly onCircuit?: ((state: CircuitState) => void) | undefined
  /** Clock, timers and randomness; default: the real ones. */
  readonly ports?: FeedPorts | undefined
}

const REMOTE_TIMEOUT_MS = 2000
const AUTO_TIMEOUT_MS = 250
const PROBE_TIMEOUT_MS = 1000

/** Makes a verifier. */
export function createRequestVerifier(options: RequestVerifierOptions): RequestVerifier {
  const { engine, circuit } = createEngine(options)
  const started = options.mode === 'remote' ? undefined : options
  return {
    async start() {
      await started?.feed.start()
    },
    async verify(question) {
      const input = complete(question)
      try {
        // What the service would refuse is refused before it is asked, and alike in every mode.
        const query = readQuery(input)
        return await engine.verify(input, query)
      } catch (error) {
        if (!(error instanceof DomainError)) throw error
        throw new NoDecisionError(error.reason, error.message, { cause: error })
      }
    },
    get circuit() {
      return circuit?.state
    },
    async close() {
      engine.close()
      started?.trust.close()
      await started?.feed.close()
    },
  }
}

function createEngine(options: RequestVerifierOptions) {
  const { ports = systemFeedPorts } = options
  if (options.mode === 'remote')
    return { engine: createRemote(options, REMOTE_TIMEOUT_MS), circuit: undefined }
  const {
    trust,
    feed,
    ageWindowSeconds = DEFAULT_AGE_WINDOW_SECONDS,
    clockSkewSeconds = DEFAULT_CLOCK_SKEW_SECONDS,
    maxNonces = MAX_REMEMBERED_NONCES,
  } = options
  const replay = options.nonces ?? createNonceMemory(maxNonces)
  const now = () => ports.now()
  const local = createLocalEngine({ trust, feed, replay, now, ageWindowSeconds, clockSkewSeconds })
  if (options.mode === 'local') return { engine: local, circuit: undefined }
  const circuit = createCircuit({
    probe: () =>
      options.connection.call(AuthorityServiceService.getTrustBundle, {}, { deadlineMs: PROBE_TIMEOUT_MS }),
    ports,
    onChange: options.onCircuit ?? (() => undefined),
  })
  const windowSeconds = ageWindowSeconds + clockSkewSeconds
  const remote = createRemote(options, AUTO_TIMEOUT_MS)
  return { engine: createAutoEngine({ remote, local, circuit, replay, now, windowSeconds }), circuit }
}

function createRemote(options: RemoteOptions, defaultTimeoutMs: number): DecisionEngine {
  const { connection, transport = 'stream', timeoutMs = defaultTimeoutMs } = options
  return transport === 'stream'
    ? createStreamEngine(connection, timeoutMs)
    : createUnaryEngine(connection, timeoutMs)
}

function complete(question: VerificationQuestion): VerifyRequestInput {
  const {
    credential,
    requiredScopes = [],
    match = 'all',
    audience = '',
    freshness,
    explain = false,
  } = question
  return { credential, requiredScopes, match, audience, freshness, explain }
}
