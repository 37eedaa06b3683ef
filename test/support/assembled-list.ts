import { formatHex } from '../../src/core/bytes.ts'
import { assembleCertList } from '../../src/core/issuance/assemble.ts'
import { encodeName } from '../../src/core/issuance/encode-name.ts'
import type { CrlShard } from '../../src/core/revocation/crl-shard.ts'
import { frameTbsCertList } from '../../src/core/revocation/encode-crl.ts'
import { parseCrl } from '../../src/core/x509/crl.ts'
import type { CrlReason } from '../../src/core/x509/types.ts'
import type { Store } from '../../src/store/store.ts'

/** An entry of a list that a store assembled; dates in whole seconds, as lists have them. */
export interface AssembledEntry {
  readonly serialNumber: string
  readonly revokedAt: Date
  readonly reason: CrlReason
  readonly invalidityDate: Date | undefined
}

/** Has a store assemble a list, or a shard of it, and reads it back, by serial number. */
export async function readAssembledList(
  store: Store,
  authorityId: string,
  crlNumber: bigint,
  expiredBefore: Date,
  shard?: CrlShard,
): Promise<AssembledEntry[]> {
  const frame = frameTbsCertList({
    algorithm: 'ed25519',
    issuerNameDer: encodeName({ commonName: 'an issuer' }),
    issuerKeyIdentifier: new Uint8Array(20),
    thisUpdate: new Date('2030-01-01T00:00:00Z'),
    nextUpdate: new Date('2030-01-02T00:00:00Z'),
    crlNumber,
  })
  const { tbs, entryCount } = await store.crls.assemble(authorityId, crlNumber, expiredBefore, frame, shard)
  const list = parseCrl(assembleCertList(tbs, 'ed25519', new Uint8Array(64)))
  if (list.entryCount !== entryCount)
    throw new Error(`${entryCount} entries are said, ${list.entryCount} found`)
  return [...list.entries()]
    .map(({ serialNumber, revocationDate, reason = 'unspecified', invalidityDate }) => ({
      serialNumber: formatHex(serialNumber),
      revokedAt: revocationDate,
      reason,
      invalidityDate,
    }))
    .sort((a, b) => (a.serialNumber < b.serialNumber ? -1 : 1))
}
