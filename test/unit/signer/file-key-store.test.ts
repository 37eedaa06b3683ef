import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import {
  chmod,
  link,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { createFileKeyStore } from '../../../src/signer/file-key-store.ts'
import { SignerError } from '../../../src/signer/signer.ts'

const PASSPHRASE = 'correct horse battery staple'

describe('the file key store', () => {
  let folder = ''
  let made = 0
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chancery-keys-'))
  })
  after(async () => {
    await rm(folder, { recursive: true })
  })
  const freshDirectory = () => join(folder, String(made++))

  /** The error, after a look that it tells nothing of the key or the passphrase. */
  const refusal = async (work: Promise<unknown>): Promise<string> => {
    const error = await work.then(
      () => assert.fail('it was not refused'),
      (reason: unknown) => reason,
    )
    assert.ok(error instanceof SignerError)
    assert.doesNotMatch(`${error.message} ${String(error.cause)}`, /BEGIN|correct horse/)
    return error.message
  }

  it('keeps keys for the owner alone, and leaves nothing else behind', async () => {
    const directory = freshDirectory()
    await createFileKeyStore({ directory }).create('root', 'p256')
    assert.equal((await stat(directory)).mode & 0o777, 0o700)
    assert.equal((await stat(join(directory, 'root.key.pem'))).mode & 0o777, 0o600)
    assert.deepEqual(await readdir(directory), ['root.key.pem'])
  })
  it('leaves nothing behind either when the name is taken', async () => {
    const directory = freshDirectory()
    const store = createFileKeyStore({ directory })
    await store.create('root', 'p256')
    await refusal(store.create('root', 'p256'))
    assert.deepEqual(await readdir(directory), ['root.key.pem'])
  })
  it('removes a key also where a crash left it under the name that it was made under', async () => {
    const directory = freshDirectory()
    const store = createFileKeyStore({ directory })
    for (const name of ['tokens-1', 'tokens-10']) {
      await store.create(name, 'p256')
      const key = join(directory, `${name}.key.pem`)
      await link(key, `${key}.5b2bb3f4-4a0c-4d5e-9c3c-0f6c3f1b7a11.tmp`)
    }
    const others = (await readdir(directory)).filter((name) => name.startsWith('tokens-10.'))
    await store.remove('tokens-1')
    assert.deepEqual(await readdir(directory), others)
    await writeFile(join(directory, 'tokens-2.key.pem.5b2bb3f4-4a0c-4d5e-9c3c-0f6c3f1b7a11.tmp'), '')
    await store.remove('tokens-2')
    assert.deepEqual(await readdir(directory), others)
  })
  it('writes PKCS #8 that every tool reads', async () => {
    const directory = freshDirectory()
    const { publicKeyDer } = await createFileKeyStore({ directory }).create('root', 'p384')
    const pem = await readFile(join(directory, 'root.key.pem'), 'utf8')
    assert.match(pem, /^-----BEGIN PRIVATE KEY-----\n/)
    const exported = createPublicKey(createPrivateKey(pem)).export({ type: 'spki', format: 'der' })
    assert.deepEqual(new Uint8Array(exported), publicKeyDer)
  })
  it('encrypts with 600,000 rounds of PBKDF2 when there is a passphrase', async () => {
    const directory = freshDirectory()
    const { publicKeyDer } = await createFileKeyStore({ directory, passphrase: PASSPHRASE }).create(
      'root',
      'p256',
    )
    const pem = await readFile(join(directory, 'root.key.pem'), 'utf8')
    assert.match(pem, /^-----BEGIN ENCRYPTED PRIVATE KEY-----\n/)
    const der = Buffer.from(pem.replaceAll(/-----.*-----|\s/g, ''), 'base64')
    assert.ok(der.includes(Buffer.from('0203' + (600_000).toString(16).padStart(6, '0'), 'hex')))
    const exported = createPublicKey(createPrivateKey({ key: pem, passphrase: PASSPHRASE }))
    assert.deepEqual(new Uint8Array(exported.export({ type: 'spki', format: 'der' })), publicKeyDer)
  })
  it('opens encrypted keys that openssl and Node wrote', async () => {
    const directory = freshDirectory()
    await mkdir(directory, { mode: 0o700 })
    const { privateKey } = generateKeyPairSync('ed25519')
    const pem = privateKey.export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: PASSPHRASE,
    })
    await writeFile(join(directory, 'root.key.pem'), pem, { mode: 0o600 })
    const signer = await createFileKeyStore({ directory, passphrase: PASSPHRASE }).open('root')
    assert.equal(signer.algorithm, 'ed25519')
  })
  it('refuses an encrypted key without a passphrase, and with a wrong one', async () => {
    const directory = freshDirectory()
    await createFileKeyStore({ directory, passphrase: PASSPHRASE }).create('root', 'p256')
    assert.match(await refusal(createFileKeyStore({ directory }).open('root')), /configure the passphrase/)
    const wrong = createFileKeyStore({ directory, passphrase: `${PASSPHRASE}r` })
    assert.match(await refusal(wrong.open('root')), /passphrase is wrong/)
  })
  for (const mode of [0o640, 0o604, 0o620, 0o602, 0o610, 0o644]) {
    it(`refuses a key file of mode ${mode.toString(8)} and says how to mend it`, async () => {
      const directory = freshDirectory()
      const store = createFileKeyStore({ directory })
      await store.create('root', 'p256')
      const path = join(directory, 'root.key.pem')
      await chmod(path, mode)
      assert.match(await refusal(store.open('root')), /chmod 600 /)
      await chmod(path, 0o400)
      await store.open('root')
    })
  }
  it('looks at the file, not at the link to it', async () => {
    const directory = freshDirectory()
    const store = createFileKeyStore({ directory })
    await store.create('root', 'p256')
    await symlink('root.key.pem', join(directory, 'alias.key.pem'))
    await store.open('alias')
    await chmod(join(directory, 'root.key.pem'), 0o644)
    assert.match(await refusal(store.open('alias')), /chmod 600 /)
  })
  it('refuses a directory that others may write to, to read and to write', async () => {
    const directory = freshDirectory()
    const store = createFileKeyStore({ directory })
    await store.create('root', 'p256')
    for (const mode of [0o720, 0o702]) {
      await chmod(directory, mode)
      assert.match(await refusal(store.open('root')), /chmod 700 /)
      assert.match(await refusal(store.create('other', 'p256')), /chmod 700 /)
    }
  })

  const rsa1024 = () =>
    generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ type: 'pkcs8', format: 'pem' })
  const p521 = () =>
    generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey.export({ type: 'pkcs8', format: 'pem' })
  const contents: readonly [what: string, content: () => string | Buffer][] = [
    ['nothing', () => ''],
    ['no PEM', () => 'key'],
    ['broken PEM', () => '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'],
    ['more than a key can be', () => 'x'.repeat(70_000)],
    ['an RSA key of 1024 bits', rsa1024],
    ['a P-521 key', p521],
  ]
  for (const [what, content] of contents) {
    it(`refuses a file that holds ${what}`, async () => {
      const directory = freshDirectory()
      await mkdir(directory, { mode: 0o700 })
      await writeFile(join(directory, 'root.key.pem'), content(), { mode: 0o600 })
      await refusal(createFileKeyStore({ directory }).open('root'))
    })
  }
  it('refuses a directory in the place of a file', async () => {
    const directory = freshDirectory()
    await mkdir(join(directory, 'root.key.pem'), { recursive: true, mode: 0o700 })
    await refusal(createFileKeyStore({ directory }).open('root'))
  })
  it('says with SignerError that the directory cannot be made', async () => {
    await writeFile(join(folder, 'file'), '')
    await refusal(createFileKeyStore({ directory: join(folder, 'file', 'keys') }).create('root', 'p256'))
  })
})
