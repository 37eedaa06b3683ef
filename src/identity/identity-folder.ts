import { X509Certificate, createPrivateKey, randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, rm, rmdir, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { syncFolder, writeFileDurably } from '../files/write-file.ts'
import { IdentityError } from './identity-error.ts'

/** What a folder holds that lets someone call the service and sign requests. */
export interface Identity {
  readonly directory: string
  /** PEM, unencrypted: the file is 0600. */
  readonly keyPem: Buffer
  /** PEM, the leaf first, then the intermediates. */
  readonly certificatePem: Buffer
  /** PEM, the roots to trust. */
  readonly caPem: Buffer
}

/** Files of an identity that are to be written. A request signed elsewhere has no key to write. */
export interface IdentityFiles {
  readonly keyPem: string | undefined
  readonly certificatePem: string
  readonly caPem: string
}

// A complete successor waits in this folder until it has replaced what it succeeds; see swapIdentity.
const PENDING = '.next'
const FILES = [
  { name: 'ca.pem', mode: 0o644 },
  { name: 'cert.pem', mode: 0o644 },
  { name: 'key.pem', mode: 0o600 },
] as const

/**
 * Reads an identity folder. A swap that a crash cut short is completed first.
 *
 * @throws IdentityError `NOT_FOUND`, `KEY_EXPOSED`, `UNREADABLE`, `MISMATCHED`
 */
export async function loadIdentity(directory: string): Promise<Identity> {
  const path = resolve(directory)
  await completeSwap(path)
  const [keyPem, certificatePem, caPem] = await Promise.all([
    readPart(path, 'key.pem'),
    readPart(path, 'cert.pem'),
    readPart(path, 'ca.pem'),
  ])
  const keyFile = join(path, 'key.pem')
  if (((await stat(keyFile)).mode & 0o077) !== 0) {
    throw new IdentityError(
      'KEY_EXPOSED',
      `Others on this machine may read the private key ${keyFile}.`,
      `Run \`chmod 600 ${keyFile}\`, and make a new key if someone may have read it.`,
    )
  }
  checkPair(path, keyPem, certificatePem)
  return { directory: path, keyPem, certificatePem, caPem }
}

async function readPart(directory: string, name: string): Promise<Buffer> {
  try {
    return await readFile(join(directory, name))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new IdentityError(
      'NOT_FOUND',
      `${directory} is no identity: there is no ${name} in it.`,
      'Name a folder with key.pem, cert.pem and ca.pem, as `chancery init` and `chancery cert issue` make them.',
    )
  }
}

function checkPair(directory: string, keyPem: Buffer, certificatePem: Buffer): void {
  let belongs: boolean
  try {
    belongs = new X509Certificate(certificatePem).checkPrivateKey(createPrivateKey(keyPem))
  } catch {
    throw new IdentityError(
      'UNREADABLE',
      `key.pem or cert.pem in ${directory} cannot be read.`,
      'Make the identity again with `chancery cert issue`.',
    )
  }
  if (!belongs) {
    throw new IdentityError(
      'MISMATCHED',
      `key.pem and cert.pem in ${directory} do not belong together.`,
      'Put the matching pair there, or make the identity again with `chancery cert issue`.',
    )
  }
}

/**
 * Refuses a place that holds an identity, or anything else, already.
 *
 * @throws IdentityError `OCCUPIED`
 */
export async function requireVacant(directory: string): Promise<void> {
  const vacant = await stat(resolve(directory)).then(
    () => false,
    () => true,
  )
  if (!vacant) throw new IdentityError('OCCUPIED', `${directory} is there already.`, 'Choose another folder.')
}

/**
 * Writes a new identity folder, mode 0700. It appears under its name complete or not at all.
 *
 * @throws IdentityError `OCCUPIED` if something of that name is there already
 */
export async function createIdentity(directory: string, files: IdentityFiles): Promise<void> {
  const path = resolve(directory)
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await requireVacant(path)
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`)
  try {
    await writeFolder(temporary, files)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { recursive: true, force: true })
    throw error
  }
  await syncFolder(dirname(path))
}

/**
 * Replaces key and certificate of an identity as a pair. The successor is written whole into a folder beside them; renaming
 * that folder to its final name is the one instant at which the change happens. What follows only moves the files into
 * place, and is done again by the next reader if a crash cuts it short.
 *
 * @throws IdentityError `BUSY` if another swap is under way
 */
export async function swapIdentity(directory: string, files: IdentityFiles): Promise<void> {
  const path = resolve(directory)
  await completeSwap(path)
  const temporary = join(path, `.${randomBytes(6).toString('hex')}.tmp`)
  try {
    await writeFolder(temporary, files)
    await rename(temporary, join(path, PENDING))
  } catch (error) {
    await rm(temporary, { recursive: true, force: true })
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error
    throw new IdentityError(
      'BUSY',
      `Another process is replacing the identity in ${path}.`,
      'Wait a moment and look again.',
    )
  }
  await syncFolder(path)
  await completeSwap(path)
}

async function writeFolder(path: string, files: IdentityFiles): Promise<void> {
  await mkdir(path, { mode: 0o700 })
  const contents = { 'key.pem': files.keyPem, 'cert.pem': files.certificatePem, 'ca.pem': files.caPem }
  for (const { name, mode } of FILES) {
    const content = contents[name]
    if (content !== undefined) await writeFileDurably(join(path, name), content, mode)
  }
  await syncFolder(path)
}

async function completeSwap(path: string): Promise<void> {
  const pending = join(path, PENDING)
  for (const { name } of FILES) {
    // Absent means moved already, by us before a crash or by another process now.
    await rename(join(pending, name), join(path, name)).catch(ignoreAbsence)
  }
  await syncFolder(path).catch(ignoreAbsence)
  await rmdir(pending).catch(ignoreAbsence)
}

function ignoreAbsence(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
}
