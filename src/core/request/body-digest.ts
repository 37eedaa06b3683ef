import { equalBytes, parseBase64, parseHex } from '../bytes.ts'
import { sha256 } from '../crypto.ts'
import { MalformedError } from '../errors.ts'
import { type HeaderIndex, type RequestBody, singleHeader } from './http-request.ts'

const SHA256_BYTES = 32
const NO_BODY = new Uint8Array(0)

/** SHA-256 of the body; an absent body counts as an empty one. */
export function bodyDigest(body: RequestBody): Uint8Array {
  switch (body.kind) {
    case 'absent':
      return sha256(NO_BODY)
    case 'bytes':
      return sha256(body.bytes)
    case 'sha256':
      return body.digest
  }
}

/**
 * The SHA-256 that the request itself names in `X-Content-SHA256` (64 lower-case hex digits) and in `Content-Digest` (RFC 9530). In the simple
 * profile neither is signed, and neither is needed: the body is in the signature base. They only tell a changed body from another
 * fault. Digests by other algorithms are passed over, as RFC 9530 section 2 has it.
 *
 * @throws {@link MalformedError} `credential.content_digest`, `credential.content_sha256`, `credential.header_repeated`
 */
export function namedBodyDigests(headers: HeaderIndex): readonly Uint8Array[] {
  const named: Uint8Array[] = []
  const hex = singleHeader(headers, 'x-content-sha256')
  if (hex !== undefined) named.push(parseHexDigest(hex))
  const structured = parseContentDigest(headers.get('content-digest') ?? [])
  if (structured) named.push(structured)
  return named
}

/** True if the digest is every one that was named. */
export function matchesNamed(digest: Uint8Array, named: readonly Uint8Array[]): boolean {
  return named.every((one) => equalBytes(one, digest))
}

function parseHexDigest(text: string): Uint8Array {
  const digest = /^[0-9a-f]{64}$/.test(text) ? parseHex(text) : undefined
  if (!digest)
    throw new MalformedError('credential.content_sha256', 'X-Content-SHA256 is not 64 lower-case hex digits')
  return digest
}

/** Reads the `sha-256` member. Stricter than RFC 9651 needs: byte sequences only, no parameters, no member twice. */
function parseContentDigest(values: readonly string[]): Uint8Array | undefined {
  if (values.length === 0) return undefined
  const malformed = () =>
    new MalformedError('credential.content_digest', 'Content-Digest is not name=:base64: members')
  const members = new Map<string, Uint8Array>()
  for (const member of values.join(',').split(',')) {
    const [, name, base64] = /^[ \t]*([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/]*={0,2}):[ \t]*$/.exec(member) ?? []
    if (name === undefined || base64 === undefined || members.has(name)) throw malformed()
    const digest = parseBase64(base64)
    if (!digest) throw malformed()
    members.set(name, digest)
  }
  const digest = members.get('sha-256')
  if (digest && digest.length !== SHA256_BYTES) throw malformed()
  return digest
}
