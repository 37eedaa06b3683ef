import type { Clock } from '../authority/ports.ts'
import { sha256 } from '../core/crypto.ts'
import type { CrlShard } from '../core/revocation/crl-shard.ts'
import { JWKS_AGE_SECONDS } from '../core/token-limits.ts'
import { formatPem } from '../core/pem.ts'
import {
  type HttpAnswer,
  type HttpQuestion,
  type HttpRoute,
  methodNotAllowed,
  plainAnswer,
} from './answer.ts'
import { isNotModified } from './conditional.ts'

/** What is public of the authorities, from memory. */
export interface ArtefactSource {
  /** The newest complete CRL. */
  crl(authorityId: string): PublicCrl | 'being_made' | undefined
  /** The newest list of a part of an authority's certificates. */
  crlShard(authorityId: string, shard: CrlShard): PublicCrl | 'being_made' | undefined
  /** The delta that it is to be combined with; made once, when it is first asked for. */
  deltaCrl(authorityId: string): Promise<PublicCrl | 'being_made' | undefined>
  certificate(authorityId: string): PublicCertificate | undefined
  /** The roots, which is what a verifier is told to trust. */
  bundle(): readonly PublicCertificate[]
  /** The keys that tokens are checked with (RFC 7517); the same array as long as they are the same. */
  jwks(): Uint8Array
  /** Authorization server metadata (RFC 8414); the same array each time. `undefined`: there is no such server. */
  oauthMetadata(): Uint8Array | undefined
}

export interface PublicCrl {
  /** The same array as long as the list is the same. */
  readonly der: Uint8Array
  readonly nextUpdate: Date
  readonly crlNumber: bigint
  /** Of `der`, if it is known: hashing a large list takes a while. */
  readonly sha256?: Uint8Array
}

export interface PublicCertificate {
  readonly der: Uint8Array
  /** When it came to be: `notBefore`, or when it was added. */
  readonly since: Date
}

// Revocation is news: a cache may hold a list for a minute while the authority answers, and until nextUpdate when it does not.
const MAX_CRL_AGE_SECONDS = 60
/** When to ask again for a list that is being made: a million entries take some seconds. */
const CRL_RETRY_SECONDS = 5
const CERTIFICATE_AGE_SECONDS = 3600
const CERTIFICATE_STALE_SECONDS = 7 * 86_400

// Whoever meets a new key looks again, and who cannot goes on with the old ones for a day.
const JWKS_STALE_SECONDS = 86_400

const NAME = '([a-z0-9-]{1,64})'
const CRL_PATH = new RegExp(`^/crl/${NAME}(\\.delta)?\\.crl$`)
const SHARD_PATH = new RegExp(`^/crl/${NAME}/shard/([1-9]\\d{0,2})-(0|[1-9]\\d{0,2})\\.crl$`)
const CERTIFICATE_PATH = new RegExp(`^/ca/${NAME}\\.(crt|pem)$`)

interface Artefact {
  readonly contentType: string
  readonly body: Uint8Array
  readonly sha256?: Uint8Array | undefined
  readonly lastModified?: Date
  readonly cacheControl: string
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * Serves `/crl/<authority>.crl`, `/crl/<authority>.delta.crl`, `/crl/<authority>/shard/<count>-<index>.crl`, `/ca/<authority>.crt`, `/ca/<authority>.pem`, what is well known of tokens, and `/bundle.pem`, which holds the
 * roots and nothing else: intermediates travel with the certificates that they issued. The path names an authority and never a file.
 */
export function createArtefactRoute(source: ArtefactSource, clock: Clock): HttpRoute {
  const etags = new WeakMap<Uint8Array, string>()
  const pems = new WeakMap<Uint8Array, Uint8Array>()

  function etagOf({ body, sha256: known }: Artefact): string {
    return remember(etags, body, () => `"${Buffer.from(known ?? sha256(body)).toString('base64url')}"`)
  }

  function pemOf(der: Uint8Array): Uint8Array {
    return remember(pems, der, () => Buffer.from(formatPem('CERTIFICATE', der)))
  }

  async function find(path: string): Promise<Artefact | 'being_made' | undefined> {
    const [, crlId, isDelta] = CRL_PATH.exec(path) ?? []
    if (crlId !== undefined) {
      const crl = isDelta === undefined ? source.crl(crlId) : await source.deltaCrl(crlId)
      return crl === 'being_made' ? crl : crlArtefact(crl, clock.now())
    }
    const [, shardedId, count, index] = SHARD_PATH.exec(path) ?? []
    if (shardedId !== undefined) {
      const crl = source.crlShard(shardedId, { count: Number(count), index: Number(index) })
      return crl === 'being_made' ? crl : crlArtefact(crl, clock.now())
    }
    const [, id, form] = CERTIFICATE_PATH.exec(path) ?? []
    if (id !== undefined)
      return certificateArtefact(source.certificate(id), form === 'pem' ? pemOf : undefined)
    if (path === '/bundle.pem') return bundleArtefact(source.bundle(), pemOf)
    if (path === '/.well-known/jwks.json') return jwksArtefact(source.jwks())
    if (path === '/.well-known/oauth-authorization-server') return metadataArtefact(source.oauthMetadata())
    return undefined
  }

  return async (question) => {
    const artefact = await find(question.path)
    if (artefact === undefined) return plainAnswer(404, 'There is nothing here.')
    if (question.method !== 'GET' && question.method !== 'HEAD') return methodNotAllowed()
    if (artefact === 'being_made') return crlNotReady()
    return answer(question, artefact, etagOf(artefact))
  }
}

function crlNotReady(): HttpAnswer {
  return plainAnswer(503, 'CRL_NOT_READY: the first list is being made. Ask again in some seconds.', {
    'retry-after': String(CRL_RETRY_SECONDS),
  })
}

function answer(question: HttpQuestion, artefact: Artefact, etag: string): HttpAnswer {
  const validators = {
    etag,
    ...(artefact.lastModified && { 'last-modified': artefact.lastModified.toUTCString() }),
    'cache-control': artefact.cacheControl,
  }
  if (isNotModified(question, { etag, lastModified: artefact.lastModified })) {
    return { status: 304, headers: validators, body: '' }
  }
  return {
    status: 200,
    headers: { 'content-type': artefact.contentType, ...validators, ...artefact.headers },
    body: artefact.body,
  }
}

/** Without a date to compare copies by: lists of one second may differ, and a clock may have been set back between the two. */
function crlArtefact(crl: PublicCrl | undefined, now: Date): Artefact | undefined {
  if (crl === undefined) return undefined
  const left = Math.max(0, Math.floor((crl.nextUpdate.getTime() - now.getTime()) / 1000))
  const age = Math.min(left, MAX_CRL_AGE_SECONDS)
  return {
    contentType: 'application/pkix-crl', // RFC 2585 section 4.2
    body: crl.der,
    sha256: crl.sha256,
    // Both together never reach past nextUpdate: no cache may hand out a list that has run out.
    cacheControl: `public, max-age=${age}, stale-if-error=${left - age}`,
    headers: { expires: crl.nextUpdate.toUTCString(), 'x-crl-number': crl.crlNumber.toString() },
  }
}

function certificateArtefact(
  certificate: PublicCertificate | undefined,
  pemOf: ((der: Uint8Array) => Uint8Array) | undefined,
): Artefact | undefined {
  if (certificate === undefined) return undefined
  return {
    contentType: pemOf === undefined ? 'application/pkix-cert' : 'application/pem-certificate-chain', // RFC 2585, RFC 8555
    body: pemOf === undefined ? certificate.der : pemOf(certificate.der),
    lastModified: certificate.since,
    cacheControl: certificateCaching(),
  }
}

function bundleArtefact(
  roots: readonly PublicCertificate[],
  pemOf: (der: Uint8Array) => Uint8Array,
): Artefact | undefined {
  if (roots.length === 0) return undefined
  return {
    contentType: 'application/pem-certificate-chain',
    body: Buffer.concat(roots.map(({ der }) => pemOf(der))),
    lastModified: new Date(Math.max(...roots.map(({ since }) => since.getTime()))),
    cacheControl: certificateCaching(),
  }
}

/** Without a date, as for lists: two sets of one second may differ. */
function jwksArtefact(body: Uint8Array): Artefact {
  return {
    contentType: 'application/jwk-set+json', // RFC 7517 section 8.5.2
    body,
    cacheControl: `public, max-age=${JWKS_AGE_SECONDS}, stale-if-error=${JWKS_STALE_SECONDS}`,
  }
}

function metadataArtefact(body: Uint8Array | undefined): Artefact | undefined {
  if (body === undefined) return undefined
  return {
    contentType: 'application/json', // RFC 8414 section 3.2
    body,
    cacheControl: `public, max-age=${JWKS_AGE_SECONDS}`,
  }
}

function certificateCaching(): string {
  return `public, max-age=${CERTIFICATE_AGE_SECONDS}, stale-if-error=${CERTIFICATE_STALE_SECONDS}`
}

function remember<T>(cache: WeakMap<Uint8Array, T>, key: Uint8Array, make: () => T): T {
  const known = cache.get(key)
  if (known !== undefined) return known
  const made = make()
  cache.set(key, made)
  return made
}
