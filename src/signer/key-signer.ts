import { type KeyObject, createPublicKey, generateKeyPair, sign } from 'node:crypto'
import { promisify } from 'node:util'
import { type KeyType, type Signer, SignerError, type SigningAlgorithm } from './signer.ts'

/**
 * Signs with a private key that is in this process, on the thread pool.
 *
 * @throws {@link SignerError} if the key is of a type that authorities do not use.
 */
export function createKeySigner(privateKey: KeyObject): Signer {
  const algorithm = algorithmOf(privateKey)
  const digest = DIGESTS[algorithm]
  const publicKeyDer = new Uint8Array(createPublicKey(privateKey).export({ type: 'spki', format: 'der' }))
  return {
    algorithm,
    publicKeyDer,
    sign: (message) =>
      new Promise((resolve, reject) => {
        const fail = (cause: unknown) => reject(new SignerError('the key did not sign', { cause }))
        try {
          // PKCS #1 v1.5 is the default padding of RSA keys, DER the default form of ECDSA signatures.
          sign(digest, message, privateKey, (error, signature) => (error ? fail(error) : resolve(signature)))
        } catch (error) {
          fail(error)
        }
      }),
  }
}

const DIGESTS: Readonly<Record<SigningAlgorithm, string | null>> = {
  'ecdsa-p256-sha256': 'sha256',
  'ecdsa-p384-sha384': 'sha384',
  ed25519: null,
  'rsa-v1_5-sha256': 'sha256',
}

const CURVES: Readonly<Record<string, SigningAlgorithm>> = {
  prime256v1: 'ecdsa-p256-sha256',
  secp384r1: 'ecdsa-p384-sha384',
}

function algorithmOf(key: KeyObject): SigningAlgorithm {
  const { namedCurve = '', modulusLength = 0 } = key.asymmetricKeyDetails ?? {}
  const curve = CURVES[namedCurve]
  if (key.asymmetricKeyType === 'ec' && curve) return curve
  if (key.asymmetricKeyType === 'ed25519') return 'ed25519'
  if (key.asymmetricKeyType === 'rsa' && [2048, 3072, 4096].includes(modulusLength)) return 'rsa-v1_5-sha256'
  throw new SignerError('the key is neither P-256, P-384, Ed25519 nor RSA with 2048, 3072 or 4096 bits')
}

const generate = promisify(generateKeyPair)

/** Makes a private key of this type, on the thread pool. */
export async function generatePrivateKey(type: KeyType): Promise<KeyObject> {
  switch (type) {
    case 'p256':
      return (await generate('ec', { namedCurve: 'P-256' })).privateKey
    case 'p384':
      return (await generate('ec', { namedCurve: 'P-384' })).privateKey
    case 'ed25519':
      return (await generate('ed25519')).privateKey
    case 'rsa2048':
      return (await generate('rsa', { modulusLength: 2048 })).privateKey
    case 'rsa3072':
      return (await generate('rsa', { modulusLength: 3072 })).privateKey
    case 'rsa4096':
      return (await generate('rsa', { modulusLength: 4096 })).privateKey
  }
}
