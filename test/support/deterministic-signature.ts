import { type KeyObject, constants, createECDH, createHash, createHmac, privateEncrypt } from 'node:crypto'
import { encodeSequence, encodeUnsigned } from '../../src/core/asn1/writer.ts'

const CURVES = {
  'P-256': { ecdh: 'prime256v1', order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n },
  'P-384': {
    ecdh: 'secp384r1',
    order:
      0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  },
} as const

/** ECDSA with the nonce of RFC 6979: one signature for one message, so that vectors do not change when they are made again. As r and s side by side. */
export function signEcdsa(key: KeyObject, hash: 'sha256' | 'sha384', message: Uint8Array): Buffer {
  const { crv, d } = key.export({ format: 'jwk' })
  const { ecdh, order } = CURVES[crv as keyof typeof CURVES]
  const length = crv === 'P-256' ? 32 : 48
  const secret = Buffer.from(d!, 'base64url')
  const digest = createHash(hash).update(message).digest()
  const z = toInteger(digest) >> BigInt(Math.max(0, digest.length - length) * 8)
  for (const nonce of nonces(hash, secret, toOctets(z % order, length), order)) {
    const curve = createECDH(ecdh)
    curve.setPrivateKey(toOctets(nonce, length))
    const r = toInteger(curve.getPublicKey().subarray(1, 1 + length)) % order
    const s = (invert(nonce, order) * (z + r * toInteger(secret))) % order
    if (r !== 0n && s !== 0n) return Buffer.concat([toOctets(r, length), toOctets(s, length)])
  }
  throw new Error('unreachable')
}

/** The same in DER, as X.509 and detached signatures have it. */
export function signEcdsaDer(key: KeyObject, hash: 'sha256' | 'sha384', message: Uint8Array): Uint8Array {
  const signature = signEcdsa(key, hash, message)
  const half = signature.length / 2
  return encodeSequence(encodeUnsigned(signature.subarray(0, half)), encodeUnsigned(signature.subarray(half)))
}

/** RFC 6979 section 3.2. */
function* nonces(hash: string, secret: Buffer, digest: Buffer, order: bigint): Generator<bigint> {
  const hmac = (key: Buffer, ...parts: readonly Uint8Array[]) =>
    parts.reduce((mac, part) => mac.update(part), createHmac(hash, key)).digest()
  const size = createHash(hash).digest().length
  let [k, v] = [Buffer.alloc(size, 0), Buffer.alloc(size, 1)]
  for (const step of [0, 1]) {
    k = hmac(k, v, Uint8Array.of(step), secret, digest)
    v = hmac(k, v)
  }
  for (;;) {
    let octets = Buffer.alloc(0)
    while (octets.length < secret.length) {
      v = hmac(k, v)
      octets = Buffer.concat([octets, v])
    }
    const candidate = toInteger(octets.subarray(0, secret.length))
    if (candidate > 0n && candidate < order) yield candidate
    k = hmac(k, v, Uint8Array.of(0))
    v = hmac(k, v)
  }
}

/** RSASSA-PSS with SHA-512 (RFC 8017 section 9.1.1), its salt the hash of the message. */
export function signPss(key: KeyObject, message: Uint8Array): Buffer {
  const sha512 = (...parts: readonly Uint8Array[]) =>
    createHash('sha512').update(Buffer.concat(parts)).digest()
  const bits = key.asymmetricKeyDetails!.modulusLength!
  const digest = sha512(message)
  const salt = digest
  const hash = sha512(Buffer.alloc(8), digest, salt)
  const block = Buffer.alloc(bits / 8 - hash.length - 1)
  block[block.length - salt.length - 1] = 1
  salt.copy(block, block.length - salt.length)
  for (let i = 0; i < block.length; i += hash.length) {
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(i / hash.length)
    const mask = sha512(hash, counter)
    for (let j = 0; j < mask.length && i + j < block.length; j++) block[i + j]! ^= mask[j]!
  }
  block[0]! &= 0x7f
  return privateEncrypt(
    { key, padding: constants.RSA_NO_PADDING },
    Buffer.concat([block, hash, Buffer.of(0xbc)]),
  )
}

function toInteger(octets: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(octets).toString('hex')}`)
}

function toOctets(integer: bigint, length: number): Buffer {
  return Buffer.from(integer.toString(16).padStart(2 * length, '0'), 'hex')
}

/** The inverse in the field of a prime order, by Euclid's algorithm: Fermat's takes ten times as long. */
function invert(value: bigint, order: bigint): bigint {
  let [rest, next] = [order, value % order]
  let [factor, nextFactor] = [0n, 1n]
  while (next !== 0n) {
    const quotient = rest / next
    ;[rest, next] = [next, rest - quotient * next]
    ;[factor, nextFactor] = [nextFactor, factor - quotient * nextFactor]
  }
  return ((factor % order) + order) % order
}
