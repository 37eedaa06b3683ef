import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Finding } from './finding.ts'

const OTHERS = 0o077

/** Looks at who may read the folder of an authority and the private keys in it. */
export async function examineFiles(dataDir: string): Promise<readonly Finding[]> {
  const folder = await stat(dataDir).catch(() => undefined)
  if (folder?.isDirectory() !== true) {
    return [
      {
        check: 'data folder',
        verdict: 'bad',
        detail: `${dataDir} is not there`,
        advice: `Make it with \`chancery init --data ${dataDir}\`, or name another with --data`,
      },
    ]
  }
  const findings: Finding[] = [judgeMode('data folder', dataDir, folder.mode, '700')]
  const entries = await readdir(dataDir, { recursive: true, withFileTypes: true })
  const guarded = entries.filter((entry) => entry.isFile() && !/(?:^cert|^ca|^chain)\.pem$/.test(entry.name))
  const exposed: string[] = []
  for (const entry of guarded) {
    const path = join(entry.parentPath, entry.name)
    // A journal of the database may go away while we look.
    const mode = await stat(path).then(
      (found) => found.mode,
      () => 0,
    )
    if ((mode & OTHERS) !== 0) exposed.push(path)
  }
  findings.push(
    exposed.length === 0
      ? {
          check: 'private files',
          verdict: 'ok',
          detail: `${guarded.length} files, readable by their owner only`,
        }
      : {
          check: 'private files',
          verdict: 'bad',
          detail: `others may read ${exposed.slice(0, 3).join(', ')}${exposed.length > 3 ? ` and ${exposed.length - 3} more` : ''}`,
          advice: `Run \`chmod 600\` on them, and replace a key that someone may have read`,
        },
  )
  return findings
}

function judgeMode(check: string, path: string, mode: number, wanted: string): Finding {
  const shown = (mode & 0o777).toString(8)
  return (mode & OTHERS) === 0
    ? { check, verdict: 'ok', detail: `${path}, mode ${shown}` }
    : {
        check,
        verdict: 'bad',
        detail: `${path} has mode ${shown}`,
        advice: `Run \`chmod ${wanted} ${path}\``,
      }
}
