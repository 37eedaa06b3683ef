import { type KeyObject, sign } from 'node:crypto'

/** A signature by OpenSSL, on the thread pool as in the service, with nothing around it. */
export function makeSignature(message: Buffer, key: KeyObject): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    sign('sha256', message, key, (error, made) => {
      if (error) reject(error)
      else resolve(made)
    })
  })
}
