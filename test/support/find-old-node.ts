import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A Node on this machine that is too old to run the service, if its owner has one: found in PATH, npm's folders left out. */
export function findOldNode(): { readonly path: string; readonly version: string } | undefined {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, 'node')
    if (folder.includes('node_modules') || !existsSync(path)) continue
    const version = spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout.trim()
    if (Number(/^v(\d+)\./.exec(version)?.[1]) < 24) return { path, version }
  }
  return undefined
}
