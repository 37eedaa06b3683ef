import type { KeyType, SigningAlgorithm } from '../core/issuance/signing-algorithm.ts'

export type { KeyType, SigningAlgorithm }

/**
 * Holds one private key and signs with it: a file, a PKCS #11 token, a cloud KMS. The key itself never leaves it.
 */
export interface Signer {
  /** The one algorithm that {@link sign} uses. */
  readonly algorithm: SigningAlgorithm
  /** SubjectPublicKeyInfo of the key, DER. */
  readonly publicKeyDer: Uint8Array
  /**
   * Signs the message itself (not a digest of it). ECDSA signatures are DER. Does not block the event loop. Safe to call
   * many times at once. Rejects with {@link SignerError} when the key does not answer; nothing else is thrown.
   */
  sign(message: Uint8Array): Promise<Uint8Array>
}

/** The key does not answer. `cause` is for the log only. */
export class SignerError extends Error {
  override readonly name = 'SignerError'
}

/** Where the authorities' keys live. Names are 1-64 characters of `[a-z0-9-]`. */
export interface KeyStore {
  /** Makes a key that is there after a crash before it is returned. Rejects with {@link SignerError} if the name is taken. */
  create(name: string, type: KeyType): Promise<Signer>
  /** Rejects with {@link SignerError} if there is no such key or it cannot be opened. */
  open(name: string): Promise<Signer>
  /** True if there is a key of that name, whether or not it can be opened. */
  has(name: string): Promise<boolean>
  /** Removes a key for good, and is content if there is none. Signers that were opened before may go on. */
  remove(name: string): Promise<void>
}
