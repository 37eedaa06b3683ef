import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { PlanInput } from '../../src/core/issuance/plan.ts'
import { findProfile } from '../../src/core/issuance/profile.ts'
import type { CrlEntryInput } from '../../src/core/revocation/encode-crl.ts'
import type { CrlReason } from '../../src/core/x509/types.ts'
import type { KeyType } from '../../src/signer/signer.ts'
import {
  TEST_NOW,
  type TestAuthority,
  type TestLeaf,
  buildAuthority,
  buildCrl,
  buildLeaf,
} from '../support/build-authority.ts'
import { formatPem } from '../../src/core/pem.ts'

/** How a run of openssl ended. */
interface Outcome {
  readonly ok: boolean
  readonly text: string
}

function openssl(...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile('openssl', args, { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) =>
      resolve({ ok: error === null, text: stdout + stderr }),
    )
  })
}

const isInstalled = (await openssl('version')).ok
const REQUIRED = process.env['CHANCERY_REQUIRE_TOOLS'] === '1'

const REASONS: readonly (readonly [reason: CrlReason, name: string])[] = [
  ['keyCompromise', 'Key Compromise'],
  ['cACompromise', 'CA Compromise'],
  ['affiliationChanged', 'Affiliation Changed'],
  ['superseded', 'Superseded'],
  ['cessationOfOperation', 'Cessation Of Operation'],
  ['certificateHold', 'Certificate Hold'],
  ['privilegeWithdrawn', 'Privilege Withdrawn'],
  ['aACompromise', 'AA Compromise'],
]

function revoked(leaf: TestLeaf, reason: CrlReason = 'superseded', invalidityDate?: Date): CrlEntryInput {
  return { serialNumber: leaf.certificate.serialNumber, revokedAt: TEST_NOW, reason, invalidityDate }
}

/** Entries of other certificates. */
function strangers(count: number): CrlEntryInput[] {
  return Array.from({ length: count }, (_, i) => ({
    serialNumber: Uint8Array.of(0x50, i >> 8, i & 0xff),
    revokedAt: TEST_NOW,
    reason: 'unspecified',
    invalidityDate: undefined,
  }))
}

describe('openssl', { skip: !isInstalled && !REQUIRED && 'openssl is not installed' }, () => {
  let folder = ''
  let written = 0
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chancery-openssl-'))
  })
  after(async () => {
    await rm(folder, { recursive: true })
  })

  const write = async (...pems: readonly (readonly [label: string, der: Uint8Array])[]): Promise<string> => {
    const path = join(folder, `${written++}.pem`)
    await writeFile(path, pems.map(([label, der]) => formatPem(label, der)).join(''))
    return path
  }
  const certificates = (...all: (TestAuthority | TestLeaf)[]) =>
    write(...all.map(({ certificate }) => ['CERTIFICATE', certificate.der] as const))
  const verify = async (
    chain: { root: TestAuthority; issuing: TestAuthority; leaf: TestLeaf },
    crls: readonly Uint8Array[],
    options: { purpose?: string; at?: Date } = {},
  ): Promise<Outcome> => {
    const { purpose = 'sslclient', at = TEST_NOW } = options
    return openssl(
      ...['verify', '-x509_strict', '-crl_check_all', '-purpose', purpose],
      ...['-attime', String(at.getTime() / 1000)],
      ...['-CAfile', await certificates(chain.root), '-untrusted', await certificates(chain.issuing)],
      ...['-CRLfile', await write(...crls.map((crl) => ['X509 CRL', crl] as const))],
      await certificates(chain.leaf),
    )
  }
  const buildChain = async (keyType: KeyType, input?: Partial<PlanInput>) => {
    const root = await buildAuthority({ keyType })
    const issuing = await buildAuthority({ keyType, parent: root })
    return { root, issuing, leaf: await buildLeaf(issuing, { keyType, ...(input && { input }) }) }
  }

  for (const keyType of ['p256', 'p384', 'ed25519', 'rsa2048'] as const) {
    it(`accepts a chain of ${keyType} keys while no list names the leaf, and refuses it once one does`, async () => {
      const chain = await buildChain(keyType)
      const rootCrl = await buildCrl(chain.root, [])
      for (const count of [0, 1, 1000]) {
        const outcome = await verify(chain, [rootCrl, await buildCrl(chain.issuing, strangers(count))])
        assert.ok(outcome.ok, outcome.text)
      }
      const outcome = await verify(chain, [
        rootCrl,
        await buildCrl(chain.issuing, [...strangers(999), revoked(chain.leaf)]),
      ])
      assert.equal(outcome.ok, false)
      assert.match(outcome.text, /certificate revoked/)
    })

    it(`verifies the signature of lists made with ${keyType} keys`, async () => {
      const [issuing, other] = [await buildAuthority({ keyType }), await buildAuthority({ keyType })]
      const crl = await write(['X509 CRL', await buildCrl(issuing, strangers(3))])
      const by = async (authority: TestAuthority) =>
        openssl('crl', '-in', crl, '-noout', '-verify', '-CAfile', await certificates(authority))
      assert.match((await by(issuing)).text, /verify OK/)
      assert.doesNotMatch((await by(other)).text, /verify OK/)
    })
  }

  it('accepts an issuing authority and a root of different key types', async () => {
    const root = await buildAuthority({ keyType: 'rsa2048' })
    const issuing = await buildAuthority({ keyType: 'p384', parent: root })
    const leaf = await buildLeaf(issuing, { keyType: 'ed25519' })
    const outcome = await verify({ root, issuing, leaf }, [
      await buildCrl(root, []),
      await buildCrl(issuing, []),
    ])
    assert.ok(outcome.ok, outcome.text)
  })

  it('refuses a client certificate for a server, and a server certificate for a client', async () => {
    const client = await buildChain('p256')
    const server = await buildChain('p256', {
      profile: findProfile('server'),
      allowedNames: ['bob.example', '127.0.0.1'],
    })
    for (const [chain, good, bad] of [
      [client, 'sslclient', 'sslserver'],
      [server, 'sslserver', 'sslclient'],
    ] as const) {
      const crls = [await buildCrl(chain.root, []), await buildCrl(chain.issuing, [])]
      assert.equal((await verify(chain, crls, { purpose: good })).ok, true)
      assert.equal((await verify(chain, crls, { purpose: bad })).ok, false)
    }
  })

  it('refuses every certificate of an issuing authority that the root revoked', async () => {
    const chain = await buildChain('p256')
    const crls = [
      await buildCrl(chain.root, [revoked(chain.issuing, 'cACompromise')]),
      await buildCrl(chain.issuing, []),
    ]
    assert.match((await verify(chain, crls)).text, /certificate revoked/)
  })

  it('refuses a good certificate when one list of the chain is missing', async () => {
    const chain = await buildChain('p256')
    assert.match(
      (await verify(chain, [await buildCrl(chain.issuing, [])])).text,
      /unable to get certificate CRL/,
    )
  })

  it('sees the validity that was planned, to the second', async () => {
    const chain = await buildChain('p256', { profile: findProfile('short'), validitySeconds: 30 })
    const crls = [await buildCrl(chain.root, []), await buildCrl(chain.issuing, [])]
    const after = (seconds: number) =>
      verify(chain, crls, { at: new Date(TEST_NOW.getTime() + seconds * 1000) })
    assert.equal((await after(29)).ok, true)
    assert.match((await after(31)).text, /certificate has expired/)
  })

  it('shows the scopes inside the extension', async () => {
    const { leaf } = await buildChain('p256')
    const path = await certificates(leaf)
    const outer = await openssl('asn1parse', '-in', path)
    // The line after the OID (openssl knows no name for it) is the OCTET STRING that holds the value.
    const offset = /OBJECT\s+:1\.3\.6\.1\.4\.1\.32473\.1\.1\n\s*(\d+):/.exec(outer.text)?.[1]
    assert.ok(offset, outer.text)
    const inner = await openssl('asn1parse', '-in', path, '-strparse', offset)
    const lines = inner.text
      .trim()
      .split('\n')
      .map((line) => line.replace(/^.*(prim|cons): /, '').trim())
    assert.deepEqual(lines, [
      'SEQUENCE',
      'INTEGER           :01',
      'SEQUENCE',
      'UTF8STRING        :bob.user.read',
      'UTF8STRING        :bob.user.write',
    ])
  })

  it('reads every reason, and none where none was given', async () => {
    const authority = await buildAuthority({})
    const show = async (reason: CrlReason, invalidityDate?: Date) => {
      const crl = await buildCrl(authority, [{ ...strangers(1)[0]!, reason, invalidityDate }])
      return (await openssl('crl', '-in', await write(['X509 CRL', crl]), '-noout', '-text')).text
    }
    for (const [reason, name] of REASONS) {
      assert.match(await show(reason), new RegExp(`X509v3 CRL Reason Code: \\n\\s+${name}\\n`))
    }
    assert.doesNotMatch(await show('unspecified'), /CRL entry extensions/)
    const dated = await show('unspecified', new Date('2051-02-03T04:05:06Z'))
    assert.match(dated, /Invalidity Date: \n\s+Feb {2}3 04:05:06 2051 GMT/)
    assert.doesNotMatch(dated, /Reason Code/)
  })

  it('reads number, times and key identifier of a list, and no entries in an empty one', async () => {
    const authority = await buildAuthority({})
    const crl = await buildCrl(authority, [], { crlNumber: 255n })
    const { text } = await openssl('crl', '-in', await write(['X509 CRL', crl]), '-noout', '-text')
    assert.match(text, /Version 2 \(0x1\)/)
    assert.match(text, /Last Update: Jun {2}1 12:00:00 2026 GMT\n\s+Next Update: Jun {2}2 12:00:00 2026 GMT/)
    assert.match(text, /X509v3 CRL Number: \n\s+(0xFF|255)\n/i)
    assert.match(text, /X509v3 Authority Key Identifier/)
    assert.match(text, /No Revoked Certificates/)
  })
})
