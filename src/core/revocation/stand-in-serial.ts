import { concatBytes, encodeUtf8 } from '../bytes.ts'
import { sha256 } from '../crypto.ts'
import { MAX_SERIAL_BYTES } from '../limits.ts'

/** What a list can name besides certificates. */
export type StandInKind = 'token' | 'client'

/** The first octet of each kind, in ASCII: `t`, `c`. Below 0x80, so that the number is positive in 20 octets. */
const FIRST_OCTET: Readonly<Record<StandInKind, number>> = { token: 0x74, client: 0x63 }

/**
 * The serial number under which lists name a revoked token: content octets of an INTEGER. 20 octets, where those of our certificates have 16, so that none
 * of them is ever taken for one of these.
 */
export function tokenStandIn(tokenId: string): Uint8Array {
  return standIn('token', tokenId)
}

/** The serial number under which lists name a client that is locked (certificateHold) or removed (cessationOfOperation), for verifiers of its tokens. */
export function clientStandIn(clientId: string): Uint8Array {
  return standIn('client', clientId)
}

/** What kind of thing a serial number stands for; `undefined` for that of a certificate. */
export function standInKind(serialNumber: Uint8Array): StandInKind | undefined {
  if (serialNumber.length !== MAX_SERIAL_BYTES) return undefined
  if (serialNumber[0] === FIRST_OCTET.token) return 'token'
  return serialNumber[0] === FIRST_OCTET.client ? 'client' : undefined
}

function standIn(kind: StandInKind, name: string): Uint8Array {
  const digest = sha256(encodeUtf8(`chancery-stand-in:v1:${kind}:${name}`))
  return concatBytes([Uint8Array.of(FIRST_OCTET[kind]), digest.subarray(0, MAX_SERIAL_BYTES - 1)])
}
