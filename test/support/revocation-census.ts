import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createAnswerOcsp } from '../../src/authority/answer-ocsp.ts'
import { certificateUrls } from '../../src/authority/artefact-urls.ts'
import { type PublishedCrl, createCrlFeed } from '../../src/authority/crl-feed.ts'
import { systemTimers } from '../../src/compose/system-ports.ts'
import { formatHex, parseHex } from '../../src/core/bytes.ts'
import { sha256 } from '../../src/core/crypto.ts'
import { assembleCertificate } from '../../src/core/issuance/assemble.ts'
import { encodeTbsCertificate } from '../../src/core/issuance/encode-certificate.ts'
import { planCertificate } from '../../src/core/issuance/plan.ts'
import { MAX_OCSP_SIGNATURES } from '../../src/core/limits.ts'
import { shardOf } from '../../src/core/revocation/crl-shard.ts'
import { REASON_CODES } from '../../src/core/revocation/encode-crl.ts'
import { standInKind } from '../../src/core/revocation/stand-in-serial.ts'
import type { CrlReason } from '../../src/core/x509/types.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import { buildKey, buildPlanInput } from './build-authority.ts'
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

export type CensusList = Pick<PublishedCrl, 'crlNumber' | 'der'>

/** Certificates of one authority with its lists and OCSP answers about each of them, as files and as what they mean. */
export interface RevocationCensus {
  readonly certificates: readonly CensusCertificate[]
  readonly issuerDer: Uint8Array
  readonly rootDer: Uint8Array
  readonly complete: CensusList
  readonly base: CensusList
  /** Leads from the base to the complete list. */
  readonly delta: CensusList
  /** By their index. */
  readonly shards: readonly CensusList[]
  readonly answers: readonly Uint8Array[]
  readonly at: Date
  /** Answers about several certificates at once. */
  answerAbout(certificates: readonly CensusCertificate[]): Promise<Uint8Array>
  close(): Promise<void>
}

const REASONS = (Object.keys(REASON_CODES) as CrlReason[]).filter((reason) => reason !== 'removeFromCRL')

const WRITES_AT_ONCE = 500

const POLL_MS = 10
const MAX_POLLS = 3000

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

/** Parts of the list. Each has something that changed. */
const SHARDS = 4

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

/**
 * Makes a census of so many certificates: the last ten of them are signed but on no record. Lists, delta and answers are those of the service, from a SQLite
 * store in a folder.
 */
export async function takeRevocationCensus(folder: string, count: number): Promise<RevocationCensus> {
  const { issuing, root, clock, ocsp } = await buildOcsp()
  const store = await openSqliteStore({ path: join(folder, 'census.db'), mustExist: false })
  for (const { id, role } of [root, issuing])
    await store.authorities.create(authorityRecord({ id, role }), auditEntry())
  await store.clients.create(clientRecord(), auditEntry())
  // Without a public URL complete lists do not point to their delta, and openssl takes none.
  const settings = {
    ...ocsp.settings,
    publicUrl: 'http://ca.chancery.example',
    crlShards: SHARDS,
    crlCompleteSeconds: 0,
  }
  // Real timers, because the store's threads take their time.
  const feed = createCrlFeed({ ...ocsp, store, settings, timers: systemTimers })
  const at = clock.now()
  // Java counts a revocation from the instant after it.
  const revokedAt = new Date(at.getTime() - 60_000)
  const key = await buildKey()
  const plan = planCertificate(buildPlanInput(issuing.certificate, key.publicKeyDer, { now: at }))

  async function issue(i: number): Promise<IssuedForCensus> {
    const isRecorded = i < count - 10
    const fate = isRecorded ? fateOf(i) : { before: undefined, after: undefined }
    const octets = serialOctets(i)
    const serialNumber = formatHex(octets)
    const { crlUrl } = certificateUrls(settings, issuing.id, octets)
    const tbs = encodeTbsCertificate({ ...plan, serialNumber: octets, crlUrl }, issuing.signer.algorithm)
    const der = assembleCertificate(tbs, issuing.signer.algorithm, await issuing.signer.sign(tbs))
    if (isRecorded) {
      const { notBefore, notAfter } = plan
      const row = { serialNumber, der, certificateSha256: sha256(der), notBefore, notAfter, issuedAt: at }
      await store.certificates.insert(certificateRecord(row), { clientVersion: 1 }, auditEntry())
      if (fate.before) await revoke(serialNumber, fate.before)
    }
    return { serialNumber, der, fate, isRecorded }
  }

  async function revoke(serialNumber: string, reason: CrlReason): Promise<void> {
    const target = { kind: 'serial', authorityId: issuing.id, serialNumber } as const
    const command = { target, reason, invalidityDate: undefined, at: revokedAt, maxCount: 1, dryRun: false }
    await store.certificates.revoke(command, auditEntry())
  }

  async function change({ serialNumber, fate: { before, after } }: IssuedForCensus): Promise<void> {
    if (before === after) return
    if (after !== undefined) await revoke(serialNumber, after)
    else await store.certificates.unrevoke({ authorityId: issuing.id, serialNumber, at }, auditEntry())
  }

  /** The complete list after this one. */
  function nextList({ crlNumber }: PublishedCrl): Promise<PublishedCrl> {
    return new Promise((resolve) => {
      feed.subscribe(() => {
        const list = feed.complete(issuing.id)!
        if (list.crlNumber > crlNumber) resolve(list)
      })
    })
  }

  /** The list of a part after this one. */
  async function newShard(index: number, { crlNumber }: PublishedCrl): Promise<CensusList> {
    for (let tries = 0; tries < MAX_POLLS; tries++) {
      const list = feed.shard(issuing.id, { count: SHARDS, index })
      if (list !== undefined && list !== 'being_made' && list.crlNumber > crlNumber) return list
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
    throw new Error(`shard ${index} is not made`)
  }

  const issued = await inBatches(
    Array.from({ length: count }, (_, i) => i),
    WRITES_AT_ONCE,
    issue,
  )
  await feed.start()
  const base = feed.complete(issuing.id)!
  await inBatches(issued, WRITES_AT_ONCE, change)
  const newest = nextList(base)
  feed.notify(issuing.id)
  const complete = await newest
  const delta = (await feed.delta(issuing.id, base.crlNumber))!
  const shards = await Promise.all(Array.from({ length: SHARDS }, (_, index) => newShard(index, base)))
  await feed.stop()

  const answer = createAnswerOcsp({ ...ocsp, store })
  const answerAbout = async (some: readonly Pick<CensusCertificate, 'serialNumber'>[]) =>
    (
      await answer(
        encodeOcspRequest(some.map(({ serialNumber }) => encodeCertId(issuing.certificate, serialNumber))),
      )
    ).der
  return {
    certificates: issued.map(meaningOf),
    issuerDer: issuing.certificate.der,
    rootDer: root.certificate.der,
    complete,
    base,
    shards,
    delta: { crlNumber: delta.state.crlNumber, der: delta.der },
    answers: await inBatches(issued, MAX_OCSP_SIGNATURES, (one) => answerAbout([one])),
    at: clock.now(),
    answerAbout,
    close: () => store.close(),
  }
}

interface IssuedForCensus {
  readonly serialNumber: string
  readonly der: Uint8Array
  readonly fate: ReturnType<typeof fateOf>
  readonly isRecorded: boolean
}

function meaningOf({ serialNumber, der, fate, isRecorded }: IssuedForCensus): CensusCertificate {
  const verdict = (reason: CrlReason | undefined): Verdict =>
    reason === undefined ? 'good' : REASON_CODES[reason]
  const complete = verdict(fate.after)
  return {
    serialNumber,
    der,
    base: verdict(fate.before),
    delta: verdict(changeOf(fate)),
    complete,
    ocsp: isRecorded ? complete : 'unknown',
  }
}

/** Does something with each, so many at once; the results are in the same order. */
async function inBatches<T, R>(all: readonly T[], size: number, work: (one: T) => Promise<R>): Promise<R[]> {
  const done: R[] = []
  for (let i = 0; i < all.length; i += size)
    done.push(...(await Promise.all(all.slice(i, i + size).map(work))))
  return done
}

/** The certificates of a part, with its list for the complete one. Those whose serial number could stand for a token or a client are in no part. */
export function censusOfShard(census: RevocationCensus, index: number): RevocationCensus {
  const isIn = ({ serialNumber }: CensusCertificate) => {
    const octets = parseHex(serialNumber)!
    return standInKind(octets) === undefined && shardOf(octets, SHARDS).index === index
  }
  return {
    ...census,
    certificates: census.certificates.filter(isIn),
    answers: census.answers.filter((_, i) => isIn(census.certificates[i]!)),
    complete: census.shards[index]!,
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
  for (const name of ['complete', 'base', 'delta'] as const) write(`${name}.crl`, census[name].der)
  write('certificates.bin', joinWithLengths(census.certificates.map(({ der }) => der)))
  write('answers.bin', joinWithLengths(census.answers))
  write('at', `${census.at.getTime() / 1000}\n`)
}

/** What every reader must say of the census. */
export function expectedReading({ certificates, ...lists }: RevocationCensus): string {
  const lines: string[] = []
  for (const name of ['complete', 'base', 'delta', 'ocsp'] as const) {
    if (name !== 'ocsp')
      lines.push(`list ${name} ${lists[name].crlNumber} ${name === 'delta' ? lists.base.crlNumber : '-'}`)
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
