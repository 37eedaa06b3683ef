import { createPublicKey } from 'node:crypto'
import { loadTrust } from '../../../src/authority/trust.ts'
import type { VerifyDependencies } from '../../../src/authority/verify-request.ts'
import { OID } from '../../../src/core/asn1/oids.ts'
import { encodeNull } from '../../../src/core/asn1/writer.ts'
import { sha256 } from '../../../src/core/crypto.ts'
import { createCertificateCache } from '../../../src/core/decision/certificate-cache.ts'
import { createTokenCache } from '../../../src/core/decision/token-cache.ts'
import { parseCertificate } from '../../../src/core/x509/certificate.ts'
import { formatSerialNumber } from '../../../src/core/x509/serial-number.ts'
import { createMemoryStore } from '../../../src/store/memory/memory-store.ts'
import type { Store } from '../../../src/store/store.ts'
import { buildUseCases } from '../build-use-cases.ts'
import {
  type ClientOptions,
  type DecisionFixture,
  FIXTURE_NOW,
  FIXTURE_TRUST_DOMAIN,
  type KeyName,
  createDecisionFixture,
} from '../decision-fixture.ts'
import { createDecisionStore, revoke } from '../decision-store.ts'
import { clientExtensions, encodeScopes } from '../encode-test-certificate.ts'
import { auditEntry, certificateRecord, clientRecord } from '../store-fixtures.ts'
import { fixtureIssuer } from '../token-fixture.ts'

const HOUR_MS = 60 * 60 * 1000
const SPIFFE_ID = `spiffe://${FIXTURE_TRUST_DOMAIN}/client/alice`

/** A certificate to ask with, and the key that it is for. */
export interface TestClientCertificate {
  readonly key: KeyName
  /** Of the one whose it is, or is said to be. */
  readonly clientId: string
  readonly chain: readonly Uint8Array[]
}

/** Who may call the doors: `edge` is one of `trustedProxies`, `bob` is not. */
export const CALLERS = ['edge', 'bob'] as const
export type CallerName = (typeof CALLERS)[number]

/** What else a service needs, of an authority that nobody asks anything. */
type UseCases = Awaited<ReturnType<typeof buildUseCases>>

// A stream ends with its caller's certificate, and by the real clock.
const CALLER = { scopes: ['chancery.requests.verify'], notAfter: new Date('2100-01-01T00:00:00Z') }

/** One authority, its clients good and bad, and a clock that stands. */
export interface DoorWorld {
  readonly fixture: DecisionFixture
  readonly good: readonly TestClientCertificate[]
  readonly bad: readonly TestClientCertificate[]
  readonly callers: Readonly<Record<CallerName, TestClientCertificate>>
  /**
   * What one more service over this authority verifies with. Certificates, clients and revocations are those of all; the nonces are its own,
   * so that a request is new to each, and so is its cache.
   */
  instance(): Promise<VerifyDependencies & UseCases>
  /** Locks or unlocks a client, and now and then revokes a certificate. Between calls only. */
  change(turn: number): Promise<void>
}

/** Makes the world. Only its keys, and the signatures of those, differ from run to run. */
export async function createDoorWorld(): Promise<DoorWorld> {
  const fixture = createDecisionFixture()
  const { store } = await createDecisionStore(fixture)
  const useCases = await buildUseCases()
  const makeClient = certificateMaker(fixture)
  for (const clientId of ['carol', 'dave', 'erin', ...CALLERS]) {
    await store.clients.create(clientRecord({ clientId }), auditEntry())
  }
  const enrol = async (key: KeyName, change: ClientOptions = {}): Promise<TestClientCertificate> => {
    const der = makeClient(key, change)
    const { clientId = 'alice' } = change
    await record(store, der, clientId)
    return { key, clientId, chain: [der] }
  }

  const doomed = await Promise.all([enrol('p256'), enrol('ed25519'), enrol('p256')])
  const withIntermediate = await enrol('p256')
  const usual = [
    await enrol('p256'),
    await enrol('p256', { scopes: ['bob.user.read'] }),
    await enrol('p256', { clientId: 'erin' }),
    { ...withIntermediate, chain: [...withIntermediate.chain, fixture.issuing] },
    await enrol('ed25519'),
    await enrol('ed25519', { clientId: 'erin' }),
    await enrol('ed25519', { scopes: ['bob.user.read', 'bob.user.read.own'] }),
  ]
  // Few of them: P-384 is slow to verify, and RSA to sign.
  const slow = [await enrol('p384'), await enrol('rsa2048')]
  const locked = await enrol('p256', { clientId: 'carol' })
  const revoked = await enrol('ed25519')
  await revoke(store, serialOf(revoked))
  await setLocked(store, 'carol', true)
  return {
    fixture,
    good: [...Array.from({ length: 10 }, () => usual).flat(), ...slow],
    bad: [
      locked,
      revoked,
      ...doomed,
      await enrol('p256', { clientId: 'dave' }),
      await enrol('ed25519', { scopes: [] }),
      await enrol('p256', { extensions: withScopes(fixture, encodeScopes(['bob.z', 'bob.a'])) }),
      ...strangers(fixture, makeClient),
    ],
    callers: {
      edge: await enrol('p256', { clientId: 'edge', ...CALLER }),
      bob: await enrol('p256', { clientId: 'bob', ...CALLER }),
    },
    async instance() {
      const cache = createCertificateCache(100)
      return {
        ...useCases,
        store: { ...store, nonces: createMemoryStore().nonces },
        trust: await loadTrust(store, cache),
        cache,
        tokenCache: createTokenCache(100),
        tokenIssuer: fixtureIssuer(fixture.keys),
        settings: {
          ...useCases.settings,
          ageWindowSeconds: 60,
          clockSkewSeconds: 30,
          decisionCacheSeconds: 60,
          maxStoredNonces: 1_000_000,
          trustedProxies: ['edge'],
        },
      }
    },
    async change(turn) {
      await setLocked(store, 'dave', turn % 2 === 1)
      const next = turn % 20 === 10 ? doomed[Math.floor(turn / 20)] : undefined
      if (next) await revoke(store, serialOf(next))
    },
  }
}

/** Certificates of a kind that no authority has on record, or that are none. */
function strangers(
  fixture: DecisionFixture,
  make: (key: KeyName, change?: ClientOptions) => Uint8Array,
): readonly TestClientCertificate[] {
  const { keys } = fixture
  const at = (hours: number) => new Date(FIXTURE_NOW.getTime() + hours * HOUR_MS)
  const leaf = make('p256')
  const one = (key: KeyName, ...chain: readonly Uint8Array[]) => ({ key, clientId: 'alice', chain })
  const critical = { oid: '1.3.6.1.4.1.32473.9.9', critical: true, value: encodeNull() }
  const usual = extensionsOf(fixture)
  return [
    one('p256', make('p256')),
    one('p256', make('p256', { notBefore: at(-3), notAfter: at(-1) })),
    one('p256', make('p256', { notBefore: at(1), notAfter: at(2) })),
    one('ed25519', make('ed25519', { signer: keys.stranger, issuer: 'Stranger' })),
    one('ed25519', make('ed25519', { signer: keys.stranger })),
    one('p256', make('p256', { uris: ['spiffe://elsewhere.example/client/alice'] })),
    one('p256', make('p256', { extensions: usual.filter(({ oid }) => oid !== OID.scopeExtension) })),
    one('p256', make('p256', { extensions: usual.filter(({ oid }) => oid !== OID.extKeyUsage) })),
    one('p256', make('p256', { extensions: [...usual, critical] })),
    one('p256', leaf.subarray(0, -1)),
    one('p256', Uint8Array.of(...leaf, 0)),
    one('p256', leaf, leaf.subarray(1)),
    one(
      'p256',
      Uint8Array.from(leaf, (octet, i) => (i === leaf.length - 5 ? octet ^ 1 : octet)),
    ),
    one('p256', ...Array.from({ length: 9 }, () => leaf)),
    one('issuing', fixture.issuing),
    one('root', fixture.root),
  ]
}

/** Gives each certificate a serial number of its own. */
function certificateMaker(fixture: DecisionFixture) {
  let serial = 0x1000
  return (key: KeyName, change: ClientOptions = {}) => {
    serial++
    return fixture.client(key, { serialNumber: Uint8Array.of(serial >> 8, serial & 0xff), ...change })
  }
}

function extensionsOf({ keys }: DecisionFixture) {
  const scopes = ['bob.user.read', 'bob.user.write']
  return clientExtensions(createPublicKey(keys.p256), keys.issuing, { uris: [SPIFFE_ID], scopes })
}

function withScopes(fixture: DecisionFixture, value: Uint8Array) {
  return extensionsOf(fixture).map((one) => (one.oid === OID.scopeExtension ? { ...one, value } : one))
}

async function record(store: Store, der: Uint8Array, clientId: string): Promise<void> {
  const { notBefore, notAfter, serialNumber } = parseCertificate(der)
  const row = certificateRecord({
    clientId,
    serialNumber: formatSerialNumber(serialNumber),
    der,
    certificateSha256: sha256(der),
    notBefore,
    notAfter,
    issuedAt: FIXTURE_NOW,
  })
  const { outcome } = await store.certificates.insert(row, { clientVersion: 1 }, auditEntry())
  if (outcome !== 'inserted') throw new Error(`not inserted: ${outcome}`)
}

async function setLocked(store: Store, clientId: string, locked: boolean): Promise<void> {
  const state = locked ? 'locked' : 'active'
  await store.clients.setState({ clientId, state, lockMessage: '', at: FIXTURE_NOW }, auditEntry())
}

function serialOf({ chain }: TestClientCertificate): string {
  return formatSerialNumber(parseCertificate(chain[0]!).serialNumber)
}
