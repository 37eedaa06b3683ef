import { type CrlReason } from '../../src/core/x509/types.ts'
import { type DecisionFixture, FIXTURE_NOW } from './decision-fixture.ts'
import { type TestCrlOptions, encodeTestCrl } from './encode-test-crl.ts'

const HOUR_MS = 60 * 60 * 1000

/** Serial numbers, as content octets. */
export const SERIAL = { ed25519: Uint8Array.of(0x10, 5), issuing: Uint8Array.of(2) } as const

/** That many hours after the instant of the fixture. */
export function hoursAfter(hours: number): Date {
  return new Date(FIXTURE_NOW.getTime() + hours * HOUR_MS)
}

/** A list of the fixture's issuing authority: number 7, an hour old, good for twelve more, and empty unless it is changed. */
export function issuingList(fixture: DecisionFixture, change: Partial<TestCrlOptions> = {}): Uint8Array {
  return encodeTestCrl({
    issuer: 'Issuing',
    signer: fixture.keys.issuing,
    crlNumber: 7,
    thisUpdate: hoursAfter(-1),
    nextUpdate: hoursAfter(12),
    ...change,
  })
}

/** The same of its root. */
export function rootList(fixture: DecisionFixture, change: Partial<TestCrlOptions> = {}): Uint8Array {
  return issuingList(fixture, { issuer: 'Root', signer: fixture.keys.root, ...change })
}

/** What makes a list revoke one certificate. */
export function revoking(
  serialNumber: Uint8Array,
  reason: CrlReason = 'keyCompromise',
): Pick<TestCrlOptions, 'revoked'> {
  return { revoked: [{ serialNumber, reason }] }
}
