import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { MAX_OCSP_CERTIFICATES } from '../../src/core/limits.ts'
import { formatPem } from '../../src/core/pem.ts'
import { REASON_CODES } from '../../src/core/revocation/encode-crl.ts'
import { describeWithSystemTool, describeWithTool } from '../support/external-tool.ts'
import {
  type RevocationCensus,
  censusOfShard,
  expectedReading,
  takeRevocationCensus,
  writeCensus,
} from '../support/revocation-census.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

const CERTIFICATES = 10_000

const folder = createTemporaryFolder()
let census: RevocationCensus
before(async () => {
  census = await takeRevocationCensus(folder.path, CERTIFICATES)
  writeCensus(folder.path, census)
})
after(async () => {
  await census.close()
  folder.remove()
})

function read(path: string, from = folder.path): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(path, [from], { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout)
      else reject(new Error(stderr, { cause: error }))
    })
  })
}

function assertSameLines(got: string, wanted: string): void {
  const [read, meant] = [got.split('\n'), wanted.split('\n')]
  const wrong = meant.findIndex((line, i) => line !== read[i])
  assert.equal(read[wrong], meant[wrong])
  assert.equal(read.length, meant.length)
}

describe('a list of 10,000 certificates', () => {
  it('has half of them revoked, for every reason there is', () => {
    const verdicts = census.certificates.map(({ complete }) => complete)
    assert.equal(verdicts.filter((verdict) => verdict !== 'good').length, CERTIFICATES / 2 - 5)
    assert.deepEqual(
      [...new Set(verdicts)].filter((verdict) => typeof verdict === 'number').sort((a, b) => a - b),
      [0, 1, 2, 3, 4, 5, 6, 9, 10],
    )
    assert.ok(census.certificates.some(({ delta }) => delta === 8))
    assert.ok(census.certificates.some(({ serialNumber }) => serialNumber.length === 40))
  })
})

for (const [language, library] of [
  ['go', "Go's crypto/x509 and x/crypto/ocsp"],
  ['java', "Java's CertPath"],
  ['python', "Python's cryptography"],
] as const) {
  describeWithTool(`revocation-reader-${language}`, `${library} and 10,000 certificates`, (path) => {
    it('reads the complete list, the delta with its base, and every OCSP answer as they were meant', async () => {
      assertSameLines(await read(path), expectedReading(census))
    })
    it('reads a shard of the list as it does the list, for the certificates that name it', async () => {
      const part = censusOfShard(census, 1)
      const from = folder.file(`shard-${language}`)
      writeCensus(from, part)
      assert.ok(part.certificates.length > CERTIFICATES / 8)
      assertSameLines(await read(path, from), expectedReading(part))
    })
  })
}

describeWithSystemTool('openssl', 'openssl and 10,000 certificates', (openssl) => {
  const run = (...args: string[]) =>
    new Promise<string>((resolve) => {
      execFile(openssl, args, { maxBuffer: 64 * 1024 * 1024 }, (_, stdout, stderr) => {
        resolve(stderr + stdout)
      })
    })
  const write = (name: string, label: string, ...ders: Uint8Array[]): string => {
    writeFileSync(folder.file(name), ders.map((der) => formatPem(label, der)).join(''))
    return folder.file(name)
  }

  it('reads every entry of the complete list and of base and delta', async () => {
    for (const name of ['complete', 'base', 'delta'] as const) {
      const text = await run('crl', '-inform', 'DER', '-in', folder.file(`${name}.crl`), '-noout', '-text')
      const entries = new Map(
        text
          .split('Serial Number: ')
          .slice(1)
          .map((entry) => [
            entry.slice(0, entry.indexOf('\n')).toLowerCase(),
            /Reason Code: \n\s+(.+)/.exec(entry)?.[1] ?? 'Unspecified',
          ]),
      )
      for (const one of census.certificates) {
        const verdict = one[name]
        const wanted = typeof verdict === 'number' ? OPENSSL_REASONS[verdict] : undefined
        assert.equal(entries.get(one.serialNumber), wanted, `${name} ${one.serialNumber}`)
      }
    }
  })

  it('verifies a tenth of the certificates by base and delta as by the complete list', async () => {
    const trust = [
      ...['-CAfile', write('root.pem', 'CERTIFICATE', census.rootDer)],
      ...['-untrusted', write('issuer.pem', 'CERTIFICATE', census.issuerDer)],
      ...['-attime', String(census.at.getTime() / 1000), '-crl_check', '-extended_crl'],
    ]
    const deltas = [
      '-use_deltas',
      '-CRLfile',
      write('deltas.pem', 'X509 CRL', census.base.der, census.delta.der),
    ]
    const complete = ['-CRLfile', write('complete.pem', 'X509 CRL', census.complete.der)]
    // Every twentieth has a fate of its own, so that the first tenth has them all.
    const some = census.certificates.slice(0, CERTIFICATES / 10)
    const paths = some.map(({ der }, i) => write(`leaf-${i}.pem`, 'CERTIFICATE', der))
    for (const lists of [deltas, complete]) {
      const good = new Set((await run('verify', ...trust, ...lists, ...paths)).match(/^.*(?=: OK$)/gm) ?? [])
      const wrong = some.filter((one, i) => good.has(paths[i]!) !== (one.complete === 'good'))
      assert.deepEqual(
        wrong.map(({ serialNumber }) => serialNumber),
        [],
      )
    }
  })

  it('believes every answer, 32 to a response', async () => {
    const issuer = write('issuer.pem', 'CERTIFICATE', census.issuerDer)
    const trust = ['-CAfile', write('root.pem', 'CERTIFICATE', census.rootDer), '-verify_other', issuer]
    for (const some of chunks(census.certificates, MAX_OCSP_CERTIFICATES)) {
      writeFileSync(folder.file('response'), await census.answerAbout(some))
      const serials = some.flatMap(({ serialNumber }) => ['-serial', `0x${serialNumber}`])
      // It holds answers against the clock of the machine, whatever the instant of the path.
      const at = ['-attime', String(census.at.getTime() / 1000), '-validity_period', '999999999']
      const text = await run(
        ...['ocsp', '-respin', folder.file('response'), '-issuer', issuer, ...trust, ...at, ...serials],
      )
      assert.match(text, /Response verify OK/)
      const verdicts = [...text.matchAll(/^0x\w+: (\w+)(?:\n\t(?!Reason).*)*(?:\n\tReason: (\S+))?/gm)]
      assert.deepEqual(
        verdicts.map(([, standing, reason = 'unspecified']) => (standing === 'revoked' ? reason : standing)),
        some.map(({ ocsp }, i) => (typeof ocsp === 'number' ? ocspReason(ocsp, verdicts[i]?.[2]) : ocsp)),
      )
    }
  })
})

/** As `openssl crl -text` has them. */
const OPENSSL_REASONS: readonly string[] = [
  'Unspecified',
  'Key Compromise',
  'CA Compromise',
  'Affiliation Changed',
  'Superseded',
  'Cessation Of Operation',
  'Certificate Hold',
  '',
  'Remove From CRL',
  'Privilege Withdrawn',
  'AA Compromise',
]

/** The name of a reason, or what `openssl ocsp` of many versions says of the two that came last. */
function ocspReason(code: number, printed: string | undefined): string | undefined {
  if (code >= REASON_CODES.privilegeWithdrawn && printed === '(UNKNOWN)') return printed
  return Object.entries(REASON_CODES).find(([, number]) => number === code)?.[0]
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size))
}
