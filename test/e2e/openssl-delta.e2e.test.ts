import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import { formatPem } from '../../src/core/pem.ts'
import type { CrlEntryInput } from '../../src/core/revocation/encode-crl.ts'
import type { CrlReason } from '../../src/core/x509/types.ts'
import {
  TEST_NOW,
  type TestAuthority,
  type TestLeaf,
  buildAuthority,
  buildCrl,
  buildLeaf,
} from '../support/build-authority.ts'
import { describeWithSystemTool } from '../support/external-tool.ts'

const REASONS: readonly CrlReason[] = [
  'unspecified',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  'privilegeWithdrawn',
  'aACompromise',
]

const FRESHEST = { freshestCrlUrl: 'http://ca.chancery.example/crl/issuing-1.delta.crl' }

function entry(serialNumber: Uint8Array, reason: CrlReason = 'superseded'): CrlEntryInput {
  return { serialNumber, revokedAt: TEST_NOW, reason, invalidityDate: undefined }
}

/** Entries of other certificates, the first with a serial number of 20 octets. */
function strangers(count: number): CrlEntryInput[] {
  return Array.from({ length: count }, (_, i) => {
    const serialNumber = i === 0 ? new Uint8Array(20).fill(0x7f) : Uint8Array.of(0x50, i >> 16, i >> 8, i)
    return entry(serialNumber, REASONS[i % REASONS.length])
  })
}

describeWithSystemTool('openssl', 'openssl verify -extended_crl -use_deltas', (openssl) => {
  let folder = ''
  let root: TestAuthority
  let issuing: TestAuthority
  let leaf: TestLeaf
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chancery-delta-'))
    root = await buildAuthority({})
    issuing = await buildAuthority({ parent: root })
    leaf = await buildLeaf(issuing)
  })
  after(async () => {
    await rm(folder, { recursive: true })
  })

  const write = async (name: string, label: string, ders: readonly Uint8Array[]): Promise<string> => {
    const path = join(folder, name)
    await writeFile(path, ders.map((der) => formatPem(label, der)).join(''))
    return path
  }
  /** `good`, or what openssl says against the leaf by the root's list and these of the issuing authority. */
  const verify = async (lists: readonly Uint8Array[], by = issuing): Promise<string> => {
    const crls = await write('crls.pem', 'X509 CRL', [await buildCrl(root, [], FRESHEST), ...lists])
    const chain = await write('chain.pem', 'CERTIFICATE', [issuing.certificate.der, by.certificate.der])
    const args = [
      ...['verify', '-x509_strict', '-crl_check_all', '-extended_crl', '-use_deltas'],
      ...['-attime', String(TEST_NOW.getTime() / 1000), '-purpose', 'sslclient'],
      ...['-CAfile', await write('root.pem', 'CERTIFICATE', [root.certificate.der]), '-untrusted', chain],
      ...['-CRLfile', crls, await write('leaf.pem', 'CERTIFICATE', [leaf.certificate.der])],
    ]
    return new Promise((resolve) => {
      execFile(openssl, args, (error, stdout, stderr) => resolve(error === null ? 'good' : stdout + stderr))
    })
  }
  const complete = (entries: readonly CrlEntryInput[], crlNumber = 5n) =>
    buildCrl(issuing, entries, { crlNumber, ...FRESHEST })
  const delta = (entries: readonly CrlEntryInput[], crlNumber = 9n, baseCrlNumber = 5n) =>
    buildCrl(issuing, entries, { crlNumber, baseCrlNumber })

  for (const count of [0, 1, 1000, 100_000]) {
    it(`accepts a delta of ${count} entries, and a list of as many`, async () => {
      assert.equal(await verify([await complete([]), await delta(strangers(count))]), 'good')
      assert.equal(await verify([await complete(strangers(count)), await delta([])]), 'good')
      const named = [...strangers(count), entry(leaf.certificate.serialNumber)]
      assert.match(await verify([await complete([]), await delta(named)]), /certificate revoked/)
      assert.match(await verify([await complete(named), await delta([])]), /certificate revoked/)
    })
  }

  for (const reason of REASONS) {
    it(`refuses a certificate that the delta revokes for ${reason}`, async () => {
      const lists = [await complete([]), await delta([entry(leaf.certificate.serialNumber, reason)])]
      assert.match(await verify(lists), /certificate revoked/)
    })
  }

  it('accepts a certificate again that a delta takes off hold', async () => {
    const held = await complete([entry(leaf.certificate.serialNumber, 'certificateHold')])
    assert.match(await verify([held, await delta([])]), /certificate revoked/)
    const lifted = await delta([entry(leaf.certificate.serialNumber, 'removeFromCRL')])
    assert.equal(await verify([held, lifted]), 'good')
  })

  it('combines a delta with any list between its base and itself', async () => {
    const named = [entry(leaf.certificate.serialNumber)]
    for (const [base, combines] of [
      [4n, false],
      [5n, true],
      [8n, true],
      [9n, false],
    ] as const) {
      const verdict = await verify([await complete([], base), await delta(named)])
      assert.equal(verdict !== 'good', combines, `a list of number ${base}`)
    }
  })

  it('keeps the lists of two keys of one authority apart', async () => {
    const successor = await buildAuthority({ parent: root })
    const foreign = await buildCrl(successor, [entry(leaf.certificate.serialNumber)], {
      crlNumber: 9n,
      baseCrlNumber: 5n,
    })
    assert.equal(await verify([await complete([]), foreign], successor), 'good')
  })
})
