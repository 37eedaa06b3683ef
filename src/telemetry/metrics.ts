import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'
import type { Clock, Metrics } from '../authority/ports.ts'

/** When each authority's list runs out. */
export type CrlDeadlines = () => Iterable<{
  readonly authority: string
  /** `undefined`: there is no list. */
  readonly nextUpdate: Date | undefined
}>

/** How many verifiers of each authority reported lately, and how many numbers the slowest is behind. */
export type VerifierLags = () => Iterable<{
  readonly authority: string
  readonly verifiers: number
  readonly lag: number
}>

/** Every measurement of the service, in a registry of its own. */
export interface Telemetry extends Metrics {
  callStarted(method: string): void
  callEnded(method: string, code: string, seconds: number): void
  /** Prometheus text format. */
  render(): Promise<string>
  readonly contentType: string
  /** Tells where the lists' `nextUpdate` is read from at each scrape. */
  watchCrls(deadlines: CrlDeadlines): void
  /** Tells where the verifiers' lag is read from at each scrape. */
  watchVerifiers(verifiers: VerifierLags): void
}

// From a verification answered from memory to the limit of a unary call.
const LATENCY_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

export function createMetrics(clock: Clock): Telemetry {
  const registry = new Registry()
  const registers = [registry]
  // Event-loop lag, heap, garbage collection and CPU come from here.
  collectDefaultMetrics({ register: registry })
  let deadlines: CrlDeadlines = () => []

  const issued = new Counter({
    name: 'chancery_certificates_issued_total',
    help: 'Certificates issued.',
    labelNames: ['profile'] as const,
    registers,
  })
  const revoked = new Counter({
    name: 'chancery_certificates_revoked_total',
    help: 'Certificates revoked.',
    labelNames: ['reason'] as const,
    registers,
  })
  const decisions = new Counter({
    name: 'chancery_decisions_total',
    help: 'Requests decided.',
    labelNames: ['decision', 'reason'] as const,
    registers,
  })
  const crlNumber = new Gauge({
    name: 'chancery_crl_number',
    help: 'Newest CRL number, deltas and checkpoints included.',
    labelNames: ['authority'] as const,
    registers,
  })
  const completeNumber = new Gauge({
    name: 'chancery_crl_complete_number',
    help: 'Number of the newest complete CRL.',
    labelNames: ['authority'] as const,
    registers,
  })
  const deltaEntries = new Counter({
    name: 'chancery_crl_delta_entries_total',
    help: 'Entries in the deltas from each number to the next.',
    labelNames: ['authority'] as const,
    registers,
  })
  const crlEntries = new Gauge({
    name: 'chancery_crl_entries',
    help: 'Entries in the newest complete CRL.',
    labelNames: ['authority'] as const,
    registers,
  })
  const crlBuild = new Histogram({
    name: 'chancery_crl_build_seconds',
    help: 'Time to encode, sign and store a complete CRL.',
    labelNames: ['authority'] as const,
    buckets: LATENCY_BUCKETS,
    registers,
  })
  new Gauge({
    name: 'chancery_crl_seconds_to_next_update',
    help: 'Time until the newest complete CRL runs out, or the first of its shards; 0 while one is missing. Below zero verifiers refuse everything.',
    labelNames: ['authority'] as const,
    registers,
    collect() {
      this.reset()
      for (const { authority, nextUpdate } of deadlines()) {
        const now = clock.now().getTime()
        this.set({ authority }, ((nextUpdate?.getTime() ?? now) - now) / 1000)
      }
    },
  })
  const ocspAnswers = new Counter({
    name: 'chancery_ocsp_answers_total',
    help: 'OCSP answers, by what they say of a certificate or by the error that the request got.',
    labelNames: ['outcome'] as const,
    registers,
  })
  const ocspSignatures = new Counter({
    name: 'chancery_ocsp_signatures_total',
    help: 'OCSP answers that had to be signed, all others came from memory.',
    registers,
  })
  const tokens = new Counter({
    name: 'chancery_tokens_issued_total',
    help: 'Access tokens issued, by what they are bound to.',
    labelNames: ['binding'] as const,
    registers,
  })
  const tokensRefused = new Counter({
    name: 'chancery_tokens_refused_total',
    help: 'Access tokens that authenticated callers asked for and did not get.',
    labelNames: ['reason'] as const,
    registers,
  })
  const oauthAnswers = new Counter({
    name: 'chancery_oauth_answers_total',
    help: 'Answers of the OAuth endpoints; error and reason are empty for success.',
    labelNames: ['endpoint', 'error', 'reason'] as const,
    registers,
  })
  const oauthLatency = new Histogram({
    name: 'chancery_oauth_seconds',
    help: 'Time from the arrival of a request at an OAuth endpoint to its answer.',
    labelNames: ['endpoint'] as const,
    buckets: LATENCY_BUCKETS,
    registers,
  })
  let lags: VerifierLags = () => []
  new Gauge({
    name: 'chancery_verifiers',
    help: 'Verifiers that reported within the last hour.',
    labelNames: ['authority'] as const,
    registers,
    collect() {
      this.reset()
      for (const { authority, verifiers } of lags()) this.set({ authority }, verifiers)
    },
  })
  new Gauge({
    name: 'chancery_verifier_lag_max',
    help: 'CRL numbers by which the slowest verifier that reported within the last hour is behind.',
    labelNames: ['authority'] as const,
    registers,
    collect() {
      this.reset()
      for (const { authority, lag } of lags()) this.set({ authority }, lag)
    },
  })
  const open = new Gauge({
    name: 'chancery_grpc_open_calls',
    help: 'Calls in progress, streams included.',
    labelNames: ['method'] as const,
    registers,
  })
  const calls = new Counter({
    name: 'chancery_grpc_calls_total',
    help: 'Calls ended, by status code.',
    labelNames: ['method', 'code'] as const,
    registers,
  })
  const latency = new Histogram({
    name: 'chancery_grpc_call_seconds',
    help: 'Time from the arrival of a call to its status; for streams, how long they lived.',
    labelNames: ['method'] as const,
    buckets: LATENCY_BUCKETS,
    registers,
  })

  return {
    contentType: registry.contentType,
    render: () => registry.metrics(),
    watchCrls(source) {
      deadlines = source
    },
    watchVerifiers(source) {
      lags = source
    },
    certificateIssued: (profile) => {
      issued.inc({ profile })
    },
    certificatesRevoked: (reason, count) => {
      revoked.inc({ reason }, count)
    },
    requestDecided: (decision, reason) => {
      decisions.inc({ decision, reason })
    },
    crlPublished: (authority, number, entries, buildSeconds) => {
      completeNumber.set({ authority }, Number(number))
      crlEntries.set({ authority }, entries)
      crlBuild.observe({ authority }, buildSeconds)
    },
    ocspAnswered: (outcome) => {
      ocspAnswers.inc({ outcome })
    },
    ocspSigned: () => {
      ocspSignatures.inc()
    },
    crlAdvanced: (authority, number, entries) => {
      crlNumber.set({ authority }, Number(number))
      deltaEntries.inc({ authority }, entries)
    },
    tokenIssued: (binding) => {
      tokens.inc({ binding })
    },
    tokenRefused: (reason) => {
      tokensRefused.inc({ reason })
    },
    oauthAnswered: (endpoint, error, reason, seconds) => {
      oauthAnswers.inc({ endpoint, error, reason })
      oauthLatency.observe({ endpoint }, seconds)
    },
    callStarted: (method) => {
      open.inc({ method })
    },
    callEnded: (method, code, seconds) => {
      open.dec({ method })
      calls.inc({ method, code })
      latency.observe({ method }, seconds)
    },
  }
}
