import { createCertificateCache } from '../../src/core/decision/certificate-cache.ts'
import { createTokenCache } from '../../src/core/decision/token-cache.ts'
import { sha256 } from '../../src/core/crypto.ts'
import { parseCertificate } from '../../src/core/x509/certificate.ts'
import { formatSerialNumber } from '../../src/core/x509/serial-number.ts'
import { loadTrust } from '../../src/authority/trust.ts'
import type { CurrentLists } from '../../src/authority/live-revocation.ts'
import { createMemoryStore } from '../../src/store/memory/memory-store.ts'
import type { Store } from '../../src/store/store.ts'
import { type DecisionFixture, FIXTURE_NOW, FIXTURE_TRUST_DOMAIN } from './decision-fixture.ts'
import { fixtureIssuer } from './token-fixture.ts'
import {
  auditEntry,
  authorityRecord,
  certificateRecord,
  clientRecord,
  revokeCommand,
} from './store-fixtures.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** A store that knows the fixture's authorities and the client alice, and what the use cases of verification need beside it. */
export async function createDecisionStore(fixture: DecisionFixture) {
  const store = createMemoryStore()
  await store.meta.create(
    {
      trustDomain: FIXTURE_TRUST_DOMAIN,
      scopeExtensionOid: fixture.trust.scopeExtensionOid,
      createdAt: FIXTURE_NOW,
    },
    auditEntry(),
  )
  await store.authorities.create(
    authorityRecord({ id: 'root', role: 'root', certificateDer: fixture.root }),
    auditEntry(),
  )
  await store.authorities.create(authorityRecord({ certificateDer: fixture.issuing }), auditEntry())
  await store.clients.create(clientRecord(), auditEntry())
  const cache = createCertificateCache(100)
  const feed: CurrentLists = {
    current: () => ({
      crlNumber: 7n,
      thisUpdate: FIXTURE_NOW,
      nextUpdate: new Date(FIXTURE_NOW.getTime() + DAY_MS),
    }),
  }
  const tokenIssuer = fixtureIssuer(fixture.keys)
  return {
    store,
    cache,
    tokenCache: createTokenCache(100),
    feed,
    tokenIssuer,
    trust: await loadTrust(store, cache),
    clock: { now: () => FIXTURE_NOW },
  }
}

/** Puts a certificate on record as issued to alice. */
export async function record(
  store: Store,
  der: Uint8Array,
  certificateSha256 = sha256(der),
): Promise<string> {
  const certificate = parseCertificate(der)
  const serialNumber = formatSerialNumber(certificate.serialNumber)
  const { notBefore, notAfter } = certificate
  const row = certificateRecord({
    serialNumber,
    der,
    certificateSha256,
    notBefore,
    notAfter,
    issuedAt: FIXTURE_NOW,
  })
  await store.certificates.insert(row, { clientVersion: 1 }, auditEntry())
  return serialNumber
}

export async function revoke(store: Store, serialNumber: string): Promise<void> {
  const target = { kind: 'serial', authorityId: 'issuing-1', serialNumber } as const
  await store.certificates.revoke(revokeCommand(target), auditEntry())
}

export async function lockAlice(store: Store): Promise<void> {
  const change = { clientId: 'alice', state: 'locked', lockMessage: 'on leave', at: FIXTURE_NOW } as const
  await store.clients.setState(change, auditEntry())
}
