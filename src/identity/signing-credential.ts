import { formatBase64 } from '../core/bytes.ts'
import type { SigningAlgorithm } from '../core/issuance/signing-algorithm.ts'
import { decodePem } from '../core/pem.ts'
import { certificateKeyId } from '../core/request/rfc9421/message-profile.ts'
import { IdentityError } from './identity-error.ts'
import type { Identity } from './identity-folder.ts'
import { type PrivateKey, parsePrivateKey, signWithKey } from './private-key.ts'

/** A private key that may be anywhere: in memory, in a token, at a KMS. */
export interface SigningKey {
  /** The one algorithm that {@link sign} uses; it must be that of the certificate's key. */
  readonly algorithm: SigningAlgorithm
  /** Signs the message itself, not a digest of it. ECDSA signatures are DER, as every KMS makes them. */
  sign(message: Uint8Array): Promise<Uint8Array>
}

/** A key with its certificate, and what every signature repeats of them. */
export interface SigningCredential {
  readonly key: SigningKey
  /** DER, the leaf first, then the intermediates. */
  readonly chain: readonly Uint8Array[]
  /** Value of `X-Client-Cert`. */
  readonly certificateHeader: string
  /** How `keyid` and `cnf` name the leaf. */
  readonly keyId: string
}

/**
 * Puts a key and its chain together. That they belong together is the caller's word: {@link loadIdentity} has checked it.
 *
 * @throws IdentityError `UNREADABLE` without a certificate
 */
export function prepareCredential(key: SigningKey, chain: readonly Uint8Array[]): SigningCredential {
  const [leaf] = chain
  if (leaf === undefined) throw new IdentityError('UNREADABLE', 'There is no certificate to sign with.')
  return {
    key,
    chain,
    certificateHeader: chain.map((der) => formatBase64(der)).join(','),
    keyId: certificateKeyId(leaf),
  }
}

/** The credential of an identity folder. */
export function credentialOf({
  directory,
  keyPem,
  certificatePem,
}: Pick<Identity, 'directory' | 'keyPem' | 'certificatePem'>): SigningCredential {
  return prepareCredential(
    localKey(parsePrivateKey(keyPem, `${directory}/key.pem`)),
    readChain(certificatePem),
  )
}

/** The certificates of a PEM text, DER. */
export function readChain(certificatePem: string | Uint8Array): readonly Uint8Array[] {
  return decodePem(Buffer.from(certificatePem).toString('latin1'), 'CERTIFICATE')
}

/** A key of this process, which signs on the thread pool. */
export function localKey(key: PrivateKey): SigningKey {
  return { algorithm: key.algorithm, sign: (message) => signWithKey(key, message) }
}
