import { type KeyObject, createPublicKey, randomBytes, sign, verify } from 'node:crypto'

/** A signature check by OpenSSL, on the thread pool as in the service, with nothing around it. `hash` is null for Ed25519. */
export function verifyAlone(key: KeyObject, hash: 'sha256' | null): () => Promise<void> {
  const message = randomBytes(200)
  const signature = sign(hash, message, key)
  const publicKey = createPublicKey(key)
  return () =>
    new Promise((resolve, reject) => {
      verify(hash, message, publicKey, signature, (error, valid) => {
        if (error !== null || !valid) reject(error ?? new Error('the signature does not verify'))
        else resolve()
      })
    })
}
