import { generateKeyPair, sign } from 'node:crypto'
import { promisify } from 'node:util'
import { SERVICE_CLIENT_ID } from '../authority/first-clients.ts'
import { assembleCsr } from '../core/issuance/assemble.ts'
import { encodeCsrInfo } from '../core/issuance/encode-csr.ts'

const generate = promisify(generateKeyPair)
const signAsync = promisify(sign)

/** Makes a P-256 key for the service's TLS side, and a CSR for it. */
export async function makeServiceKey(): Promise<{ privateKeyPem: string; csrDer: Uint8Array }> {
  const { privateKey, publicKey } = await generate('ec', { namedCurve: 'P-256' })
  const info = encodeCsrInfo(SERVICE_CLIENT_ID, publicKey.export({ format: 'der', type: 'spki' }))
  const signature = await signAsync('sha256', info, privateKey)
  return {
    privateKeyPem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    csrDer: assembleCsr(info, 'ecdsa-p256-sha256', signature),
  }
}
