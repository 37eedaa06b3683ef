import { KeyObject, X509Certificate, createPublicKey } from 'node:crypto'
import { OID } from '../../../../src/core/asn1/oids.ts'
import { verifySignature } from '../../../../src/core/crypto.ts'
import { signingScheme } from '../../../../src/core/issuance/signing-algorithm.ts'
import { parseCertificate } from '../../../../src/core/x509/certificate.ts'
import { singleAttribute } from '../../../../src/core/x509/name.ts'
import { loadIdentity } from '../../../../src/identity/identity-folder.ts'
import { IdentityError } from '../../../../src/identity/identity-error.ts'
import {
  type PrivateKey,
  formatPrivateKey,
  importPrivateKey,
  parsePrivateKey,
} from '../../../../src/identity/private-key.ts'
import {
  type SigningCredential,
  type SigningKey,
  localKey,
  prepareCredential,
  readChain,
} from '../../../../src/identity/signing-credential.ts'

/** A key and its certificate, wherever they come from. */
export interface IdentityParts {
  /**
   * PEM (unencrypted PKCS #8, SEC 1 or PKCS #1), a `KeyObject`, or a function that has a KMS sign. With a function requests can be signed, but no TLS
   * session can be opened: {@link connectAuthority} then needs another identity.
   */
  readonly key: string | Uint8Array | KeyObject | SigningKey
  /** PEM: the leaf first, then the intermediates. */
  readonly certificate: string | Uint8Array
  /** PEM: the roots that servers are trusted by. Default: none, which is enough to sign. */
  readonly ca?: string | Uint8Array
}

/** One key with its certificate, as they are at one instant: they are only ever replaced together. */
export interface HeldIdentity {
  /** What requests are signed with. */
  readonly credential: SigningCredential
  /** What TLS shows, PEM. Absent where the key is behind a function. */
  readonly tls: { readonly keyPem: string; readonly certificatePem: string } | undefined
  /** PEM; absent if none was given. */
  readonly caPem: string | undefined
  /** The client that the certificate names. */
  readonly clientId: string
  /** Type and PEM are known of keys in this process. */
  readonly privateKey: PrivateKey | undefined
  readonly notBefore: Date
  readonly notAfter: Date
}

/** Who we are. Signers, channels and renewal share one, so that all of them change to a new certificate at once. */
export interface ClientIdentity {
  /** The folder that it was read from, if it was. */
  readonly directory: string | undefined
  current(): HeldIdentity
  /** Takes another key and certificate; everyone who uses this identity does from now on. */
  replace(next: HeldIdentity): void
  /** Reads the folder again, and takes what is in it if that is another certificate. True if it was. */
  reload(): Promise<boolean>
  /** Calls `listener` after each change. Returns a function that ends that. */
  subscribe(listener: (held: HeldIdentity) => void): () => void
}

/**
 * Opens an identity: a folder with `key.pem` (mode 0600), `cert.pem` and `ca.pem`, as `chancery cert issue` makes it, or its parts.
 *
 * @throws IdentityError that says what is wrong with it
 */
export async function openIdentity(source: string | IdentityParts): Promise<ClientIdentity> {
  const directory = typeof source === 'string' ? source : undefined
  let held = await (typeof source === 'string' ? readFolder(source) : readParts(source))
  const listeners = new Set<(held: HeldIdentity) => void>()
  const replace = (next: HeldIdentity) => {
    held = next
    for (const listener of listeners) listener(next)
  }
  return {
    directory,
    current: () => held,
    replace,
    async reload() {
      if (directory === undefined) return false
      const found = await readFolder(directory)
      if (found.credential.keyId === held.credential.keyId) return false
      replace(found)
      return true
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

async function readFolder(directory: string): Promise<HeldIdentity> {
  const { keyPem, certificatePem, caPem } = await loadIdentity(directory)
  return hold(parsePrivateKey(keyPem, `${directory}/key.pem`), certificatePem, caPem)
}

/** Reads the parts of an identity. @throws IdentityError */
export async function readParts({ key, certificate, ca }: IdentityParts): Promise<HeldIdentity> {
  if (key instanceof KeyObject) return hold(importPrivateKey(key, 'The given key'), certificate, ca)
  if (typeof key === 'string' || key instanceof Uint8Array)
    return hold(parsePrivateKey(Buffer.from(key), 'The given key'), certificate, ca)
  const credential = prepareCredential(key, readChain(certificate))
  await requirePair(key, credential.chain[0]!)
  return describe(credential, undefined, certificate, ca)
}

function hold(key: PrivateKey, certificate: string | Uint8Array, ca: string | Uint8Array | undefined) {
  const credential = prepareCredential(localKey(key), readChain(certificate))
  if (!new X509Certificate(credential.chain[0]!).checkPrivateKey(key.key)) throw mismatch()
  return describe(credential, key, certificate, ca)
}

function describe(
  credential: SigningCredential,
  privateKey: PrivateKey | undefined,
  certificate: string | Uint8Array,
  ca: string | Uint8Array | undefined,
): HeldIdentity {
  const leaf = parseCertificate(credential.chain[0]!)
  const clientId = singleAttribute(leaf.subject, OID.commonName)
  if (clientId === undefined) {
    throw new IdentityError(
      'UNREADABLE',
      'The certificate names no client.',
      'Have one issued with `chancery cert issue`.',
    )
  }
  return {
    credential,
    tls: privateKey && { keyPem: formatPrivateKey(privateKey), certificatePem: text(certificate) },
    caPem: ca === undefined ? undefined : text(ca),
    clientId,
    privateKey,
    notBefore: leaf.notBefore,
    notAfter: leaf.notAfter,
  }
}

/** A function that signs with another key, or in another form, would have every request refused: found out now, with one signature. */
async function requirePair(key: SigningKey, leafDer: Uint8Array): Promise<void> {
  const message = Buffer.from('chancery-client-key-check:v1')
  const signature = await key.sign(message)
  const publicKey = createPublicKey(
    new X509Certificate(leafDer).publicKey.export({ type: 'spki', format: 'pem' }),
  )
  if (!(await verifySignature(publicKey, signingScheme(key.algorithm), message, signature))) throw mismatch()
}

function mismatch(): IdentityError {
  return new IdentityError(
    'MISMATCHED',
    'Key and certificate do not belong together.',
    'Give the matching pair; a function that signs must sign the message itself with the named algorithm, ECDSA in DER.',
  )
}

function text(pem: string | Uint8Array): string {
  return Buffer.from(pem).toString('latin1')
}
