import type { HashName, SignatureScheme } from '../core/crypto.ts'
import { isNamedAlgorithm, verifyNamedSignature } from '../core/x509/named-signature.ts'
import { type AcceptedKey, checkChainKey, decodeSubjectPublicKeyInfo } from '../core/x509/public-key.ts'
import { verifyStrictly } from '../core/x509/signature-form.ts'
import {
  type Case,
  readBytes,
  readOptionalCount,
  readOptionalString,
  readString,
  readWord,
} from './case-fields.ts'
import { type Verdict, accept, parsing, refuse } from './verdict.ts'

/** `signature.verify`: does the signature verify with this key? `hash` and `salt_length` choose freely for RSA. */
export async function runSignatureVerify(given: Case): Promise<Verdict> {
  const spki = readBytes(given, 'spki')
  const algorithm = readString(given, 'algorithm').toLowerCase()
  const encoding = readWord(given, 'encoding', ['der', 'p1363'], 'p1363')
  const hash = readOptionalString(given, 'hash')?.toLowerCase().replace(/^sha-/, 'sha')
  const saltBytes = readOptionalCount(given, 'salt_length')
  const message = readBytes(given, 'message')
  const signature = readBytes(given, 'signature')

  const read = parsing('PUBLIC_KEY_REJECTED', () => checkChainKey(decodeSubjectPublicKeyInfo(spki)))
  if ('refused' in read) return read.refused
  const key = read.parsed
  let verified: boolean
  if (isNamedAlgorithm(algorithm) && hash === undefined && saltBytes === undefined) {
    verified = await verifyNamedSignature({ key, algorithm, encoding, message, signature })
  } else {
    const scheme = chooseScheme(algorithm, { hash, saltBytes })
    if (scheme === undefined) {
      return refuse(
        'SIGNATURE_ALGORITHM_INVALID',
        `algorithm ${algorithm} with hash ${hash ?? '(none given)'} is not supported`,
      )
    }
    verified = fitsKey(algorithm, key) && (await verifyStrictly(key, scheme, message, signature, encoding))
  }
  return verified ? accept() : refuse('SIGNATURE_INVALID', 'the signature does not verify')
}

interface Choice {
  readonly hash: string | undefined
  readonly saltBytes: number | undefined
}

const HASH_BYTES: Readonly<Record<string, { readonly name: HashName; readonly bytes: number }>> = {
  sha256: { name: 'sha256', bytes: 32 },
  sha384: { name: 'sha384', bytes: 48 },
  sha512: { name: 'sha512', bytes: 64 },
}

function chooseScheme(algorithm: string, choice: Choice): SignatureScheme | undefined {
  const [, family, named] = /^(ecdsa-p\d+|rsa-v1_5|rsa-pss|ed25519)(?:-(sha\d+))?$/.exec(algorithm) ?? []
  if (family === undefined) return undefined
  if (family === 'ed25519') return { kind: 'ed25519' }
  const name = choice.hash ?? named
  const hash = name !== undefined && Object.hasOwn(HASH_BYTES, name) ? HASH_BYTES[name] : undefined
  if (hash === undefined) return undefined
  if (family === 'rsa-v1_5') return { kind: 'rsa-pkcs1', hash: hash.name }
  if (family === 'rsa-pss')
    return { kind: 'rsa-pss', hash: hash.name, saltBytes: choice.saltBytes ?? hash.bytes }
  return { kind: 'ecdsa', hash: hash.name }
}

function fitsKey(algorithm: string, key: AcceptedKey): boolean {
  return (
    !algorithm.startsWith('ecdsa-') ||
    algorithm.startsWith(`ecdsa-${key.type}-`) ||
    algorithm === `ecdsa-${key.type}`
  )
}
