import { execFile } from 'node:child_process'
import { createIdentity } from '../../src/identity/identity-folder.ts'
import type { RunningService, TestIdentity } from './running-service.ts'

/** Languages of `clients/` whose example `scripts/build-clients.sh` builds. */
export const EXAMPLE_LANGUAGES = ['go', 'java', 'python'] as const

/** How an example ended. */
export interface ExampleRun {
  readonly exitCode: number
  readonly output: string
  readonly errors: string
}

/** Runs the command under `Run` in a client's README as the owner of an identity folder. */
export function runExample(path: string, port: number, identity: string): Promise<ExampleRun> {
  const env = { ...process.env, CHANCERY_ADDRESS: `localhost:${port}`, CHANCERY_IDENTITY: identity }
  return new Promise((resolve, reject) => {
    execFile(path, { env, timeout: 120_000 }, (error, output, errors) => {
      if (error !== null && typeof error.code !== 'number') reject(new Error(errors, { cause: error }))
      else resolve({ exitCode: Number(error?.code ?? 0), output, errors })
    })
  })
}

/** Makes an identity folder beside the service's data. */
export async function makeIdentity(
  running: RunningService,
  name: string,
  { keyPem, certificatePem }: Pick<TestIdentity, 'keyPem' | 'certificatePem'>,
  caPem: string,
): Promise<string> {
  const folder = running.file(name)
  await createIdentity(folder, { keyPem, certificatePem, caPem })
  return folder
}
