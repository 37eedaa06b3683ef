import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'

/**
 * The third-party vectors, which are not part of the repository: `CHANCERY_VECTORS`, or `../shared/vectors` beside the
 * checkout.
 */
const ROOT = process.env['CHANCERY_VECTORS'] ?? join(import.meta.dirname, '../../../shared/vectors')

/**
 * Defines the tests of one folder of vectors. Without the folder there is one skipped test that says so, or, when
 * `CHANCERY_REQUIRE_VECTORS=1`, one that fails.
 */
export function withVectors(folder: string, define: (path: string) => void): void {
  const path = join(ROOT, folder)
  if (existsSync(path)) define(path)
  else if (process.env['CHANCERY_REQUIRE_VECTORS'] === '1') {
    it(`finds the open vectors in ${folder}`, () => {
      throw new Error(`no folder ${path}, and CHANCERY_REQUIRE_VECTORS asks for it`)
    })
  } else
    it(
      `${folder}: skipped, because the open vectors are not on this machine`,
      { skip: true },
      () => undefined,
    )
}

/** Names of the files in a folder that end like this, sorted. */
export function listVectors(path: string, ...endings: readonly string[]): string[] {
  return readdirSync(path)
    .filter((name) => endings.some((ending) => name.endsWith(ending)))
    .sort()
}

/** DER of a file that is DER or holds one PEM block. */
export function readDer(path: string): Uint8Array {
  const bytes = readFileSync(path)
  const block = /-----BEGIN [^-]+-----([^-]+)-----END/.exec(bytes.toString('latin1'))
  return new Uint8Array(block?.[1] === undefined ? bytes : Buffer.from(block[1], 'base64'))
}

/** A JSON file, as the type that the caller knows it to have. */
export function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'))
}
