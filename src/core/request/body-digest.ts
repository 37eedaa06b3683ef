import { equalBytes, parseHex } from '../bytes.ts'
import { sha256 } from '../crypto.ts'
import { MalformedError } from '../errors.ts'
import { type ContentDigest, matchesContentDigest, parseContentDigest } from './content-digest.ts'
import { type HeaderIndex, type RequestBody, singleHeader } from './http-request.ts'

const NO_BODY_SHA256 = sha256(new Uint8Array(0))

/** SHA-256 of the body; an absent body counts as an empty one. Not to be written to. */
export function bodyDigest(body: RequestBody): Uint8Array {
  switch (body.kind) {
    case 'absent':
      return NO_BODY_SHA256
    case 'bytes':
      return sha256(body.bytes)
    case 'sha256':
      return body.digest
  }
}

/** Digests of the body that the request's own headers name. */
export interface NamedDigests {
  /** Of `X-Content-SHA256`, 64 lower-case hex digits. */
  readonly sha256: Uint8Array | undefined
  readonly contentDigest: ContentDigest | undefined
}

/**
 * Reads `X-Content-SHA256` and `Content-Digest` (RFC 9530). In the simple profile neither is signed, and neither is needed: the body is in
 * the signature base. They only tell a changed body from another fault.
 *
 * @throws {@link MalformedError} `credential.content_digest`, `credential.content_sha256`, `credential.header_repeated`
 */
export function namedBodyDigests(headers: HeaderIndex): NamedDigests {
  const hex = singleHeader(headers, 'x-content-sha256')
  const lines = headers.get('content-digest')
  return {
    sha256: hex === undefined ? undefined : parseHexDigest(hex),
    contentDigest: lines && parseContentDigest(lines),
  }
}

/** True if the body is the one that every header names. */
export function matchesNamed(body: RequestBody, bodySha256: Uint8Array, named: NamedDigests): boolean {
  const { sha256: hex, contentDigest } = named
  return (
    (hex === undefined || equalBytes(hex, bodySha256)) &&
    (contentDigest === undefined || matchesContentDigest(body, bodySha256, contentDigest))
  )
}

function parseHexDigest(text: string): Uint8Array {
  const digest = /^[0-9a-f]{64}$/.test(text) ? parseHex(text) : undefined
  if (!digest)
    throw new MalformedError('credential.content_sha256', 'X-Content-SHA256 is not 64 lower-case hex digits')
  return digest
}
