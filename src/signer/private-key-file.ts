import { type KeyObject, createCipheriv, pbkdf2, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import {
  encodeInteger,
  encodeNull,
  encodeOctetString,
  encodeOid,
  encodeSequence,
} from '../core/asn1/writer.ts'
import { formatPem } from '../core/pem.ts'

const derive = promisify(pbkdf2)

/**
 * Rounds of PBKDF2-HMAC-SHA-256, what OWASP asks for. `KeyObject.export` would take 2,048, at which a stolen file gives up
 * a passphrase a person can remember within hours; that is why the encryption is done here.
 */
const PBKDF2_ITERATIONS = 600_000

/** Not in the table of `core/asn1/oids.ts`: nothing that Chancery reads from strangers has these. */
const OID = {
  pbes2: '1.2.840.113549.1.5.13',
  pbkdf2: '1.2.840.113549.1.5.12',
  hmacWithSha256: '1.2.840.113549.2.9',
  aes256Cbc: '2.16.840.1.101.3.4.1.42',
} as const

/** Writes a private key as PKCS #8 PEM, encrypted if there is a passphrase. Every common tool reads it. */
export async function exportPrivateKey(key: KeyObject, passphrase: string | undefined): Promise<string> {
  const der = key.export({ type: 'pkcs8', format: 'der' })
  return passphrase === undefined
    ? formatPem('PRIVATE KEY', der)
    : formatPem('ENCRYPTED PRIVATE KEY', await encrypt(der, passphrase))
}

/** EncryptedPrivateKeyInfo (RFC 5958 section 3) under PBES2 (RFC 8018 section 6.2). */
async function encrypt(privateKeyInfo: Uint8Array, passphrase: string): Promise<Uint8Array> {
  const salt = randomBytes(16)
  const iv = randomBytes(16)
  const key = await derive(passphrase, salt, PBKDF2_ITERATIONS, 32, 'sha256')
  const cipher = createCipheriv('aes-256-cbc', key, iv)
  const encrypted = Buffer.concat([cipher.update(privateKeyInfo), cipher.final()])
  const prf = encodeSequence(encodeOid(OID.hmacWithSha256), encodeNull())
  const derivation = encodeSequence(
    encodeOid(OID.pbkdf2),
    encodeSequence(encodeOctetString(salt), encodeInteger(PBKDF2_ITERATIONS), prf),
  )
  const scheme = encodeSequence(encodeOid(OID.aes256Cbc), encodeOctetString(iv))
  const algorithm = encodeSequence(encodeOid(OID.pbes2), encodeSequence(derivation, scheme))
  return encodeSequence(algorithm, encodeOctetString(encrypted))
}
