import { concatBytes, parseHex } from '../../core/bytes.ts'
import { sha256 } from '../../core/crypto.ts'
import { type CrlShard, shardOf } from '../../core/revocation/crl-shard.ts'
import { encodeCrlEntry, joinTbsCertList } from '../../core/revocation/encode-crl.ts'
import { standInKind } from '../../core/revocation/stand-in-serial.ts'
import {
  type CertificateRecord,
  type CrlRecord,
  type CrlSharding,
  type CrlStore,
  type RevokedEntry,
  type SignedList,
  StoreError,
} from '../store.ts'
import type { Synchronous } from '../synchronous.ts'
import { type ListedRevocation, type MemoryState, authorityState } from './state.ts'

/** The CRL part of the memory store. */
export function createCrlStore(state: MemoryState): Synchronous<CrlStore> {
  return {
    reserveNumber: (authorityId) => {
      const authority = authorityState(state, authorityId)
      const crlNumber = authority.nextCrlNumber
      authority.nextCrlNumber += 1n
      return crlNumber
    },
    assemble: (authorityId, crlNumber, expiredBefore, frame, shard) => {
      const entries = listedIn(state, authorityId, crlNumber)
        .filter(({ notAfter }) => notAfter.getTime() > expiredBefore.getTime())
        .map(({ serialNumber, revocation }) => ({ ...revocation, serialNumber: parseHex(serialNumber)! }))
        .filter(({ serialNumber }) => shard === undefined || isIn(shard, serialNumber))
        .map(encodeCrlEntry)
      return { tbs: joinTbsCertList(frame, entries), entryCount: entries.length }
    },
    changes: (authorityId, after, upTo, limit) => {
      if (after < (state.authorities.get(authorityId)?.firstBase ?? 0n)) return undefined
      const listed = listedIn(state, authorityId, upTo)
      const stillListed = new Set(listed.map(({ serialNumber }) => serialNumber))
      const released = listedIn(state, authorityId, after)
        .filter(({ serialNumber }) => !stillListed.has(serialNumber))
        .map(({ serialNumber, revocation: { revokedAt } }): RevokedEntry => {
          return { serialNumber, revokedAt, reason: 'removeFromCRL', invalidityDate: undefined }
        })
      const changed = listed.filter(({ revocation }) => revocation.crlNumber > after).map(entryOf)
      if (changed.length + released.length > limit) return undefined
      return [...changed, ...released].sort(bySerialNumber)
    },
    skipTo: (authorityId, crlNumber) => {
      const authority = authorityState(state, authorityId)
      if (crlNumber <= authority.nextCrlNumber) return
      authority.skippedNumbers.push([authority.nextCrlNumber, crlNumber])
      authority.nextCrlNumber = crlNumber
    },
    startOver: (authorityId) => {
      const authority = authorityState(state, authorityId)
      authority.firstBase = authority.nextCrlNumber
    },
    wasGiven: (authorityId, crlNumber) => {
      const { nextCrlNumber, skippedNumbers } = authorityState(state, authorityId)
      const isSkipped = skippedNumbers.some(([first, next]) => crlNumber >= first && crlNumber < next)
      return crlNumber >= 1n && crlNumber < nextCrlNumber && !isSkipped
    },
    nextNumber: (authorityId) => authorityState(state, authorityId).nextCrlNumber,
    hasUnpublished: (authorityId) => {
      const { latestCrl } = authorityState(state, authorityId)
      return hasChanged(state, authorityId, latestCrl?.crlNumber ?? 0n)
    },
    hasChanged: (authorityId, crlNumber) => hasChanged(state, authorityId, crlNumber),
    hasRevocations: (authorityId, count) => revokedBy(state, authorityId).length >= count,
    join,
    useSharding: ({ authorityId, sharding, at, since }) => {
      const authority = authorityState(state, authorityId)
      const others = authority.shardings
        .filter((other) => !isSameSharding(other, sharding))
        .map((other) => ({ ...other, retiredAt: other.retiredAt ?? at }))
      authority.shardings = [
        ...(sharding === undefined ? [] : [{ ...sharding, retiredAt: undefined }]),
        ...others.sort((a, b) => b.retiredAt.getTime() - a.retiredAt.getTime()),
      ]
      return authority.shardings
        .filter(({ retiredAt }) => retiredAt === undefined || retiredAt >= since)
        .map(({ publicUrl, shardCount }) => ({ publicUrl, shardCount }))
    },
    publish: (crl) => {
      const authority = authorityState(state, crl.authorityId)
      const stored = authority.latestCrl?.crlNumber ?? 0n
      if (crl.crlNumber === stored) throw new StoreError(`CRL ${stored} was published before`)
      const record = join(crl)
      if (crl.crlNumber > stored) authority.latestCrl = record
      return record
    },
    latest: (authorityId) => state.authorities.get(authorityId)?.latestCrl,
  }
}

function join({ pieces, ...list }: SignedList): CrlRecord {
  const der = concatBytes(pieces)
  return { ...list, der, sha256: new Uint8Array(sha256(der)) }
}

function isIn(shard: CrlShard, serialNumber: Uint8Array): boolean {
  return standInKind(serialNumber) === undefined && shardOf(serialNumber, shard.count).index === shard.index
}

function isSameSharding(a: CrlSharding, b: CrlSharding | undefined): boolean {
  return a.publicUrl === b?.publicUrl && a.shardCount === b.shardCount
}

function hasChanged(state: MemoryState, authorityId: string, crlNumber: bigint): boolean {
  const ended = state.authorities.get(authorityId)?.endedRevocations ?? []
  return (
    revokedBy(state, authorityId).some(({ revocation }) => revocation.crlNumber > crlNumber) ||
    ended.some(({ endedNumber }) => endedNumber > crlNumber)
  )
}

/** What stands in the list of that number, whether or not its certificate expired. */
function listedIn(state: MemoryState, authorityId: string, crlNumber: bigint): ListedRevocation[] {
  const ended = (state.authorities.get(authorityId)?.endedRevocations ?? [])
    .filter(({ endedNumber }) => endedNumber > crlNumber)
    .map(({ listed }) => listed)
  return [...revokedBy(state, authorityId), ...ended].filter(
    ({ revocation }) => revocation.crlNumber <= crlNumber,
  )
}

function revokedBy(state: MemoryState, authorityId: string): ListedRevocation[] {
  const certificates = [...state.certificates.values()].filter(
    (certificate): certificate is CertificateRecord & ListedRevocation =>
      certificate.authorityId === authorityId && certificate.revocation !== undefined,
  )
  return [...certificates, ...(state.authorities.get(authorityId)?.standIns.values() ?? [])]
}

function entryOf({ serialNumber, revocation }: ListedRevocation): RevokedEntry {
  const { revokedAt, reason, invalidityDate } = revocation
  return { serialNumber, revokedAt, reason, invalidityDate }
}

function bySerialNumber(a: RevokedEntry, b: RevokedEntry): number {
  return a.serialNumber < b.serialNumber ? -1 : 1
}
