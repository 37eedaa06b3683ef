import { enterDer } from '../asn1/reader.ts'
import { TAG } from '../asn1/tags.ts'
import { decodeInteger } from '../asn1/values.ts'
import { formatHex } from '../bytes.ts'
import { MalformedError } from '../errors.ts'

/** The numbers of an RSAPublicKey. */
export interface RsaNumbers {
  readonly modulus: bigint
  readonly exponent: bigint
  readonly bits: number
}

/** Decodes RSAPublicKey (RFC 8017 section A.1.1). */
export function decodeRsaPublicKey(keyBytes: Uint8Array): RsaNumbers {
  const reader = enterDer(keyBytes, TAG.sequence)
  const modulus = toPositive(decodeInteger(reader.read(TAG.integer)))
  const exponent = toPositive(decodeInteger(reader.read(TAG.integer)))
  reader.end()
  return { modulus, exponent, bits: modulus.toString(2).length }
}

function toPositive(octets: Uint8Array): bigint {
  if (octets[0]! >= 0x80)
    throw new MalformedError('public_key.rsa_negative', 'a number of an RSA key is negative')
  return BigInt(`0x${formatHex(octets)}`)
}

const ISSUANCE_BITS: readonly number[] = [2048, 3072, 4096]

/** The rule for keys that ask for a certificate. What it looks for is what Let's Encrypt looks for. */
export function checkIssuanceModulus(modulus: bigint, bits: number, exponent: bigint): void {
  if (!ISSUANCE_BITS.includes(bits)) {
    throw new MalformedError(
      'public_key.rsa_size',
      `an RSA key of ${bits} bits; 2048, 3072 and 4096 are accepted`,
    )
  }
  if (exponent !== 65537n)
    throw new MalformedError('public_key.rsa_exponent', 'the RSA exponent is not 65537')
  refuseSmallFactors(modulus)
  if (hasRocaFingerprint(modulus)) {
    throw new MalformedError('public_key.rsa_roca', 'the RSA key has the ROCA weakness (CVE-2017-15361)')
  }
  if (hasClosePrimes(modulus)) {
    throw new MalformedError(
      'public_key.rsa_close_primes',
      'the primes of the RSA key are too close (CVE-2022-26320)',
    )
  }
}

/** The rule for keys in chains that others issued. */
export function checkChainModulus(modulus: bigint, bits: number, exponent: bigint): void {
  if (bits < 2048 || bits > 8192) {
    throw new MalformedError('public_key.rsa_size', `an RSA key of ${bits} bits; 2048 to 8192 are accepted`)
  }
  // A large exponent only costs the verifier time.
  if (exponent < 3n || exponent % 2n === 0n || exponent >= 1n << 33n) {
    throw new MalformedError('public_key.rsa_exponent', 'the RSA exponent is even, below 3 or above 2^33')
  }
  if (modulus % 2n === 0n) throw new MalformedError('public_key.rsa_factor', 'the RSA modulus is even')
}

/** Odd primes below 752, the set that boulder tests. */
const SMALL_PRIMES = ((): readonly number[] => {
  const primes: number[] = []
  for (let n = 3; n < 752; n += 2) if (primes.every((prime) => n % prime !== 0)) primes.push(n)
  return primes
})()

const SMALL_PRIME_PRODUCT = SMALL_PRIMES.reduce((product, prime) => product * BigInt(prime), 1n)

function refuseSmallFactors(modulus: bigint): void {
  // One division of the large number; the small ones are then cheap.
  const rest = modulus % SMALL_PRIME_PRODUCT
  if (modulus % 2n === 0n || SMALL_PRIMES.some((prime) => rest % BigInt(prime) === 0n)) {
    throw new MalformedError('public_key.rsa_factor', 'the RSA modulus has a small factor')
  }
}

/** The primes up to 167 for which 65537 does not generate all residues: "The Return of Coppersmith's Attack", 2017. */
const ROCA_PRIMES: readonly number[] = SMALL_PRIMES.filter((prime) => prime <= 167)

const ROCA_RESIDUES = ROCA_PRIMES.map((prime) => {
  const residues = new Set<number>()
  for (let power = 1; !residues.has(power); power = (power * 65537) % prime) residues.add(power)
  return residues
})

// Keys of the Infineon library are powers of 65537 modulo every small prime; a random key is, once in 2^150.
function hasRocaFingerprint(modulus: bigint): boolean {
  const rest = modulus % SMALL_PRIME_PRODUCT
  return ROCA_PRIMES.every((prime, i) => ROCA_RESIDUES[i]!.has(Number(rest % BigInt(prime))))
}

const FERMAT_ROUNDS = 100

/** Bit r is set where r is a square modulo 64: most candidates are ruled out without a root. */
const SQUARES_MOD_64 = 0x202021202030213n

// Fermat's factorisation: n = a^2 - b^2 with a near the root of n.
function hasClosePrimes(modulus: bigint): boolean {
  let a = squareRoot(modulus)
  if (a * a < modulus) a++
  for (let round = 0; round < FERMAT_ROUNDS; round++, a++) {
    const square = a * a - modulus
    if (((SQUARES_MOD_64 >> (square & 63n)) & 1n) === 0n) continue
    const b = squareRoot(square)
    if (b * b === square) return true
  }
  return false
}

function squareRoot(n: bigint): bigint {
  if (n < 2n) return n
  let x = 1n << BigInt((n.toString(16).length * 4) / 2 + 1)
  for (;;) {
    const next = (x + n / x) >> 1n
    if (next >= x) return x
    x = next
  }
}
