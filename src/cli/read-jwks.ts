import type { Readable } from 'node:stream'
import { publicKeys } from '../core/decision/token-trust.ts'
import { MalformedError } from '../core/errors.ts'
import { MAX_JWKS_BYTES } from '../core/limits.ts'
import type { Jwk } from '../core/token/jwk.ts'
import { parseJsonObject } from '../core/token/strict-json.ts'
import { CliError } from './cli-error.ts'
import { readInput } from './read-input.ts'

/** Reads the keys of tokens from a file with a JWK set, `-` for standard input. */
export async function readJwks(path: string, stdin: Readable): Promise<readonly Jwk[]> {
  const bytes = await readInput(path, stdin, MAX_JWKS_BYTES)
  try {
    return publicKeys(parseJsonObject(bytes))
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error
    throw new CliError(`${path} holds no JWK set: ${error.message} (${error.defect}).`, {
      advice: 'Get the keys from /.well-known/jwks.json of the service.',
    })
  }
}
