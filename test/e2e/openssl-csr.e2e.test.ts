import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { assembleCsr } from '../../src/core/issuance/assemble.ts'
import { encodeCsrInfo } from '../../src/core/issuance/encode-csr.ts'
import {
  proofOfPossessionMessage,
  verifyProofOfPossession,
} from '../../src/core/issuance/proof-of-possession.ts'
import { parseCsr, verifyCsr } from '../../src/core/x509/csr.ts'
import { checkPublicKey, decodeSubjectPublicKeyInfo } from '../../src/core/x509/public-key.ts'
import { createFileKeyStore } from '../../src/signer/file-key-store.ts'
import { buildKey } from '../support/build-authority.ts'
import { formatPem } from '../../src/core/pem.ts'

const isInstalled = spawnSync('openssl', ['version']).status === 0
const REQUIRED = process.env['CHANCERY_REQUIRE_TOOLS'] === '1'

/** Options of `openssl genpkey`, and of `pkeyutl` for a signature as docs/protocol.md wants it. */
const KEYS = {
  p256: { make: ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'], digest: ['-digest', 'sha256'] },
  p384: { make: ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384'], digest: ['-digest', 'sha384'] },
  ed25519: { make: ['-algorithm', 'ED25519'], digest: [] },
  rsa2048: { make: ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'], digest: ['-digest', 'sha256'] },
} as const

describe(
  'openssl and our requests',
  { skip: !isInstalled && !REQUIRED && 'openssl is not installed' },
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'chancery-openssl-'))
    after(() => {
      rmSync(folder, { recursive: true })
    })
    const path = (name: string) => join(folder, name)
    const openssl = (...args: string[]) =>
      execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'] })

    for (const [keyType, { make, digest }] of Object.entries(KEYS)) {
      const keyPath = path(`${keyType}.pem`)

      it(`reads a CSR that we make with a ${keyType} key, and finds its signature good`, async () => {
        const key = await buildKey(keyType as keyof typeof KEYS)
        const info = encodeCsrInfo('bob', key.publicKeyDer, ['bob.internal', '10.0.0.1'])
        const csr = assembleCsr(info, key.algorithm, await key.sign(info))
        writeFileSync(path('ours.csr'), formatPem('CERTIFICATE REQUEST', csr))
        const run = spawnSync('openssl', ['req', '-in', path('ours.csr'), '-verify', '-noout', '-text'], {
          encoding: 'utf8',
        })
        assert.match(run.stdout + run.stderr, /self-signature verify OK/)
        assert.match(run.stdout, /Subject: CN ?= ?bob\n/)
        assert.match(run.stdout, /DNS:bob\.internal, IP Address:10\.0\.0\.1/)
      })

      it(`makes a CSR with a ${keyType} key that we accept`, async () => {
        openssl('genpkey', ...make, '-out', keyPath)
        const der = openssl('req', '-new', '-key', keyPath, '-subj', '/CN=alice', '-outform', 'DER')
        const spki = openssl('pkey', '-in', keyPath, '-pubout', '-outform', 'DER')
        assert.deepEqual(Buffer.from((await verifyCsr(parseCsr(der))).spkiDer), spki)
      })

      it(`makes a proof with a ${keyType} key that we accept`, async () => {
        openssl('genpkey', ...make, '-out', keyPath)
        const spki = openssl('pkey', '-in', keyPath, '-pubout', '-outform', 'DER')
        writeFileSync(path('message'), proofOfPossessionMessage('alice', spki))
        const proof = openssl(
          'pkeyutl',
          '-sign',
          '-inkey',
          keyPath,
          '-rawin',
          '-in',
          path('message'),
          ...digest,
        )
        assert.equal(
          await verifyProofOfPossession('alice', checkPublicKey(decodeSubjectPublicKeyInfo(spki)), proof),
          true,
        )
      })
    }

    it('opens a key file that we encrypted, with the passphrase only', async () => {
      const directory = path('keys')
      const { publicKeyDer } = await createFileKeyStore({ directory, passphrase: 'open sesame' }).create(
        'root',
        'p256',
      )
      const read = (passphrase: string) =>
        spawnSync('openssl', [
          'pkey',
          '-in',
          join(directory, 'root.key.pem'),
          '-passin',
          `pass:${passphrase}`,
          '-pubout',
          '-outform',
          'DER',
        ])
      assert.deepEqual(new Uint8Array(read('open sesame').stdout), publicKeyDer)
      assert.notEqual(read('open barley').status, 0)
    })
  },
)
