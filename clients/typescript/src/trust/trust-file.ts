import { mkdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { formatBase64, parseBase64 } from '../../../../src/core/bytes.ts'
import { MalformedError } from '../../../../src/core/errors.ts'
import { type JsonObject, parseJsonObject } from '../../../../src/core/token/strict-json.ts'
import { writeFileAtomically } from '../../../../src/files/write-file.ts'
import { MAX_TRUST_FILE_BYTES } from '../limits.ts'
import type { TrustFacts } from './trust-snapshot.ts'

const FILE = 'trust-bundle.json'

/** What was kept, and when the authority had said so last. */
export interface KeptTrust {
  readonly facts: TrustFacts
  readonly confirmedAt: Date
}

/** Keeps the bundle in a folder (0700), in a file (0600) that a crash leaves old or new. Whoever can write there says whom this process trusts. */
export async function writeTrustFile(directory: string, { facts, confirmedAt }: KeptTrust): Promise<void> {
  const { trustDomain, sequence, scopeExtensionOid, authorities, tokenIssuers } = facts
  const text = JSON.stringify({
    version: 1,
    confirmedAt: confirmedAt.toISOString(),
    trustDomain,
    sequence: String(sequence),
    scopeExtensionOid,
    authorities: authorities.map(({ id, role, certificateDer }) => ({
      id,
      role,
      certificate: formatBase64(certificateDer),
    })),
    tokenIssuers: tokenIssuers.map(({ issuer, audience, jwks, authority }) => ({
      issuer,
      audience,
      jwks: formatBase64(jwks),
      authority,
    })),
  })
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await writeFileAtomically(join(directory, FILE), text, 0o600)
}

/**
 * Reads what was kept; `undefined` if nothing was.
 *
 * @throws {@link MalformedError} `trust.file`, `json.*`; errors of the file system
 */
export async function readTrustFile(directory: string): Promise<KeptTrust | undefined> {
  const path = join(directory, FILE)
  try {
    if ((await stat(path)).size > MAX_TRUST_FILE_BYTES) throw damaged('it is too large')
    return readKept(parseJsonObject(await readFile(path)))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function readKept(kept: JsonObject): KeptTrust {
  if (kept['version'] !== 1) throw damaged('its version is not 1')
  const sequence = text(kept, 'sequence')
  if (!/^[0-9]{1,20}$/.test(sequence)) throw damaged('its sequence is no number')
  const confirmedAt = new Date(text(kept, 'confirmedAt'))
  if (Number.isNaN(confirmedAt.getTime())) throw damaged('it has no date')
  return {
    confirmedAt,
    facts: {
      trustDomain: text(kept, 'trustDomain'),
      sequence: BigInt(sequence),
      scopeExtensionOid: text(kept, 'scopeExtensionOid'),
      authorities: objects(kept, 'authorities').map((one) => ({
        id: text(one, 'id'),
        role: readRole(text(one, 'role')),
        certificateDer: octets(one, 'certificate'),
      })),
      tokenIssuers: objects(kept, 'tokenIssuers').map((one) => ({
        issuer: text(one, 'issuer'),
        audience: text(one, 'audience'),
        jwks: octets(one, 'jwks'),
        authority: text(one, 'authority'),
      })),
    },
  }
}

function readRole(role: string): 'root' | 'issuing' {
  if (role !== 'root' && role !== 'issuing') throw damaged('an authority has no role')
  return role
}

function text(object: JsonObject, name: string): string {
  const value = object[name]
  if (typeof value !== 'string') throw damaged(`${name} is no text`)
  return value
}

function octets(object: JsonObject, name: string): Uint8Array {
  const value = parseBase64(text(object, name))
  if (!value) throw damaged(`${name} is no base64`)
  return value
}

function objects(object: JsonObject, name: string): readonly JsonObject[] {
  const value = object[name]
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'object' && one !== null))
    throw damaged(`${name} is no list`)
  return value as JsonObject[]
}

function damaged(what: string): MalformedError {
  return new MalformedError('trust.file', `the kept trust bundle cannot be used: ${what}`)
}
