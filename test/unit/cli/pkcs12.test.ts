import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { encodePkcs12 } from '../../../src/cli/pkcs12.ts'
import {
  KEY_TYPES,
  type PrivateKey,
  formatPrivateKey,
  generatePrivateKey,
} from '../../../src/identity/private-key.ts'
import { decodePem } from '../../../src/core/pem.ts'

function openssl(
  args: readonly string[],
  input = '',
): { status: number | null; stdout: string; stderr: string } {
  return spawnSync('openssl', args, { encoding: 'utf8', input })
}

const required = process.env['CHANCERY_REQUIRE_TOOLS'] === '1'
const missing = required || openssl(['version']).status === 0 ? false : 'openssl is not installed'

describe('PKCS #12, read by openssl', { skip: missing }, () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'chancery-pkcs12-'))
  })
  after(() => rmSync(folder, { recursive: true }))

  function certify(key: PrivateKey, name: string): Buffer {
    const keyFile = join(folder, 'key.pem')
    writeFileSync(keyFile, formatPrivateKey(key), { mode: 0o600 })
    const made = openssl(['req', '-x509', '-new', '-key', keyFile, '-subj', `/CN=${name}`, '-days', '2'])
    assert.equal(made.status, 0, made.stderr)
    return decodePem(made.stdout, 'CERTIFICATE')[0]!
  }

  async function encode(
    key: PrivateKey,
    password: string,
    certificates: readonly Uint8Array[],
  ): Promise<string> {
    const file = join(folder, 'out.p12')
    writeFileSync(file, encodePkcs12({ key: key.key, certificates, friendlyName: 'alice é', password }))
    return Promise.resolve(file)
  }

  for (const type of KEY_TYPES.filter((name) => name !== 'rsa4096' && name !== 'rsa3072')) {
    it(`gives back the ${type} key and the whole chain`, async () => {
      const key = await generatePrivateKey(type)
      const chain = [certify(key, 'alice'), certify(await generatePrivateKey('p256'), 'issuer')]
      const file = await encode(key, 'correct horse', chain)
      const read = openssl(['pkcs12', '-in', file, '-passin', 'stdin', '-nodes'], 'correct horse\n')
      assert.equal(read.status, 0, read.stderr)
      const found = decodePem(read.stdout, 'CERTIFICATE')
      assert.deepEqual(found, chain)
      const [pkcs8] = decodePem(read.stdout, 'PRIVATE KEY')
      assert.deepEqual(pkcs8, key.key.export({ type: 'pkcs8', format: 'der' }))
      assert.ok(new X509Certificate(found[0]!).checkPrivateKey(key.key))
    })
  }

  it('opens with a password outside ASCII', async () => {
    const key = await generatePrivateKey('p256')
    const file = await encode(key, 'pässwörd 鍵', [certify(key, 'alice')])
    const read = openssl(['pkcs12', '-in', file, '-passin', 'stdin', '-nodes'], 'pässwörd 鍵\n')
    assert.equal(read.status, 0, read.stderr)
  })

  it('does not open with another password, nor after a changed byte', async () => {
    const key = await generatePrivateKey('p256')
    const file = await encode(key, 'right', [certify(key, 'alice')])
    assert.notEqual(openssl(['pkcs12', '-in', file, '-passin', 'stdin', '-nodes'], 'wrong\n').status, 0)
    const bytes = readFileSync(file)
    bytes[200]! ^= 1
    writeFileSync(file, bytes)
    assert.notEqual(openssl(['pkcs12', '-in', file, '-passin', 'stdin', '-nodes'], 'right\n').status, 0)
  })

  it('uses AES-256, PBKDF2 and SHA-256 throughout', async () => {
    const key = await generatePrivateKey('p256')
    const file = await encode(key, 'right', [certify(key, 'alice')])
    const { stderr } = openssl(['pkcs12', '-in', file, '-passin', 'stdin', '-info', '-noout'], 'right\n')
    assert.match(stderr, /MAC: sha256, Iteration 100000/)
    assert.equal(stderr.match(/PBES2, PBKDF2, AES-256-CBC, Iteration 100000, PRF hmacWithSHA256/g)?.length, 2)
  })
})

describe('PKCS #12', () => {
  it('refuses an empty password', async () => {
    const { key } = await generatePrivateKey('p256')
    assert.throws(
      () => encodePkcs12({ key, certificates: [Buffer.of(0x30, 0)], friendlyName: '', password: '' }),
      RangeError,
    )
  })
})
