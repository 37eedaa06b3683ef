import { join } from 'node:path'

/** Where things lie in the folder of an authority. */
export interface DataFolder {
  readonly database: string
  readonly keys: string
}

export function dataFolder(dataDir: string): DataFolder {
  return { database: join(dataDir, 'chancery.db'), keys: join(dataDir, 'keys') }
}
