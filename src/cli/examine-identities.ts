import { X509Certificate } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Finding } from './finding.ts'
import { explainError } from './explain-error.ts'
import { formatInstantWithDistance } from './format-time.ts'
import { loadIdentity } from '../identity/identity-folder.ts'

const SOON_MS = 7 * 24 * 60 * 60 * 1000

/** Looks at the identities that live beside the authority, the administrator's above all. */
export async function examineIdentities(dataDir: string, now: Date): Promise<readonly Finding[]> {
  const folder = join(dataDir, 'identities')
  const names = await readdir(folder).catch(() => [])
  return Promise.all(
    names
      .filter((name) => !name.startsWith('.'))
      .map((name) => examineIdentity(name, join(folder, name), now)),
  )
}

async function examineIdentity(name: string, directory: string, now: Date): Promise<Finding> {
  const check = `identity ${name}`
  try {
    const { certificatePem } = await loadIdentity(directory)
    const notAfter = new X509Certificate(certificatePem).validToDate
    const left = notAfter.getTime() - now.getTime()
    const detail = `certificate good until ${formatInstantWithDistance(notAfter, now)}`
    const renew = `Run \`chancery cert renew --identity ${directory}\``
    if (left <= 0) {
      return {
        check,
        verdict: 'bad',
        detail: `certificate ran out at ${formatInstantWithDistance(notAfter, now)}`,
        advice:
          name === 'admin'
            ? 'Run `chancery init --renew-admin` with the same --data'
            : `Have the administrator issue a new one: \`chancery cert issue ${name} --out ${directory} --force\``,
      }
    }
    return left < SOON_MS
      ? { check, verdict: 'note', detail, advice: renew }
      : { check, verdict: 'ok', detail }
  } catch (error) {
    const { message, details } = explainError(error)
    return {
      check,
      verdict: 'bad',
      detail: message,
      ...(details.advice === undefined ? {} : { advice: details.advice }),
    }
  }
}
