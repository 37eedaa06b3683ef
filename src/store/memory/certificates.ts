import { formatHex } from '../../core/bytes.ts'
import { isPast } from '../instant.ts'
import { needsCertificate, refuseRevocation, withCertificates } from '../revocation.ts'
import {
  type CertificateQuery,
  type CertificateRecord,
  type CertificateStore,
  type RevokeCommand,
  type RevokeTarget,
  StoreError,
} from '../store.ts'
import type { Synchronous } from '../synchronous.ts'
import { release, revoke, withRevocation } from './revoke.ts'
import { type MemoryState, appendAudit, authorityState, certificateKey, isDue } from './state.ts'

/** The certificate part of the memory store. */
export function createCertificateStore(state: MemoryState): Synchronous<CertificateStore> {
  return {
    insert: (certificate, { clientVersion, maxOfClient = Infinity, idempotency }, audit) => {
      const key = certificateKey(certificate.authorityId, certificate.serialNumber)
      const claim =
        idempotency && findClaim(state, idempotency.callerId, idempotency.key, certificate.issuedAt)
      if (claim !== undefined) {
        return sameBytes(claim.requestDigest, idempotency!.requestDigest)
          ? { outcome: 'replayed', certificate: claim.certificate }
          : { outcome: 'key_reused' }
      }
      const client = state.clients.get(certificate.clientId)
      if (client?.state !== 'active' || client.version !== clientVersion) return { outcome: 'client_changed' }
      if (isKeyCompromised(state, certificate.publicKeySha256)) return { outcome: 'key_compromised' }
      const mayBeTooMany = state.certificates.size >= maxOfClient
      if (mayBeTooMany && countLive(state, certificate.clientId, certificate.issuedAt) >= maxOfClient)
        return { outcome: 'too_many' }
      authorityState(state, certificate.authorityId)
      if (state.certificates.has(key)) throw new StoreError(`serial number ${key} was issued before`)
      if (certificate.revocation !== undefined) throw new StoreError('a certificate is not inserted revoked')
      appendAudit(state, audit)
      state.certificates.set(key, certificate)
      if (idempotency !== undefined) {
        const place = claimKey(idempotency.callerId, idempotency.key)
        state.idempotency.set(place, { claim: idempotency, certificateKey: key })
      }
      return { outcome: 'inserted' }
    },
    countLive: (clientId, at) => countLive(state, clientId, at),
    isKeyCompromised: (publicKeySha256) => isKeyCompromised(state, publicKeySha256),
    findIdempotent: (callerId, key, at) => findClaim(state, callerId, key, at),
    get: (authorityId, serialNumber) => state.certificates.get(certificateKey(authorityId, serialNumber)),
    findBySha256: (certificateSha256) =>
      [...state.certificates.values()].find((one) => sameBytes(one.certificateSha256, certificateSha256)),
    status: (authorityId, serialNumber) => {
      const certificate = state.certificates.get(certificateKey(authorityId, serialNumber))
      if (certificate === undefined) return undefined
      const { revocation, certificateSha256, clientId } = certificate
      return { revocation, certificateSha256, clientState: state.clients.get(clientId)?.state ?? 'missing' }
    },
    list: (query) => {
      const rows = [...state.certificates.values()]
        .map((certificate, index) => ({ certificate, position: BigInt(index + 1) }))
        .reverse()
        .filter(({ position }) => query.cursor === undefined || position < query.cursor)
        .filter(({ certificate }) => matches(certificate, query))
      const page = rows.slice(0, query.limit)
      return {
        certificates: page.map(({ certificate }) => certificate),
        nextCursor: rows.length > page.length ? page.at(-1)?.position : undefined,
      }
    },
    revoke: (command, audit) => {
      const named = findNamed(state, command)
      if (named === undefined) return { outcome: 'not_found' }
      const allDue = named.filter((certificate) => isDue(state, certificate, command.reason))
      const refusal = refuseRevocation(command, allDue.length)
      if (refusal !== undefined) return refusal
      const due = allDue.slice(0, command.maxCount)
      const alreadyRevoked = named
        .filter((certificate) => !isDue(state, certificate, command.reason))
        .slice(0, command.maxCount - due.length)
      if (command.dryRun || due.length === 0) return { outcome: 'revoked', revoked: due, alreadyRevoked }
      const revoked = due.map((certificate) => withRevocation(state, certificate, command))
      appendAudit(state, withCertificates(audit, revoked))
      revoke(state, revoked)
      return { outcome: 'revoked', revoked, alreadyRevoked }
    },
    unrevoke: ({ authorityId, serialNumber }, audit) => {
      const certificate = state.certificates.get(certificateKey(authorityId, serialNumber))
      if (certificate === undefined) return { outcome: 'not_found' }
      if (certificate.revocation?.reason !== 'certificateHold') return { outcome: 'not_on_hold', certificate }
      if (state.clients.get(certificate.clientId)?.state === 'locked')
        return { outcome: 'client_locked', certificate }
      if (isKeyCompromised(state, certificate.publicKeySha256))
        return { outcome: 'key_compromised', certificate }
      appendAudit(state, audit)
      const { certificates, crlNumber } = release(state, [certificate])
      return { outcome: 'released', certificate: certificates[0]!, crlNumber }
    },
  }
}

function isKeyCompromised(state: MemoryState, publicKeySha256: Uint8Array): boolean {
  return state.compromisedKeys.has(formatHex(publicKeySha256))
}

/** Neither expired nor revoked for good. */
function countLive(state: MemoryState, clientId: string, at: Date): number {
  let live = 0
  for (const certificate of state.certificates.values()) {
    const isFinal = !['certificateHold', undefined].includes(certificate.revocation?.reason)
    if (certificate.clientId === clientId && !isPast(certificate.notAfter, at) && !isFinal) live++
  }
  return live
}

function findClaim(state: MemoryState, callerId: string, key: string, at: Date) {
  const found = state.idempotency.get(claimKey(callerId, key))
  if (found === undefined || isPast(found.claim.expiresAt, at)) return undefined
  const certificate = state.certificates.get(found.certificateKey)!
  return { requestDigest: found.claim.requestDigest, certificate }
}

function claimKey(callerId: string, key: string): string {
  return JSON.stringify([callerId, key])
}

function matches(certificate: CertificateRecord, query: CertificateQuery): boolean {
  const { clientId, scope, state, at, expiresBefore, expiresAtOrAfter } = query
  const expiry = certificate.notAfter.getTime()
  return (
    (clientId === undefined || certificate.clientId === clientId) &&
    (scope === undefined || certificate.scopes.includes(scope)) &&
    (state === undefined || stateOf(certificate, at) === state) &&
    (expiresBefore === undefined || expiry < expiresBefore.getTime()) &&
    (expiresAtOrAfter === undefined || expiry >= expiresAtOrAfter.getTime())
  )
}

function stateOf(certificate: CertificateRecord, at: Date): 'active' | 'revoked' | 'expired' {
  if (certificate.revocation !== undefined) return 'revoked'
  return isPast(certificate.notAfter, at) ? 'expired' : 'active'
}

/** What a target names, revoked or not, in issue order; `undefined` if it names nothing. */
function findNamed(state: MemoryState, { target, at }: RevokeCommand): CertificateRecord[] | undefined {
  if (target.kind === 'client' && !isKnownClient(state, target.clientId)) return undefined
  const named = [...state.certificates.values()].filter((certificate) => isNamed(certificate, target))
  if (target.kind === 'serial') return named.length === 0 ? undefined : named
  const current = named.filter((certificate) => !isPast(certificate.notAfter, at))
  return current.length === 0 && needsCertificate(target) ? undefined : current
}

function isKnownClient(state: MemoryState, clientId: string): boolean {
  return state.clients.has(clientId) || state.removedClients.has(clientId)
}

function isNamed(certificate: CertificateRecord, target: RevokeTarget): boolean {
  switch (target.kind) {
    case 'serial':
      return (
        certificate.authorityId === target.authorityId && certificate.serialNumber === target.serialNumber
      )
    case 'client':
      return certificate.clientId === target.clientId
    case 'scope':
      return certificate.scopes.includes(target.scope)
    case 'public_key':
      return sameBytes(certificate.publicKeySha256, target.publicKeySha256)
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((octet, i) => octet === b[i])
}
