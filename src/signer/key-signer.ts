import { type KeyObject, createPublicKey, createSign, generateKeyPair, sign } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
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
    sign: async (message) => {
      try {
        // Ed25519 knows no slices: it reads the message twice.
        return digest === null || message.length <= LARGE_MESSAGE_BYTES
          ? await signAtOnce(digest, message, privateKey)
          : await signInSlices(digest, message, privateKey)
      } catch (cause) {
        throw new SignerError('the key did not sign', { cause })
      }
    },
  }
}

const LARGE_MESSAGE_BYTES = 1 << 20
/** Hashed in a fraction of a millisecond. */
const SLICE_BYTES = 1 << 18

/** On the thread pool. PKCS #1 v1.5 is the default padding of RSA keys, DER the default form of ECDSA signatures. */
function signAtOnce(digest: string | null, message: Uint8Array, key: KeyObject): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    sign(digest, message, key, (error, signature) => (error ? reject(error) : resolve(signature)))
  })
}

/** On the calling thread, with pauses: the thread pool would be given a copy, and making one of a list of 40 MB stops the event loop for 50 ms. */
async function signInSlices(digest: string, message: Uint8Array, key: KeyObject): Promise<Uint8Array> {
  const signing = createSign(digest)
  for (let at = 0; at < message.length; at += SLICE_BYTES) {
    signing.update(message.subarray(at, at + SLICE_BYTES))
    await setImmediate()
  }
  return signing.sign(key)
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
