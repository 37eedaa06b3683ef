import { equalBytes } from '../bytes.ts'
import { hash } from '../crypto.ts'
import { MalformedError } from '../errors.ts'
import type { RequestBody } from './http-request.ts'
import { parseDictionary } from './structured-field/parse-field.ts'

/** Digests that `Content-Digest` (RFC 9530) names; those by algorithms that we do not know are left out. */
export interface ContentDigest {
  readonly sha256: Uint8Array | undefined
  readonly sha512: Uint8Array | undefined
}

const LENGTHS = { 'sha-256': 32, 'sha-512': 64 } as const

/**
 * Reads the lines of a Content-Digest. Stricter than RFC 9651 needs: byte sequences only, no parameters, no member twice.
 *
 * @throws {@link MalformedError} `credential.content_digest`
 */
export function parseContentDigest(lines: readonly string[]): ContentDigest {
  const members = new Map<string, Uint8Array>()
  for (const [name, member] of readDictionary(lines)) {
    if (member.kind !== 'item' || member.value.kind !== 'bytes' || member.parameters.size > 0)
      throw malformed()
    members.set(name, member.value.bytes)
  }
  if (members.size === 0) throw malformed()
  for (const [name, length] of Object.entries(LENGTHS)) {
    if (members.has(name) && members.get(name)!.length !== length) throw malformed()
  }
  return { sha256: members.get('sha-256'), sha512: members.get('sha-512') }
}

/**
 * True if the body is the one that a Content-Digest names: at least one digest can be checked, and every one that can be is right. Algorithms that we do not
 * know are passed over only beside one that we do (RFC 9530 section 2). Of a body that is itself a SHA-256, nothing else can be checked.
 */
export function matchesContentDigest(
  body: RequestBody,
  bodySha256: Uint8Array,
  digest: ContentDigest,
): boolean {
  if (digest.sha256 && !equalBytes(digest.sha256, bodySha256)) return false
  if (digest.sha512 && body.kind !== 'sha256') {
    return equalBytes(digest.sha512, hash('sha512', body.kind === 'bytes' ? body.bytes : new Uint8Array(0)))
  }
  return digest.sha256 !== undefined
}

function readDictionary(lines: readonly string[]) {
  try {
    return parseDictionary(lines, { unique: true })
  } catch (error) {
    if (error instanceof MalformedError) throw malformed()
    throw error
  }
}

function malformed(): MalformedError {
  return new MalformedError('credential.content_digest', 'Content-Digest is not name=:base64: members')
}
