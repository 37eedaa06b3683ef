import type { AnswerOcsp, OcspAnswer } from '../authority/answer-ocsp.ts'
import type { Clock } from '../authority/ports.ts'
import { parseBase64 } from '../core/bytes.ts'
import { sha256 } from '../core/crypto.ts'
import { MAX_OCSP_REQUEST_BYTES } from '../core/limits.ts'
import { type HttpAnswer, type HttpQuestion, type HttpRoute, plainAnswer } from './answer.ts'
import { isNotModified } from './conditional.ts'
import type { HttpAllowance } from './listener.ts'

const POST_PATH = '/ocsp'
const GET_PREFIX = '/ocsp/'

/** What the listener must let through for OCSP, and nobody else's paths have: a body, and base64 in a path. */
export const OCSP_ALLOWANCE: HttpAllowance = {
  path: /^\/ocsp\/[A-Za-z0-9%+/=_-]+$/,
  body: { paths: [POST_PATH], maxBytes: MAX_OCSP_REQUEST_BYTES },
}

// As for lists: while the authority answers, a cache may hold an answer for a minute. Revocation is news.
const MAX_AGE_SECONDS = 60

/** True if a path is the responder's. */
export function isOcspPath(path: string): boolean {
  return path === POST_PATH || path.startsWith(GET_PREFIX)
}

/**
 * Serves OCSP over HTTP (RFC 6960 appendix A): `POST /ocsp` with the request as body, and `GET /ocsp/` with it in base64. Every
 * answer of the responder, an error too, has status 200: clients read nothing else.
 */
export function createOcspRoute(answerOcsp: AnswerOcsp, clock: Clock): HttpRoute {
  return async (question) => {
    if (question.path === POST_PATH) {
      if (question.method !== 'POST')
        return plainAnswer(405, 'Send an OCSP request by POST here, or by GET in the path.', {
          allow: 'POST',
        })
      if (!/^application\/ocsp-request\s*(;|$)/i.test(question.contentType ?? ''))
        return plainAnswer(415, 'An OCSP request has the content type application/ocsp-request.')
      return plainOcspAnswer(await answerOcsp(question.body))
    }
    if (question.method !== 'GET' && question.method !== 'HEAD')
      return plainAnswer(405, 'An OCSP request in the path is sent by GET.', { allow: 'GET, HEAD' })
    // What is no base64 is no OCSP request either, and is answered like one that cannot be read.
    const requestDer = decodePath(question.path.slice(GET_PREFIX.length)) ?? new Uint8Array()
    return cachedOcspAnswer(question, await answerOcsp(requestDer), clock.now())
  }
}

/**
 * Base64 in a path: `/`, `+` and `=` may stand as they are or percent-encoded, clients do both. The alphabet for URLs and missing padding are taken
 * as well. Decoded once: a second `%` is no base64.
 */
function decodePath(encoded: string): Uint8Array | undefined {
  let text: string
  try {
    text = decodeURIComponent(encoded)
  } catch {
    return undefined
  }
  const standard = text.replaceAll('-', '+').replaceAll('_', '/')
  return parseBase64(standard.padEnd(Math.ceil(standard.length / 4) * 4, '='))
}

const CONTENT_TYPE = 'application/ocsp-response'

function plainOcspAnswer({ der }: OcspAnswer): HttpAnswer {
  return { status: 200, headers: { 'content-type': CONTENT_TYPE, 'cache-control': 'no-store' }, body: der }
}

/** RFC 5019 section 6.2. An answer for one client alone, and an error, are not for caches. */
function cachedOcspAnswer(question: HttpQuestion, answer: OcspAnswer, now: Date): HttpAnswer {
  const { der, shared } = answer
  if (shared === undefined) return plainOcspAnswer(answer)
  const etag = `"${Buffer.from(sha256(der)).toString('base64url')}"`
  const left = Math.max(0, Math.floor((shared.nextUpdate.getTime() - now.getTime()) / 1000))
  const validators = {
    etag,
    'last-modified': shared.thisUpdate.toUTCString(),
    expires: shared.nextUpdate.toUTCString(),
    'cache-control': `public, no-transform, must-revalidate, max-age=${Math.min(left, MAX_AGE_SECONDS)}`,
  }
  // Not by the date: answers of one second may differ, and a clock may have been set back between the two.
  if (isNotModified(question, { etag })) return { status: 304, headers: validators, body: '' }
  return { status: 200, headers: { 'content-type': CONTENT_TYPE, ...validators }, body: der }
}
