import { type KeyObject, generateKeyPairSync } from 'node:crypto'
import type { CrlReason } from '../../src/core/x509/types.ts'
import { parseCertificate } from '../../src/core/x509/certificate.ts'
import { createRevocationView } from '../../src/core/revocation/revocation-view.ts'
import type { TrustBundle } from '../../src/core/decision/trust-bundle.ts'
import {
  type FixtureKeys,
  KEY_NAMES,
  createDecisionFixture,
  generateFixtureKeys,
} from './decision-fixture.ts'
import { type TestCrlOptions, encodeTestCrl } from './encode-test-crl.ts'

/** An hour before the fixtures' now. */
export const LIST_START = new Date('2026-06-01T11:00:00Z')
const SECOND_MS = 1000

/** The issuing authority of the decision fixture, which signs whatever lists a test asks for. */
export interface ListAuthority {
  readonly trust: TrustBundle
  readonly issuer: ReturnType<typeof parseCertificate>
  readonly issuerDer: Uint8Array
  readonly key: KeyObject
  /** A complete list, good for a day. Lists begin a second after each other, in the order of their numbers. */
  complete(crlNumber: number, revoked?: readonly TestEntry[], change?: Partial<TestCrlOptions>): Uint8Array
  delta(
    base: number,
    crlNumber: number,
    revoked?: readonly TestEntry[],
    change?: Partial<TestCrlOptions>,
  ): Uint8Array
  /** A view of its lists that knows nothing yet. */
  view(): ReturnType<typeof createRevocationView>
}

/** A serial number, revoked for good unless another reason is given. */
export type TestEntry = number | { readonly serial: number; readonly reason: CrlReason }

/** The content octets of a serial number as small tests use them. */
export function serialOf(serial: number): Uint8Array {
  return Uint8Array.of(0x40, serial >> 8, serial & 0xff)
}

/** `keys`: those of an authority of another process. */
export function createListAuthority(keys?: Pick<FixtureKeys, 'root' | 'issuing'>): ListAuthority {
  const fixture = createDecisionFixture(keys ? onlyKeys(keys) : generateFixtureKeys())
  const issuer = parseCertificate(fixture.issuing)
  const sign = (crlNumber: number, revoked: readonly TestEntry[], change: Partial<TestCrlOptions>) => {
    const thisUpdate = new Date(LIST_START.getTime() + crlNumber * SECOND_MS)
    return encodeTestCrl({
      issuer: 'Issuing',
      signer: fixture.keys.issuing,
      crlNumber,
      thisUpdate,
      nextUpdate: new Date(thisUpdate.getTime() + 24 * 60 * 60 * SECOND_MS),
      revoked: revoked.map((entry) =>
        typeof entry === 'number'
          ? { serialNumber: serialOf(entry), reason: 'keyCompromise' }
          : { serialNumber: serialOf(entry.serial), reason: entry.reason },
      ),
      ...change,
    })
  }
  return {
    trust: fixture.trust,
    issuer,
    issuerDer: fixture.issuing,
    key: fixture.keys.issuing,
    complete: (crlNumber, revoked = [], change = {}) => sign(crlNumber, revoked, change),
    delta: (baseCrlNumber, crlNumber, revoked = [], change = {}) =>
      sign(crlNumber, revoked, { baseCrlNumber, ...change }),
    view: () =>
      createRevocationView({ issuer, hashKey: Buffer.from('test key'), pause: () => Promise.resolve() }),
  }
}

/** Every other key is that of the issuing authority: what they would be for is not asked here, and they take time to make. */
function onlyKeys(keys: Pick<FixtureKeys, 'root' | 'issuing'>): FixtureKeys {
  const others = Object.fromEntries(KEY_NAMES.map((name) => [name, keys.issuing])) as FixtureKeys
  return { ...others, ...keys }
}

/** A key that nobody has certified. */
export function strangersKey(): KeyObject {
  return generateKeyPairSync('ed25519').privateKey
}
