import { createLruCache } from '../../../../src/core/lru-cache.ts'
import type { FeedPorts } from '../../../../src/feed/ports.ts'
import { wait } from '../../../../src/feed/wait.ts'
import type { SignatureProfile } from '../../../../src/identity/sign-request.ts'
import type { AuthorityClient } from '../authority/connect-authority.ts'
import { type Authorized, type OutgoingRequest, type RequestAuthorizer, isUnread } from '../authorizer.ts'
import type { ClientIdentity } from '../identity/client-identity.ts'
import { createRequestSigner } from '../signing/request-signer.ts'
import { quietPorts } from '../quiet-ports.ts'
import { createAuthorityGuard } from './authority-guard.ts'
import type { CredentialEvent, CredentialMetrics, SwitchReason, TokenResource } from './credential-event.ts'
import { createEventLog } from './event-log.ts'
import { type HeldToken, fetchToken, isUsable } from './fetch-token.ts'

/** Where tokens come from, and what stands in for them. */
export interface CredentialSourceOptions {
  /** Gives the tokens, to the client of its own identity. */
  readonly authority: AuthorityClient
  /** Signs while there are none. Default: that of `authority`; another where the key that signs is behind a KMS. */
  readonly identity?: ClientIdentity
  /** The form of signatures. Default `rfc9421`. */
  readonly profile?: SignatureProfile
  /** What a request to this URL needs a token for. Default: one token for every resource server, which each of them could use at the others: name an audience. */
  readonly resource?: (url: URL) => TokenResource
  /**
   * Ask for tokens that are good only beside the certificate. For resource servers whose TLS asks for it, called with an agent that shows it. Default
   * false: others never see a certificate with a token, and would refuse it.
   */
  readonly bound?: boolean
  /** How long tokens are good, in seconds, 10 to 300. Default: the authority's, 300. */
  readonly validitySeconds?: number
  /** How long the authority may take before it counts as lost, in milliseconds. Default 1,000: it answers in a few. */
  readonly deadlineMs?: number
  /** How long a request without a token waits for one before it is signed instead, in milliseconds. Default 250: a first TLS handshake takes a fifth of it. */
  readonly patienceMs?: number
  /** Waits between probes while the authority is lost, in milliseconds: from `minMs`, doubling up to `maxMs`. Default 500 and 10,000. */
  readonly probe?: { readonly minMs?: number; readonly maxMs?: number }
  /** Clock, timers and randomness, for tests. */
  readonly ports?: FeedPorts
}

/** Gives each request a token, or while there is none a signature; see {@link createCredentialSource}. */
export interface CredentialSource extends RequestAuthorizer {
  metrics(): CredentialMetrics
  /** Calls `listener` with what happens. Returns a function that ends that. */
  subscribe(listener: (event: CredentialEvent) => void): () => void
  /** Ends probes and calls under way. Requests are no longer authorized. */
  close(): void
}

/** Tokens of so many resources are kept; a program that talks to more fetches again. */
const MAX_RESOURCES = 256
/** A token that is refused when it is younger than this is no accident: its resource gets signatures for as long. */
const DISTRUST_MS = 30_000

/** A denial is asked about again after so long at the earliest. */
const DENIAL_PAUSE_MS = 1_000

/** What is known of one resource. Changed in place: a request must cost a look-up and no more. */
interface Entry {
  readonly resource: TokenResource
  token: HeldToken | undefined
  fetching: Promise<HeldToken | undefined> | undefined
  denial: { readonly error: unknown; readonly until: number } | undefined
  distrustedUntil: number
  carries: 'token' | 'certificate' | undefined
  carriedSince: number
}

/**
 * Makes the source of credentials that hides an outage of the authority.
 *
 * A token comes first: fetched once for all requests that need it, kept, and fetched anew ahead of its end. While the authority does not answer (refused, no answer within the
 * deadline, an answer that it cannot serve, no TLS), a token at hand is used until shortly before its end, and then requests are signed with the certificate, which
 * carries the same scopes. The authority is tried again in the background, once at a time and ever less often, and tokens return with its first answer.
 *
 * With a usable token, and while the authority is lost, a request never waits for the network.
 *
 * A **denial is no outage**: when the authority answers that it gives no token (locked, revoked, not granted), `authorize` rejects with its {@link ChanceryError} and
 * nothing is signed. Otherwise a client that was locked out would go on by its certificate wherever the news has not arrived yet. Who can make the authority unreachable gains nothing: the
 * certificate is judged as strictly as the token, revocation included.
 *
 * A token that a resource server refuses with 401 is sent no more; the request is signed, once. If the token was new, the resource gets signatures for half a minute.
 */
export function createCredentialSource(options: CredentialSourceOptions): CredentialSource {
  const { authority, bound = false, deadlineMs = 1_000, patienceMs = 250, ports = quietPorts } = options
  const resourceOf = options.resource ?? (() => EVERYWHERE)
  const now = () => ports.now()
  const signer = createRequestSigner({
    identity: options.identity ?? authority.identity,
    now,
    ...(options.profile === undefined ? {} : { profile: options.profile }),
  })
  const stop = new AbortController()
  const log = createEventLog(ports)
  const guard = createAuthorityGuard({
    ports,
    log,
    pace: { minMs: options.probe?.minMs ?? 500, maxMs: options.probe?.maxMs ?? 10_000 },
    signal: stop.signal,
  })
  const entries = createLruCache<Entry>(MAX_RESOURCES)
  const unsubscribe = authority.identity.subscribe(() => {
    // Bound to the certificate before, they are good for nothing now.
    if (bound) entries.clear()
  })

  function entryOf(resource: TokenResource): Entry {
    const key = JSON.stringify([resource.audience ?? '', ...(resource.scopes ?? [])])
    const known = entries.get(key)
    if (known) return known
    const entry: Entry = {
      resource,
      token: undefined,
      fetching: undefined,
      denial: undefined,
      distrustedUntil: -Infinity,
      carries: undefined,
      carriedSince: ports.elapsed(),
    }
    entries.set(key, entry)
    return entry
  }

  /** One call for all who need it. `undefined`: the authority is lost. Rejects when it denies. */
  async function refresh(entry: Entry): Promise<HeldToken | undefined> {
    // Heard a moment ago: asking for every request would not change it.
    if (entry.denial && ports.elapsed() < entry.denial.until) throw entry.denial.error
    guard.probeWith(() => refresh(entry))
    entry.fetching ??= guard
      .ask(entry.resource, () =>
        fetchToken(
          authority,
          {
            resource: entry.resource,
            bound,
            deadlineMs,
            validitySeconds: options.validitySeconds,
            signal: stop.signal,
          },
          ports,
        ),
      )
      .then(
        (token) => {
          if (token) {
            entry.token = token
            log.clockDiffers(token.clockOffsetMs)
          }
          return token
        },
        (error: unknown) => {
          entry.denial = { error, until: ports.elapsed() + DENIAL_PAUSE_MS }
          throw error
        },
      )
      .finally(() => {
        entry.fetching = undefined
      })
    return entry.fetching
  }

  async function tokenOf(entry: Entry): Promise<HeldToken | SwitchReason> {
    if (ports.elapsed() < entry.distrustedUntil) return 'TOKEN_REFUSED'
    if (isUsable(entry.token, ports)) {
      // Nobody waits for it; of a denial the event tells.
      if (ports.elapsed() >= entry.token.refreshAt && !guard.lostBy()) refresh(entry).catch(() => undefined)
      return entry.token
    }
    const lost = guard.lostBy()
    if (lost) return lost.reason
    const found = await withPatience(refresh(entry))
    return found ?? guard.lostBy()?.reason ?? 'SLOW'
  }

  async function withPatience<Value>(work: Promise<Value>): Promise<Value | undefined> {
    const done = new AbortController()
    try {
      // What comes of it too late is for the requests that follow.
      work.catch(() => undefined)
      return await Promise.race([work, wait(ports, patienceMs, done.signal).then(() => undefined)])
    } finally {
      done.abort()
    }
  }

  function note(entry: Entry, credential: 'token' | 'certificate', reason: SwitchReason | undefined): void {
    log.count(credential)
    if (entry.carries === credential) return
    const at = ports.elapsed()
    // To begin with tokens is no news.
    if (entry.carries !== undefined || credential === 'certificate')
      log.switched(credential, reason, entry.resource, at - entry.carriedSince)
    entry.carries = credential
    entry.carriedSince = at
  }

  async function sign(entry: Entry, request: OutgoingRequest, reason: SwitchReason): Promise<Authorized> {
    const authorized = await signer.authorize(request)
    note(entry, 'certificate', reason)
    return authorized
  }

  return {
    async authorize(request) {
      stop.signal.throwIfAborted()
      const entry = entryOf(resourceOf(new URL(request.url)))
      const token = await tokenOf(entry)
      if (typeof token === 'string') return sign(entry, request, token)
      note(entry, 'token', undefined)
      return { credential: 'token', headers: [['Authorization', token.header]] }
    },
    async reauthorize(request, refused) {
      if (refused.credential !== 'token') return undefined
      const entry = entryOf(resourceOf(new URL(request.url)))
      log.tokenRefused(entry.resource)
      const { token } = entry
      // Of many requests with one token the first that is refused decides; what came since is another token.
      if (token && refused.headers.some(([, value]) => value === token.header)) {
        entry.token = undefined
        const at = ports.elapsed()
        if (at < token.fetchedAt + DISTRUST_MS) entry.distrustedUntil = at + DISTRUST_MS
      }
      return isUnread(request.body) ? undefined : sign(entry, request, 'TOKEN_REFUSED')
    },
    metrics: () => log.metrics(guard.lostForMs()),
    subscribe: (listener) => log.subscribe(listener),
    close() {
      unsubscribe()
      stop.abort(new Error('This source of credentials was closed.'))
    },
  }
}

const EVERYWHERE: TokenResource = {}
