import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { ALL_RIGHTS } from '../../src/authority/access.ts'
import { createCrlFeed } from '../../src/authority/crl-feed.ts'
import { initialize } from '../../src/authority/initialize.ts'
import { openAuthorities } from '../../src/authority/issuing-authority.ts'
import type { IssueCertificateRequest } from '../../src/authority/issue-certificate.ts'
import type { Caller } from '../../src/authority/ports.ts'
import { createRevocationEvents, type RevocationEvent } from '../../src/authority/revocation-events.ts'
import { createSnapshotSlots } from '../../src/authority/snapshot-slots.ts'
import { OID } from '../../src/core/asn1/oids.ts'
import { assembleCsr } from '../../src/core/issuance/assemble.ts'
import { encodeCsrInfo } from '../../src/core/issuance/encode-csr.ts'
import { createMemoryStore } from '../../src/store/memory/memory-store.ts'
import { createFakeKeyStore, createFakeRandom, createFakeTime, noMetrics, silentLog } from './fakes.ts'

export const START = new Date('2026-06-01T12:00:00Z')

export const ADMIN: Caller = {
  clientId: 'admin',
  scopes: [...ALL_RIGHTS],
  authorityId: 'issuing-1',
  serialNumber: '01',
}

/** A caller with no rights of its own. */
export function callerOf(clientId: string): Caller {
  return { clientId, scopes: [], authorityId: 'issuing-1', serialNumber: '02' }
}

/** Everything the use cases need, over a memory store that `initialize` has set up, with a clock that stands. */
export async function buildUseCases(options: { publicUrl?: string; crlShards?: number } = {}) {
  const time = createFakeTime(START)
  const store = createMemoryStore()
  const keys = createFakeKeyStore()
  const random = createFakeRandom()
  const settings = {
    publicUrl: options.publicUrl,
    ocspInCertificates: 'on' as const,
    ocspLifetimeSeconds: 3600,
    serverNames: ['localhost', '127.0.0.1'],
    backdateSeconds: 60,
    maxCertificatesPerClient: 10_000,
    crlLifetimeSeconds: 86_400,
    crlCoalesceMs: 50,
    crlCompleteSeconds: 5,
    crlDeltasPerComplete: 100,
    crlShards: options.crlShards ?? 0,
    checkpointSeconds: 10,
    streamMaxAgeSeconds: 3600,
    tokensPerMinute: 600,
    tokenKeySeconds: 0,
    tokenKeyPrepublishSeconds: 900,
    ageWindowSeconds: 60,
    clockSkewSeconds: 30,
  }
  const { clock, timers } = time
  await initialize(
    { store, keys, clock, random, settings },
    {
      trustDomain: 'chancery.example',
      scopeExtensionOid: OID.scopeExtension,
      keyType: 'p256',
      adminScopes: [],
    },
  )
  const authorities = await openAuthorities(store, keys)
  const meta = (await store.meta.get())!
  const metrics = noMetrics
  const feed = createCrlFeed({
    store,
    authorities: authorities.all,
    clock,
    timers,
    log: silentLog,
    metrics,
    settings,
  })
  await feed.start()
  const events = createRevocationEvents()
  const published: RevocationEvent[] = []
  events.subscribe(
    (event) => published.push(event),
    () => [],
  )
  return {
    time,
    store,
    keys,
    random,
    settings,
    clock,
    timers,
    authorities,
    meta,
    metrics,
    feed,
    snapshots: createSnapshotSlots(),
    events,
    published,
  }
}

/** A key pair and a CSR for it. */
export function buildCsr(clientId = 'alice', hostNames: readonly string[] = []) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const spkiDer = publicKey.export({ format: 'der', type: 'spki' })
  const info = encodeCsrInfo(clientId, spkiDer, hostNames)
  const csrDer = assembleCsr(info, 'ecdsa-p256-sha256', sign('sha256', info, privateKey))
  return { privateKey: privateKey satisfies KeyObject, spkiDer, csrDer }
}

/** A request to issue, with defaults for everything but what a test is about. */
export function issueRequest(request: Partial<IssueCertificateRequest> = {}): IssueCertificateRequest {
  const clientId = request.clientId ?? 'alice'
  return {
    clientId,
    key: { kind: 'csr', der: buildCsr(clientId).csrDer },
    scopes: [],
    profile: '',
    validitySeconds: undefined,
    idempotencyKey: '',
    replacesSerialNumber: '',
    dryRun: false,
    ...request,
  }
}
