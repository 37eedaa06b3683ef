import { createPublicKey } from 'node:crypto'
import { assembleCsr } from '../core/issuance/assemble.ts'
import { encodeCsrInfo } from '../core/issuance/encode-csr.ts'
import { type PrivateKey, signWithKey } from './private-key.ts'

/** Makes a certificate signing request, DER. The subject is for people: the authority takes only the key from it. */
export async function makeCsr(key: PrivateKey, clientId: string): Promise<Uint8Array> {
  const publicKeyDer = createPublicKey(key.key).export({ type: 'spki', format: 'der' })
  const info = encodeCsrInfo(clientId, publicKeyDer)
  return assembleCsr(info, key.algorithm, await signWithKey(key, info))
}
