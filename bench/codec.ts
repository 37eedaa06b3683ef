import { X509Certificate, createPublicKey, randomBytes, verify } from 'node:crypto'
import { parseChain, verifyPath } from '../src/core/decision/verified-path.ts'
import { isDenial } from '../src/core/decision/denial.ts'
import { assembleCertList } from '../src/core/issuance/assemble.ts'
import { encodeCrlEntry, encodeTbsCertList } from '../src/core/revocation/encode-crl.ts'
import { parseCertificate } from '../src/core/x509/certificate.ts'
import { parseCrl } from '../src/core/x509/crl.ts'
import {
  type DecisionFixture,
  FIXTURE_NOW,
  createDecisionFixture,
  signAs,
} from '../test/support/decision-fixture.ts'
import { measureInTurns, measureLoad, measureLoop } from './measure.ts'
import type { Row } from './report.ts'

const ROUNDS = 3
const CRL_ENTRIES = 100_000
const CRL_LIFETIME_MS = 24 * 60 * 60 * 1000

/** Reading certificates, validating paths, making and reading lists: all in this process. */
export async function benchCodec(scale: number): Promise<Row[]> {
  const fixture = createDecisionFixture()
  return [
    await benchParse(fixture, scale),
    await benchPath(fixture, scale),
    ...benchCrl(fixture, Math.max(100, Math.round(CRL_ENTRIES * scale))),
  ]
}

async function benchParse(fixture: DecisionFixture, scale: number): Promise<Row> {
  const der = fixture.client('p256')
  const total = Math.max(100, Math.round(20_000 * scale))
  const loop = (parse: () => unknown) => () => Promise.resolve({ perSecond: measureLoop(total, parse) })
  const { first, second } = await measureInTurns(
    ROUNDS,
    loop(() => new X509Certificate(der)),
    loop(() => parseCertificate(der)),
  )
  return {
    what: 'Parse a certificate, strictly',
    measured: 1e6 / second.perSecond,
    unit: 'us',
    bound: { what: 'X509Certificate of Node', value: 1e6 / first.perSecond },
  }
}

/** A certificate never seen before: read it, find its path, verify both signatures on it. */
async function benchPath(fixture: DecisionFixture, scale: number): Promise<Row> {
  const der = fixture.client('p256')
  const total = Math.max(64, Math.round(3_000 * scale))
  const message = randomBytes(600)
  const [issuing, root] = [fixture.keys.issuing, fixture.keys.root].map((key) => ({
    key: createPublicKey(key),
    signature: signAs(key, 'ed25519', message),
  }))
  const { first, second } = await measureInTurns(
    ROUNDS,
    () =>
      measureLoad(total, 1, async () => {
        for (const { key, signature } of [issuing!, root!]) await verifyBare(message, key, signature)
      }),
    () =>
      measureLoad(total, 1, async () => {
        const parsed = parseChain([der])
        if (isDenial(parsed)) throw new Error(parsed.message)
        const path = await verifyPath(parsed, fixture.trust, FIXTURE_NOW)
        if (isDenial(path)) throw new Error(path.message)
      }),
  )
  return {
    what: 'Validate a path of 3, cold (Ed25519 authorities)',
    measured: 1e6 / second.perSecond,
    unit: 'us',
    bound: { what: '2 bare crypto.verify', value: 1e6 / first.perSecond },
  }
}

function verifyBare(
  message: Buffer,
  key: ReturnType<typeof createPublicKey>,
  signature: Uint8Array,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    verify(null, message, key, signature, (error, valid) => {
      if (error) reject(error)
      else resolve(valid)
    })
  })
}

function benchCrl(fixture: DecisionFixture, count: number): Row[] {
  const issuer = parseCertificate(fixture.issuing)
  const serialNumbers = Array.from({ length: count }, () => {
    const serialNumber = randomBytes(16)
    serialNumber[0]! &= 0x7f
    serialNumber[0]! |= 0x40
    return serialNumber
  })
  const startedMs = performance.now()
  const tbs = encodeTbsCertList({
    algorithm: 'ed25519',
    issuerNameDer: issuer.subject.der,
    issuerKeyIdentifier: issuer.subjectKeyIdentifier!,
    thisUpdate: FIXTURE_NOW,
    nextUpdate: new Date(FIXTURE_NOW.getTime() + CRL_LIFETIME_MS),
    crlNumber: 7n,
    entries: serialNumbers.map((serialNumber) =>
      encodeCrlEntry({
        serialNumber,
        revokedAt: FIXTURE_NOW,
        reason: 'privilegeWithdrawn',
        invalidityDate: undefined,
      }),
    ),
  })
  const encodedMs = performance.now()
  const der = assembleCertList(tbs, 'ed25519', signAs(fixture.keys.issuing, 'ed25519', tbs))
  const signedMs = performance.now()
  const list = parseCrl(der)
  const parsedMs = performance.now()
  if (list.find(serialNumbers[count - 1]!) === undefined) throw new Error('the list lost an entry')
  const indexedMs = performance.now()
  const entries = `${count.toLocaleString('en')} entries`
  return [
    { what: `Encode a list of ${entries}`, measured: encodedMs - startedMs, unit: 'ms' },
    { what: '  hash, sign and assemble it', measured: signedMs - encodedMs, unit: 'ms' },
    { what: '  parse it, strictly', measured: parsedMs - signedMs, unit: 'ms' },
    { what: '  index it and find one entry', measured: indexedMs - parsedMs, unit: 'ms' },
  ]
}
