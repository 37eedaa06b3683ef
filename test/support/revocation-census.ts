import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createAnswerOcsp } from '../../src/authority/answer-ocsp.ts'
import { formatHex } from '../../src/core/bytes.ts'
import { sha256 } from '../../src/core/crypto.ts'
import { assembleCertificate } from '../../src/core/issuance/assemble.ts'
import { encodeTbsCertificate } from '../../src/core/issuance/encode-certificate.ts'
import { planCertificate } from '../../src/core/issuance/plan.ts'
import { MAX_OCSP_SIGNATURES } from '../../src/core/limits.ts'
import { type CrlEntryInput, REASON_CODES } from '../../src/core/revocation/encode-crl.ts'
import type { CrlReason } from '../../src/core/x509/types.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import { buildCrl, buildKey, buildPlanInput } from './build-authority.ts'
import { buildOcsp } from './build-ocsp.ts'
import { encodeCertId, encodeOcspRequest } from './ocsp.ts'
import { auditEntry, authorityRecord, certificateRecord, clientRecord } from './store-fixtures.ts'

/** What a list or an answer says of a certificate: the number of a CRLReason, `good`, or `unknown`. */
export type Verdict = number | 'good' | 'unknown'

/** One certificate of the census, and what must be read of it in each list and from OCSP. */
export interface CensusCertificate {
  readonly serialNumber: string
  readonly der: Uint8Array
  readonly base: Verdict
  readonly delta: Verdict
  /** By the complete list, and by base and delta together. */
  readonly complete: Verdict
  readonly ocsp: Verdict
}

/** Certificates of one authority with its lists and OCSP answers about each of them, as files and as what they mean. */
export interface RevocationCensus {
  readonly certificates: readonly CensusCertificate[]
  readonly issuerDer: Uint8Array
  readonly rootDer: Uint8Array
  readonly complete: Uint8Array
  readonly base: Uint8Array
  readonly delta: Uint8Array
  readonly rootList: Uint8Array
  readonly answers: readonly Uint8Array[]
  readonly at: Date
  /** Answers about several certificates at once. */
  answerAbout(certificates: readonly CensusCertificate[]): Promise<Uint8Array>
  close(): Promise<void>
}

/** Lists of these numbers: the delta leads from the base to the complete one. */
export const BASE_NUMBER = 5n
export const COMPLETE_NUMBER = 9n

const REASONS = (Object.keys(REASON_CODES) as CrlReason[]).filter((reason) => reason !== 'removeFromCRL')

/** As many as the responder signs. */
const AT_ONCE = MAX_OCSP_SIGNATURES

/** Reasons before and after the delta; `undefined` is good. Of twenty, ten are revoked in the end. */
function fateOf(i: number): { before: CrlReason | undefined; after: CrlReason | undefined } {
  const reason = REASONS[Math.floor(i / 20) % REASONS.length]!
  switch (i % 20) {
    case 0:
    case 1:
      return { before: undefined, after: reason }
    case 2:
      return { before: 'certificateHold', after: undefined }
    case 4:
      return { before: 'certificateHold', after: reason }
    default:
      return i % 2 === 0 ? { before: reason, after: reason } : { before: undefined, after: undefined }
  }
}

/** Most have 16 octets, as issued; some as many as there can be, some very few, some with a sign octet. */
function serialOctets(i: number): Uint8Array {
  const octets = Uint8Array.from(randomBytes(i % 7 === 0 ? 20 : 16))
  octets[0] = (octets[0]! & 0x3f) | 0x40
  if (i % 11 !== 0) return octets
  return Uint8Array.of(0x80 | (i >> 16), i >> 8, i)
}

function changeOf({ before, after }: ReturnType<typeof fateOf>): CrlReason | undefined {
  if (before === after) return undefined
  return after ?? 'removeFromCRL'
}

/** Makes a census of so many certificates, with its store in a folder; the last ten of them are signed but on no record. */
export async function takeRevocationCensus(folder: string, count: number): Promise<RevocationCensus> {
  const { issuing, root, clock, ocsp } = await buildOcsp()
  const store = await openSqliteStore({ path: join(folder, 'census.db'), mustExist: false })
  const answer = createAnswerOcsp({ ...ocsp, store })
  const at = clock.now()
  // Java counts a revocation from the instant after it.
  const revokedAt = new Date(at.getTime() - 60_000)
  await store.authorities.create(authorityRecord(), auditEntry())
  await store.clients.create(clientRecord(), auditEntry())
  const key = await buildKey()
  const plan = planCertificate(buildPlanInput(issuing.certificate, key.publicKeyDer, { now: at }))
  const entries = {
    base: [] as CrlEntryInput[],
    delta: [] as CrlEntryInput[],
    complete: [] as CrlEntryInput[],
  }

  async function issue(i: number): Promise<CensusCertificate> {
    const isRecorded = i < count - 10
    const fate = isRecorded ? fateOf(i) : { before: undefined, after: undefined }
    const change = changeOf(fate)
    const octets = serialOctets(i)
    const serialNumber = formatHex(octets)
    const tbs = encodeTbsCertificate({ ...plan, serialNumber: octets }, issuing.signer.algorithm)
    const der = assembleCertificate(tbs, issuing.signer.algorithm, await issuing.signer.sign(tbs))
    const add = (list: keyof typeof entries, reason: CrlReason | undefined): Verdict => {
      if (reason === undefined) return 'good'
      entries[list].push({ serialNumber: octets, revokedAt, reason, invalidityDate: undefined })
      return REASON_CODES[reason]
    }
    const complete = add('complete', fate.after)
    if (isRecorded) {
      const { notBefore, notAfter } = plan
      const row = { serialNumber, der, certificateSha256: sha256(der), notBefore, notAfter, issuedAt: at }
      await store.certificates.insert(certificateRecord(row), { clientVersion: 1 }, auditEntry())
      if (fate.after) await revoke(serialNumber, fate.after)
    }
    return {
      serialNumber,
      der,
      base: add('base', fate.before),
      delta: add('delta', change),
      complete,
      ocsp: isRecorded ? complete : 'unknown',
    }
  }

  async function revoke(serialNumber: string, reason: CrlReason): Promise<void> {
    const target = { kind: 'serial', authorityId: issuing.id, serialNumber } as const
    const command = { target, reason, invalidityDate: undefined, at: revokedAt, maxCount: 1, dryRun: false }
    await store.certificates.revoke(command, auditEntry())
  }

  const answerAbout = async (some: readonly Pick<CensusCertificate, 'serialNumber'>[]) =>
    (
      await answer(
        encodeOcspRequest(some.map(({ serialNumber }) => encodeCertId(issuing.certificate, serialNumber))),
      )
    ).der

  const certificates: CensusCertificate[] = []
  const answers: Uint8Array[] = []
  for (let i = 0; i < count; i += AT_ONCE) {
    const some = await Promise.all(
      Array.from({ length: Math.min(AT_ONCE, count - i) }, (_, k) => issue(i + k)),
    )
    certificates.push(...some)
    answers.push(...(await Promise.all(some.map((one) => answerAbout([one])))))
  }
  const list = (name: keyof typeof entries, crlNumber: bigint, baseCrlNumber?: bigint) =>
    buildCrl(issuing, entries[name], {
      now: at,
      crlNumber,
      // Without the pointer openssl takes no delta.
      ...(baseCrlNumber === undefined
        ? { freshestCrlUrl: 'http://ca.chancery.example/crl/issuing-1.delta.crl' }
        : { baseCrlNumber }),
    })
  return {
    certificates,
    issuerDer: issuing.certificate.der,
    rootDer: root.certificate.der,
    complete: await list('complete', COMPLETE_NUMBER),
    base: await list('base', BASE_NUMBER),
    delta: await list('delta', COMPLETE_NUMBER, BASE_NUMBER),
    rootList: await buildCrl(root, [], { now: at }),
    answers,
    at,
    answerAbout,
    close: () => store.close(),
  }
}

/** Writes the census as `tools/revocation-readers/README.md` describes it. */
export function writeCensus(folder: string, census: RevocationCensus): void {
  mkdirSync(folder, { recursive: true })
  const write = (name: string, content: Uint8Array | string) => {
    writeFileSync(join(folder, name), content)
  }
  write('issuer.der', census.issuerDer)
  write('root.der', census.rootDer)
  for (const name of ['complete', 'base', 'delta'] as const) write(`${name}.crl`, census[name])
  write('certificates.bin', joinWithLengths(census.certificates.map(({ der }) => der)))
  write('answers.bin', joinWithLengths(census.answers))
  write('at', `${census.at.getTime() / 1000}\n`)
}

/** What every reader must say of the census. */
export function expectedReading({ certificates }: RevocationCensus): string {
  const lines: string[] = []
  for (const name of ['complete', 'base', 'delta', 'ocsp'] as const) {
    if (name !== 'ocsp') {
      const number = name === 'base' ? BASE_NUMBER : COMPLETE_NUMBER
      lines.push(`list ${name} ${number} ${name === 'delta' ? BASE_NUMBER : '-'}`)
    }
    for (const one of certificates) lines.push(`${name} ${one.serialNumber} ${one[name]}`)
  }
  return `${lines.join('\n')}\n`
}

function joinWithLengths(parts: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const length = Buffer.alloc(4)
      length.writeUInt32BE(part.length)
      return [length, part]
    }),
  )
}
