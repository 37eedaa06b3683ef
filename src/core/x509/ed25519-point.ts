import { formatHex } from '../bytes.ts'
import { MalformedError } from '../errors.ts'

/** p = 2^255 - 19, the field of edwards25519. */
const P = (1n << 255n) - 19n

/** The prime order of the base point (RFC 8032 section 5.1). */
export const ED25519_ORDER = (1n << 252n) + 27742317777372353535851937790883648493n

const ORDER_8_Y = 0x5fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n

/** The y coordinates of the eight points of small order. */
const SMALL_ORDER_Y: ReadonlySet<bigint> = new Set([0n, 1n, P - 1n, ORDER_8_Y, P - ORDER_8_Y])

/** Reads a little-endian number. */
export function readLittleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${formatHex(bytes.toReversed())}`)
}

/**
 * Checks the encoding of an Ed25519 public key: 32 octets, y reduced (RFC 8032 section 5.1.3), and not a point of small
 * order, for which one signature verifies for many messages.
 *
 * @throws {@link MalformedError} `public_key.point` or `public_key.small_order`.
 */
export function checkEd25519Point(bytes: Uint8Array): void {
  if (bytes.length !== 32) throw new MalformedError('public_key.point', 'an Ed25519 key has not 32 octets')
  if (readY(bytes) >= P)
    throw new MalformedError('public_key.point', 'the coordinate of an Ed25519 key is not reduced')
  if (isSmallOrderPoint(bytes))
    throw new MalformedError('public_key.small_order', 'an Ed25519 key of small order')
}

/** True if 32 octets encode a point of small order, also in a form that is not reduced. */
export function isSmallOrderPoint(bytes: Uint8Array): boolean {
  return SMALL_ORDER_Y.has(readY(bytes) % P)
}

// The top bit is the sign of x.
function readY(bytes: Uint8Array): bigint {
  return readLittleEndian(bytes) & ((1n << 255n) - 1n)
}
