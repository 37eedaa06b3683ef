import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'

/** What of public-key cryptography was done. */
export interface CryptoWork {
  readonly keyImports: number
  readonly signatureChecks: number
}

let keyImports = 0
let signatureChecks = 0

/** Counts from here on, in this process, whoever calls: `node:crypto` is the one way to OpenSSL. */
export function countCrypto(): void {
  crypto.createPublicKey = counted(crypto.createPublicKey, () => keyImports++)
  crypto.verify = counted(crypto.verify, () => signatureChecks++)
  syncBuiltinESMExports()
}

function counted<F extends (...args: never[]) => unknown>(counted: F, count: () => void): F {
  return new Proxy(counted, {
    apply(target, self, args: Parameters<F>) {
      count()
      return Reflect.apply(target, self, args)
    },
  })
}

/** What `work` did, and what it returned. */
export async function cryptoWorkOf<T>(
  work: () => Promise<T> | T,
): Promise<CryptoWork & { readonly result: T }> {
  const before = { keyImports, signatureChecks }
  const result = await work()
  return {
    result,
    keyImports: keyImports - before.keyImports,
    signatureChecks: signatureChecks - before.signatureChecks,
  }
}
