import { equalBytes } from '../core/bytes.ts'
import { MalformedError } from '../core/errors.ts'
import { wholeSeconds } from '../core/issuance/plan.ts'
import { MAX_CACHED_OCSP_ANSWERS, MAX_OCSP_SIGNATURES } from '../core/limits.ts'
import { createLruCache } from '../core/lru-cache.ts'
import { type CertId, issuerKeys } from '../core/ocsp/cert-id.ts'
import {
  type CertificateStanding,
  type OcspError,
  assembleOcspResponse,
  encodeOcspError,
  encodeResponseData,
} from '../core/ocsp/encode-response.ts'
import { type OcspRequest, parseOcspRequest } from '../core/ocsp/parse-request.ts'
import { formatSerialNumber } from '../core/x509/serial-number.ts'
import type { Store } from '../store/store.ts'
import type { IssuingAuthority } from './issuing-authority.ts'
import type { OcspResponder, OcspResponders } from './ocsp-responders.ts'
import type { Clock, Log, Metrics } from './ports.ts'
import type { AuthoritySettings } from './settings.ts'

export interface OcspDependencies {
  readonly store: Pick<Store, 'certificates'>
  readonly authorities: readonly IssuingAuthority[]
  readonly responders: Pick<OcspResponders, 'current'>
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Pick<Metrics, 'ocspAnswered' | 'ocspSigned'>
  readonly settings: Pick<AuthoritySettings, 'ocspLifetimeSeconds'>
}

/** An OCSPResponse. */
export interface OcspAnswer {
  readonly der: Uint8Array
  /** For whom it is good and how long; absent: for this one client, now. */
  readonly shared?: { readonly thisUpdate: Date; readonly nextUpdate: Date }
}

/** Answers one OCSPRequest. Never rejects: what goes wrong on our side is an answer too. */
export type AnswerOcsp = (requestDer: Uint8Array) => Promise<OcspAnswer>

/** A question that can be answered: all of its certificates are of one authority, whose responder is at hand. */
interface Question extends OcspRequest {
  readonly authority: IssuingAuthority
  readonly responder: OcspResponder
}

interface CachedAnswer {
  readonly answer: OcspAnswer
  readonly standing: CertificateStanding
  readonly responder: OcspResponder
  readonly from: number
  readonly staleAt: number
}

/**
 * Answers as the store knows it at this moment: a revocation counts from the instant that it is durable, before any list has it. A signed answer is
 * kept and given again as long as the standing is still the same, so that a certificate that is asked about often costs one signature in half of
 * a lifetime.
 */
export function createAnswerOcsp(deps: OcspDependencies): AnswerOcsp {
  const byIssuer = new Map(
    deps.authorities.flatMap((authority) =>
      issuerKeys(authority.certificate).map((key) => [key, authority] as const),
    ),
  )
  const cache = createLruCache<CachedAnswer>(MAX_CACHED_OCSP_ANSWERS)
  let signing = 0

  async function answer(requestDer: Uint8Array): Promise<OcspAnswer> {
    const request = readRequest(requestDer)
    if (request === undefined) return refuse('malformedRequest')
    const authority = soleAuthority(byIssuer, request.certIds)
    if (authority === undefined) return refuse('unauthorized')
    const responder = deps.responders.current(authority.id)
    if (responder === undefined) return refuse('tryLater')
    return answerQuestion({ ...request, authority, responder })
  }

  async function answerQuestion(question: Question): Promise<OcspAnswer> {
    const standings = question.certIds.map((certId) => standingOf(deps, question.authority, certId))
    const key = cacheKey(question, standings)
    const known = key === undefined ? undefined : recall(key, question, standings[0]!)
    if (known === undefined && signing >= MAX_OCSP_SIGNATURES) return refuse('tryLater')
    const given = known ?? (await signAnswer(question, standings, key))
    for (const { kind } of standings) deps.metrics.ocspAnswered(kind)
    return given
  }

  /** What was signed for the same standing by the responder of today, and has half of its life before it; nothing from the future, by a clock that was set back. */
  function recall(
    key: string,
    { responder }: Question,
    standing: CertificateStanding,
  ): OcspAnswer | undefined {
    const cached = cache.get(key)
    const now = deps.clock.now().getTime()
    const isCurrent =
      cached?.responder === responder &&
      isSameStanding(cached.standing, standing) &&
      cached.from <= now &&
      now < cached.staleAt
    return isCurrent ? cached.answer : undefined
  }

  async function signAnswer(
    question: Question,
    standings: readonly CertificateStanding[],
    key: string | undefined,
  ): Promise<OcspAnswer> {
    signing++
    try {
      deps.metrics.ocspSigned()
      const validity = validityOf(deps, question.responder)
      const der = await signResponse(question, standings, validity)
      if (key === undefined) return { der }
      const signed = { der, shared: validity }
      const from = validity.thisUpdate.getTime()
      const staleAt = (from + validity.nextUpdate.getTime()) / 2
      cache.set(key, {
        answer: signed,
        standing: standings[0]!,
        responder: question.responder,
        from,
        staleAt,
      })
      return signed
    } finally {
      signing--
    }
  }

  function refuse(error: OcspError): OcspAnswer {
    deps.metrics.ocspAnswered(error)
    return { der: encodeOcspError(error) }
  }

  return (requestDer) =>
    answer(requestDer).catch((err: unknown) => {
      deps.log.error({ err }, 'could not answer an OCSP request')
      return refuse('internalError')
    })
}

function readRequest(der: Uint8Array): OcspRequest | undefined {
  try {
    return parseOcspRequest(der)
  } catch (error) {
    if (error instanceof MalformedError) return undefined
    throw error
  }
}

/** One response has one responder, which answers for the authority that certified it and for no other (RFC 6960 section 4.2.2.2). */
function soleAuthority(
  byIssuer: ReadonlyMap<string, IssuingAuthority>,
  certIds: readonly CertId[],
): IssuingAuthority | undefined {
  const [first, ...others] = certIds.map(({ issuerKey }) =>
    issuerKey === undefined ? undefined : byIssuer.get(issuerKey),
  )
  return others.every((authority) => authority === first) ? first : undefined
}

/** Certificates are on record in the inventory; those of other authorities are what this service was opened with. */
function standingOf(
  { store, authorities }: OcspDependencies,
  { id, certificate: issuer }: IssuingAuthority,
  { serialNumber }: CertId,
): CertificateStanding {
  const status = store.certificates.status(id, serialNumber)
  if (status?.revocation) {
    const { revokedAt, reason } = status.revocation
    return { kind: 'revoked', revokedAt, reason }
  }
  const isAuthority = authorities.some(
    ({ certificate }) =>
      equalBytes(certificate.issuer.der, issuer.subject.der) &&
      formatSerialNumber(certificate.serialNumber) === serialNumber,
  )
  return status !== undefined || isAuthority ? { kind: 'good' } : { kind: 'unknown' }
}

/**
 * A key for answers that others may get too. Not for `unknown`: the serial number may be issued the next moment, and strangers could push out of the cache
 * what clients ask for.
 */
function cacheKey(
  { certIds, nonce, authority }: Question,
  standings: readonly CertificateStanding[],
): string | undefined {
  if (certIds.length !== 1 || nonce !== undefined || standings[0]!.kind === 'unknown') return undefined
  return `${authority.id}:${Buffer.from(certIds[0]!.der).toString('latin1')}`
}

function isSameStanding(a: CertificateStanding, b: CertificateStanding): boolean {
  if (a.kind !== 'revoked' || b.kind !== 'revoked') return a.kind === b.kind
  return a.reason === b.reason && a.revokedAt.getTime() === b.revokedAt.getTime()
}

/** An answer never outlives the certificate that it is checked with. */
function validityOf({ clock, settings }: OcspDependencies, responder: OcspResponder) {
  const start = wholeSeconds(clock.now())
  const end = Math.min(start + settings.ocspLifetimeSeconds * 1000, responder.notAfter.getTime())
  return { thisUpdate: new Date(start), nextUpdate: new Date(end) }
}

async function signResponse(
  { certIds, nonce, responder }: Question,
  standings: readonly CertificateStanding[],
  validity: { readonly thisUpdate: Date; readonly nextUpdate: Date },
): Promise<Uint8Array> {
  const responseData = encodeResponseData({
    responderKeyHash: responder.keyHash,
    producedAt: validity.thisUpdate,
    responses: certIds.map(({ der }, i) => ({ certIdDer: der, standing: standings[i]!, ...validity })),
    nonce,
  })
  const { signer, certificateDer } = responder
  return assembleOcspResponse(responseData, signer.algorithm, await signer.sign(responseData), certificateDer)
}
