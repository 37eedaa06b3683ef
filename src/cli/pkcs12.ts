import { type KeyObject, createCipheriv, createHmac, pbkdf2Sync, randomBytes, createHash } from 'node:crypto'
import { OID } from '../core/asn1/oids.ts'
import { TAG, contextConstructed, contextPrimitive } from '../core/asn1/tags.ts'
import {
  encodeElement,
  encodeInteger,
  encodeNull,
  encodeOctetString,
  encodeOid,
  encodeSequence,
} from '../core/asn1/writer.ts'

/** Object identifiers of PKCS #12 (RFC 7292), PKCS #5 (RFC 8018) and PKCS #9 that nothing else here needs. */
const PKCS = {
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
  pbes2: '1.2.840.113549.1.5.13',
  pbkdf2: '1.2.840.113549.1.5.12',
  hmacWithSha256: '1.2.840.113549.2.9',
  aes256Cbc: '2.16.840.1.101.3.4.1.42',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certificateBag: '1.2.840.113549.1.12.10.1.3',
  x509Certificate: '1.2.840.113549.1.9.22.1',
  friendlyName: '1.2.840.113549.1.9.20',
  localKeyId: '1.2.840.113549.1.9.21',
} as const

// Guessing the password costs this many hashes per guess, for the encryption and for the integrity check alike:
// the cheaper of the two would be what an attacker guesses against.
const ITERATIONS = 100_000
const SALT_BYTES = 16
const SHA256_BYTES = 32
const SHA256_BLOCK_BYTES = 64
const MAC_KEY_ID = 3

/** What goes into a PKCS #12 file. */
export interface Pkcs12Contents {
  readonly key: KeyObject
  /** DER, the leaf first. */
  readonly certificates: readonly Uint8Array[]
  /** Name that browsers and key chains show. */
  readonly friendlyName: string
  /** Not empty. */
  readonly password: string
}

/**
 * Encodes a PKCS #12 file as current browsers, OpenSSL 3 and Java read it: PBES2 with AES-256-CBC and PBKDF2-HMAC-SHA256 for
 * both parts, HMAC-SHA256 over the whole.
 *
 * @see RFC 7292 section 4
 */
export function encodePkcs12({ key, certificates, friendlyName, password }: Pkcs12Contents): Uint8Array {
  if (password === '') throw new RangeError('an empty password protects nothing')
  const [leaf, ...issuers] = certificates
  if (leaf === undefined) throw new RangeError('a PKCS #12 file needs a certificate')
  const attributes = encodeElement(
    TAG.set,
    encodeAttribute(PKCS.friendlyName, encodeElement(TAG.bmpString, encodeBmp(friendlyName))),
    encodeAttribute(PKCS.localKeyId, encodeOctetString(createHash('sha1').update(leaf).digest())),
  )
  const keyDer = key.export({ type: 'pkcs8', format: 'der' })
  const keyBag = encodeBag(
    PKCS.shroudedKeyBag,
    encodeEncrypted(keyDer, password, TAG.octetString),
    attributes,
  )
  const certificateBags = [
    encodeBag(PKCS.certificateBag, encodeCertificate(leaf), attributes),
    ...issuers.map((issuer) => encodeBag(PKCS.certificateBag, encodeCertificate(issuer))),
  ]
  keyDer.fill(0)
  const safe = encodeSequence(
    encodeEncryptedContent(encodeSequence(...certificateBags), password),
    encodeData(encodeSequence(keyBag)),
  )
  return encodeSequence(encodeInteger(3), encodeData(safe), encodeMac(safe, password))
}

function encodeData(content: Uint8Array): Uint8Array {
  return encodeSequence(
    encodeOid(PKCS.data),
    encodeElement(contextConstructed(0), encodeOctetString(content)),
  )
}

function encodeEncryptedContent(content: Uint8Array, password: string): Uint8Array {
  const info = encryptPbes2(content, password)
  return encodeSequence(
    encodeOid(PKCS.encryptedData),
    encodeElement(
      contextConstructed(0),
      encodeSequence(
        encodeInteger(0),
        encodeSequence(
          encodeOid(PKCS.data),
          info.algorithm,
          encodeElement(contextPrimitive(0), info.ciphertext),
        ),
      ),
    ),
  )
}

/** EncryptedPrivateKeyInfo of RFC 5958. */
function encodeEncrypted(content: Uint8Array, password: string, tag: number): Uint8Array {
  const { algorithm, ciphertext } = encryptPbes2(content, password)
  return encodeSequence(algorithm, encodeElement(tag, ciphertext))
}

function encodeBag(type: string, value: Uint8Array, attributes?: Uint8Array): Uint8Array {
  const parts = [encodeOid(type), encodeElement(contextConstructed(0), value)]
  return encodeSequence(...parts, ...(attributes === undefined ? [] : [attributes]))
}

function encodeCertificate(der: Uint8Array): Uint8Array {
  return encodeSequence(
    encodeOid(PKCS.x509Certificate),
    encodeElement(contextConstructed(0), encodeOctetString(der)),
  )
}

function encodeAttribute(type: string, value: Uint8Array): Uint8Array {
  return encodeSequence(encodeOid(type), encodeElement(TAG.set, value))
}

/** RFC 8018 section 6.2. The password is UTF-8 here, unlike in the integrity check. */
function encryptPbes2(
  content: Uint8Array,
  password: string,
): { algorithm: Uint8Array; ciphertext: Uint8Array } {
  const salt = randomBytes(SALT_BYTES)
  const iv = randomBytes(16)
  const cipher = createCipheriv(
    'aes-256-cbc',
    pbkdf2Sync(password, salt, ITERATIONS, SHA256_BYTES, 'sha256'),
    iv,
  )
  const ciphertext = Buffer.concat([cipher.update(content), cipher.final()])
  const derivation = encodeSequence(
    encodeOid(PKCS.pbkdf2),
    encodeSequence(
      encodeOctetString(salt),
      encodeInteger(ITERATIONS),
      encodeSequence(encodeOid(PKCS.hmacWithSha256), encodeNull()),
    ),
  )
  const scheme = encodeSequence(encodeOid(PKCS.aes256Cbc), encodeOctetString(iv))
  return { algorithm: encodeSequence(encodeOid(PKCS.pbes2), encodeSequence(derivation, scheme)), ciphertext }
}

/** MacData, RFC 7292 section 4. */
function encodeMac(content: Uint8Array, password: string): Uint8Array {
  const salt = randomBytes(SALT_BYTES)
  const mac = createHmac('sha256', deriveMacKey(password, salt, ITERATIONS))
    .update(content)
    .digest()
  const digest = encodeSequence(encodeSequence(encodeOid(OID.sha256), encodeNull()), encodeOctetString(mac))
  return encodeSequence(digest, encodeOctetString(salt), encodeInteger(ITERATIONS))
}

/**
 * The key derivation of RFC 7292 appendix B.2, cut down to what HMAC-SHA256 needs: one block of output, so the step that
 * stirs the input for a second block falls away.
 */
function deriveMacKey(password: string, salt: Uint8Array, iterations: number): Uint8Array {
  const passwordBytes = Buffer.concat([encodeBmp(password), Buffer.alloc(2)])
  const input = Buffer.concat([
    Buffer.alloc(SHA256_BLOCK_BYTES, MAC_KEY_ID),
    repeatToBlocks(salt),
    repeatToBlocks(passwordBytes),
  ])
  let derived = createHash('sha256').update(input).digest()
  for (let i = 1; i < iterations; i++) derived = createHash('sha256').update(derived).digest()
  return derived
}

function repeatToBlocks(bytes: Uint8Array): Buffer {
  const length = SHA256_BLOCK_BYTES * Math.ceil(bytes.length / SHA256_BLOCK_BYTES)
  return Buffer.alloc(length, bytes)
}

/** BMPString: UTF-16, big end first. */
function encodeBmp(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16()
}
