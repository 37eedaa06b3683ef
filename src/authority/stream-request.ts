import {
  DEFAULT_CHUNK_BYTES,
  MAX_CHUNK_BYTES,
  MAX_STREAM_AUTHORITIES,
  MIN_CHUNK_BYTES,
} from '../core/limits.ts'
import { fieldInvalid } from './fields.ts'
import type { Authorities } from './issuing-authority.ts'
import { authorityOrIssuing } from './read-certificates.ts'

export interface StreamCrlRequest {
  /** Empty: every authority. */
  readonly authorities: readonly string[]
  readonly resume: readonly { readonly authority: string; readonly crlNumber: bigint }[]
  /** `crl`: a complete list, then deltas. `complete`: complete lists only. `notify`: numbers only. */
  readonly payload: 'crl' | 'complete' | 'notify'
  /** 0: the default. */
  readonly maxChunkBytes: number
}

/** What a stream is to do. */
export interface StreamPlan {
  readonly authorityIds: readonly string[]
  /** Where its reader left off; absent: nowhere. */
  readonly resume: ReadonlyMap<string, bigint>
  readonly payload: StreamCrlRequest['payload']
  readonly chunkBytes: number
}

/** @throws DomainError FIELD_INVALID, AUTHORITY_NOT_FOUND */
export function planStream(authorities: Authorities, request: StreamCrlRequest): StreamPlan {
  if (request.authorities.length > MAX_STREAM_AUTHORITIES || request.resume.length > MAX_STREAM_AUTHORITIES) {
    throw fieldInvalid('authorities', `One stream follows at most ${MAX_STREAM_AUTHORITIES} authorities.`)
  }
  const chunkBytes = request.maxChunkBytes === 0 ? DEFAULT_CHUNK_BYTES : request.maxChunkBytes
  if (chunkBytes < MIN_CHUNK_BYTES || chunkBytes > MAX_CHUNK_BYTES) {
    throw fieldInvalid(
      'max_chunk_bytes',
      `max_chunk_bytes must be 0, or ${MIN_CHUNK_BYTES} to ${MAX_CHUNK_BYTES}.`,
    )
  }
  const named = request.authorities.map((id) => {
    if (id === '')
      throw fieldInvalid('authorities', 'An authority id is empty. Leave the list empty to follow all.')
    return authorityOrIssuing(authorities, id)
  })
  const authorityIds = named.length > 0 ? [...new Set(named)] : authorities.all.map(({ id }) => id)
  return { authorityIds, resume: readResume(request, authorityIds), payload: request.payload, chunkBytes }
}

function readResume(request: StreamCrlRequest, authorityIds: readonly string[]): ReadonlyMap<string, bigint> {
  const resume = new Map<string, bigint>()
  for (const { authority, crlNumber } of request.resume) {
    if (!authorityIds.includes(authority)) {
      throw fieldInvalid('resume.authority', 'resume names an authority that this stream does not follow.')
    }
    if (resume.has(authority)) throw fieldInvalid('resume.authority', 'resume names an authority twice.')
    resume.set(authority, crlNumber)
  }
  // Numbers begin at 1: 0 is what a verifier writes that has nothing.
  for (const [authority, crlNumber] of resume) if (crlNumber === 0n) resume.delete(authority)
  return resume
}
