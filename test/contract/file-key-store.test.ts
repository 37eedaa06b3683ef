import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { createFileKeyStore } from '../../src/signer/file-key-store.ts'
import { describeSignerContract } from './signer-contract.ts'

const folders: string[] = []

async function freshDirectory(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-keys-'))
  folders.push(folder)
  return join(folder, 'keys')
}

after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))))

describeSignerContract('the file key store', async () => {
  const directory = await freshDirectory()
  return { store: createFileKeyStore({ directory }), reopen: () => createFileKeyStore({ directory }) }
})

describeSignerContract('the file key store with a passphrase', async () => {
  const options = { directory: await freshDirectory(), passphrase: 'correct horse battery staple' }
  return { store: createFileKeyStore(options), reopen: () => createFileKeyStore(options) }
})
