import { type KeyObject, createPrivateKey, randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, link, lstat, mkdir, open, readdir, stat, unlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type KeyStore, type KeyType, type Signer, SignerError } from './signer.ts'
import { createKeySigner, generatePrivateKey } from './key-signer.ts'
import { exportPrivateKey } from './private-key-file.ts'

/** Where and how keys are kept. */
export interface FileKeyStoreOptions {
  /** Made with mode 0700 if it is not there. */
  readonly directory: string
  /** Encrypts new keys and opens encrypted ones. Without it, keys are guarded by file modes alone. */
  readonly passphrase?: string | undefined
}

/** Key files are below 4 KiB; more is no key. */
const MAX_KEY_FILE_BYTES = 64 * 1024

/** How names of files end that are not whole yet. */
const TEMPORARY = '.tmp'

const KEY_NAME = /^[a-z0-9-]{1,64}$/

/** Keeps keys as PKCS #8 PEM in `<directory>/<name>.key.pem`. */
export function createFileKeyStore({ directory, passphrase }: FileKeyStoreOptions): KeyStore {
  const pathOf = (name: string): string => {
    // Also keeps `../` out of paths.
    if (!KEY_NAME.test(name)) throw new SignerError('a key name is 1-64 characters of a-z, 0-9 and -')
    return join(directory, `${name}.key.pem`)
  }
  return {
    async create(name: string, type: KeyType): Promise<Signer> {
      const path = pathOf(name)
      return guarded(`key ${name} cannot be made`, async () => {
        await mkdir(directory, { recursive: true, mode: 0o700 })
        await checkDirectory(directory)
        const key = await generatePrivateKey(type)
        await writeNew(path, directory, await exportPrivateKey(key, passphrase))
        return createKeySigner(key)
      })
    },
    async open(name: string): Promise<Signer> {
      const path = pathOf(name)
      return guarded(`key ${name} cannot be opened`, async () => {
        await checkDirectory(directory)
        return createKeySigner(decodePrivateKey(await readGuarded(path), path, passphrase))
      })
    },
    async has(name) {
      const path = pathOf(name)
      return guarded(`key ${name} cannot be looked for`, () => isThere(lstat(path)))
    },
    async remove(name) {
      const path = pathOf(name)
      await guarded(`key ${name} cannot be removed`, async () => {
        let removed = 0
        for (const file of await filesOf(path, directory)) if (await isThere(unlink(file))) removed++
        if (removed > 0) await syncDirectory(directory)
      })
    },
  }
}

/** Lets nothing but {@link SignerError} out; what the system said is kept as the cause. */
async function guarded<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof SignerError) throw error
    throw new SignerError(`${what}: ${systemCode(error) ?? 'see the cause'}`, { cause: error })
  }
}

/** False if what was done to a file failed because there is none. */
async function isThere(work: Promise<unknown>): Promise<boolean> {
  try {
    await work
    return true
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false
    throw error
  }
}

function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}

/** Whoever may write to the directory may replace a key by its own. */
async function checkDirectory(directory: string): Promise<void> {
  const { mode } = await stat(directory)
  if ((mode & 0o022) !== 0) {
    throw new SignerError(`others than the owner may write to ${directory}: run "chmod 700 ${directory}"`)
  }
}

async function readGuarded(path: string): Promise<string> {
  // O_NONBLOCK: a pipe put in the key's place must not hang the start.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    // Looked at through the handle: the file that is checked is the file that is read.
    const { mode, size } = await checkFile(file, path)
    if ((mode & 0o077) !== 0) {
      throw new SignerError(`others than the owner may use the key file ${path}: run "chmod 600 ${path}"`)
    }
    if (size > MAX_KEY_FILE_BYTES) throw new SignerError(`${path} is too large for a key`)
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}

async function checkFile(file: FileHandle, path: string) {
  const stats = await file.stat()
  if (!stats.isFile()) throw new SignerError(`${path} is not a file`)
  return stats
}

function decodePrivateKey(pem: string, path: string, passphrase: string | undefined): KeyObject {
  const encrypted = pem.includes('BEGIN ENCRYPTED PRIVATE KEY')
  if (encrypted && passphrase === undefined) {
    throw new SignerError(`the key in ${path} is encrypted: configure the passphrase`)
  }
  try {
    return createPrivateKey(encrypted ? { key: pem, passphrase } : { key: pem })
  } catch {
    // The cause is left out: OpenSSL's error says nothing that helps, and must never quote what it read.
    const why = encrypted
      ? 'the passphrase is wrong or the file is damaged'
      : 'the file holds no PKCS #8 private key'
    throw new SignerError(`the key in ${path} cannot be read: ${why}`)
  }
}

/** Writes a file that is there whole after a crash, or not at all, and never takes the place of another. */
async function writeNew(path: string, directory: string, content: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}${TEMPORARY}`
  const file = await open(temporary, 'wx', 0o600)
  try {
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    // Not rename, which would replace a key that another process has just made.
    await link(temporary, path).catch((error: unknown) => {
      throw systemCode(error) === 'EEXIST' ? new SignerError(`there is a key in ${path} already`) : error
    })
  } finally {
    await unlink(temporary)
  }
  await syncDirectory(directory)
}

/** The file of a key, and what a crash left of making it: under its first name a private key would outlive its removal. */
async function filesOf(path: string, directory: string): Promise<string[]> {
  const isPart = (name: string) => name.startsWith(`${basename(path)}.`) && name.endsWith(TEMPORARY)
  let names: readonly string[] = []
  await isThere(readdir(directory).then((found) => (names = found)))
  return [...names.filter(isPart).map((name) => join(directory, name)), path]
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
