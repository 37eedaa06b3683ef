import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder of one test. */
export interface TemporaryFolder {
  readonly path: string
  /** Path of a file in it. */
  readonly file: (name: string) => string
  readonly remove: () => void
}

/** Makes an empty folder that nobody else uses. */
export function createTemporaryFolder(): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), 'chancery-test-'))
  return {
    path,
    file: (name) => join(path, name),
    remove: () => rmSync(path, { recursive: true, force: true }),
  }
}
