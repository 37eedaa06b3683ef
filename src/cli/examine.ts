import { examineDatabase } from './examine-database.ts'
import { examineFiles } from './examine-files.ts'
import { examineIdentities } from './examine-identities.ts'
import { examinePorts } from './examine-ports.ts'
import type { Finding } from './finding.ts'

/** What to look over. */
export interface Examination {
  readonly dataDir: string
  readonly addresses: Readonly<Record<'grpc' | 'http' | 'admin', string>>
  readonly now: Date
}

/** Looks over everything that `doctor` knows, changing nothing. */
export async function examine({ dataDir, addresses, now }: Examination): Promise<readonly Finding[]> {
  const files = await examineFiles(dataDir)
  // Opening a database in a folder that is not there would make one.
  const inside = files.some(({ check, verdict }) => check === 'data folder' && verdict === 'bad')
    ? []
    : [...(await examineDatabase(dataDir, now)), ...(await examineIdentities(dataDir, now))]
  return [...files, ...inside, ...(await examinePorts(addresses))]
}
