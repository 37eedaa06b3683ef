import { type KeyObject, createPrivateKey, generateKeyPair, sign as nodeSign } from 'node:crypto'
import { promisify } from 'node:util'
import type { KeyType, SigningAlgorithm } from '../core/issuance/signing-algorithm.ts'
import { IdentityError } from './identity-error.ts'

const generate = promisify(generateKeyPair)
const signAsync = promisify(nodeSign)

/** Key types that the authority certifies, in the order of --help. */
export const KEY_TYPES: readonly KeyType[] = ['p256', 'p384', 'ed25519', 'rsa2048', 'rsa3072', 'rsa4096']

/** A private key of this machine. It signs here and is written to one file with mode 0600; it never goes anywhere else. */
export interface PrivateKey {
  readonly type: KeyType
  readonly algorithm: SigningAlgorithm
  readonly key: KeyObject
}

const ALGORITHMS: Readonly<Record<KeyType, SigningAlgorithm>> = {
  p256: 'ecdsa-p256-sha256',
  p384: 'ecdsa-p384-sha384',
  ed25519: 'ed25519',
  rsa2048: 'rsa-v1_5-sha256',
  rsa3072: 'rsa-v1_5-sha256',
  rsa4096: 'rsa-v1_5-sha256',
}

/** Makes a key. */
export async function generatePrivateKey(type: KeyType): Promise<PrivateKey> {
  return { type, algorithm: ALGORITHMS[type], key: await generateKey(type) }
}

async function generateKey(type: KeyType): Promise<KeyObject> {
  switch (type) {
    case 'p256':
      return (await generate('ec', { namedCurve: 'P-256' })).privateKey
    case 'p384':
      return (await generate('ec', { namedCurve: 'P-384' })).privateKey
    case 'ed25519':
      return (await generate('ed25519', {})).privateKey
    case 'rsa2048':
    case 'rsa3072':
    case 'rsa4096':
      return (await generate('rsa', { modulusLength: Number(type.slice(3)) })).privateKey
  }
}

/**
 * Reads a PEM key: PKCS #8, or the older forms that openssl writes.
 *
 * @throws IdentityError `KEY_UNREADABLE`, `KEY_TYPE_REFUSED`
 */
export function parsePrivateKey(pem: string | Buffer, name: string): PrivateKey {
  let key: KeyObject
  try {
    key = createPrivateKey(pem)
  } catch {
    // OpenSSL's message may quote the input; the file's name is enough.
    throw new IdentityError(
      'KEY_UNREADABLE',
      `${name} holds no private key that can be opened without a passphrase.`,
      'Give an unencrypted PEM key, for instance made with `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256`.',
    )
  }
  return importPrivateKey(key, name)
}

/**
 * Takes a key that Node holds already.
 *
 * @throws IdentityError `KEY_TYPE_REFUSED`
 */
export function importPrivateKey(key: KeyObject, name: string): PrivateKey {
  const type = keyType(key)
  if (type === undefined) {
    throw new IdentityError(
      'KEY_TYPE_REFUSED',
      `The key in ${name} is of a type that Chancery does not certify.`,
      `Use one of ${KEY_TYPES.join(', ')}.`,
    )
  }
  return { type, algorithm: ALGORITHMS[type], key }
}

function keyType(key: KeyObject): KeyType | undefined {
  const details = key.asymmetricKeyDetails
  switch (key.asymmetricKeyType) {
    case 'ec':
      return details?.namedCurve === 'prime256v1'
        ? 'p256'
        : details?.namedCurve === 'secp384r1'
          ? 'p384'
          : undefined
    case 'ed25519':
      return 'ed25519'
    case 'rsa':
      return KEY_TYPES.find((type) => type === `rsa${details?.modulusLength ?? 0}`)
    default:
      return undefined
  }
}

/** Signs with the key's one algorithm, on the thread pool. ECDSA signatures are DER. */
export async function signWithKey(key: PrivateKey, message: Uint8Array): Promise<Uint8Array> {
  switch (key.algorithm) {
    case 'ecdsa-p256-sha256':
      return signAsync('sha256', message, key.key)
    case 'ecdsa-p384-sha384':
      return signAsync('sha384', message, key.key)
    case 'ed25519':
      return signAsync(null, message, key.key)
    case 'rsa-v1_5-sha256':
      // Padding of PKCS #1 is the default of a plain RSA key, the only kind that is imported here.
      return signAsync('sha256', message, key.key)
  }
}

/** The key as unencrypted PKCS #8 PEM, for a file with mode 0600 and nothing else. */
export function formatPrivateKey({ key }: PrivateKey): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}
