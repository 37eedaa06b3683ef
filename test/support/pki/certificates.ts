import { createHash } from 'node:crypto'
import { contextConstructed } from '../../../src/core/asn1/tags.ts'
import {
  encodeBitString,
  encodeElement,
  encodeInteger,
  encodeSequence,
  encodeTime,
} from '../../../src/core/asn1/writer.ts'
import { parseCertificate } from '../../../src/core/x509/certificate.ts'
import type { Certificate } from '../../../src/core/x509/types.ts'
import {
  type TestExtension,
  authorityKeyIdentifier,
  basicConstraints,
  encodeExtension,
  keyUsage,
  subjectKeyIdentifier,
} from './extensions.ts'
import { type TestHash, type TestKey, makeKey, signWith, signatureAlgorithm } from './keys.ts'
import { encodeName } from './names.ts'

/** The instant at which tests validate unless they say otherwise. */
export const NOW = new Date('2026-03-01T12:00:00Z')

/** A certificate with its key, so that it can issue. */
export interface TestEntity {
  readonly name: string
  readonly key: TestKey
  readonly serial: number
  readonly certificate: Certificate
}

/** What a test wants to be different from a well-formed certificate. */
export interface CertificateOptions {
  /** In the notation of `encodeName`. */
  readonly subject?: string
  readonly key?: TestKey
  readonly serial?: number
  readonly notBefore?: Date
  readonly notAfter?: Date
  readonly pathLength?: number
  readonly version?: 1 | 3
  readonly hash?: TestHash
  /** Issuer name, where it is not that of the parent. */
  readonly issuer?: string
  /** The key that signs, where it is not that of the parent. */
  readonly signingKey?: TestKey
  /** Extensions to add; one with an OID that is there by default replaces it. */
  readonly extensions?: readonly TestExtension[]
  /** OIDs of default extensions to leave out: basic constraints and key usage of a CA, key usage of a leaf, key identifiers. */
  readonly without?: readonly string[]
}

let nextSerial = 1000

function keyIdentifier(key: TestKey): Uint8Array {
  return new Uint8Array(createHash('sha1').update(key.spkiDer).digest())
}

/** Makes a self-signed root. */
export function makeRoot(options: CertificateOptions = {}): TestEntity {
  const key = options.key ?? makeKey()
  const name = options.subject ?? 'O=Test,CN=Root'
  return build({ name, key }, { ...options, subject: name, key }, caDefaults(key, options))
}

/** Makes a CA below another. */
export function makeCa(parent: TestEntity, options: CertificateOptions = {}): TestEntity {
  const key = options.key ?? makeKey()
  return build(parent, { subject: 'O=Test,CN=CA', ...options, key }, [
    ...caDefaults(key, options),
    authorityKeyIdentifier(keyIdentifier(options.signingKey ?? parent.key)),
  ])
}

/** Makes an end-entity certificate. */
export function makeLeaf(parent: TestEntity, options: CertificateOptions = {}): TestEntity {
  const key = options.key ?? makeKey()
  return build(parent, { subject: 'O=Test,CN=alice', ...options, key }, [
    keyUsage('digitalSignature'),
    subjectKeyIdentifier(keyIdentifier(key)),
    authorityKeyIdentifier(keyIdentifier(options.signingKey ?? parent.key)),
  ])
}

function caDefaults(key: TestKey, { pathLength }: CertificateOptions): TestExtension[] {
  return [
    basicConstraints(true, pathLength),
    keyUsage('keyCertSign', 'cRLSign'),
    subjectKeyIdentifier(keyIdentifier(key)),
  ]
}

function build(
  parent: Pick<TestEntity, 'name' | 'key'>,
  options: CertificateOptions & { readonly subject: string; readonly key: TestKey },
  defaults: readonly TestExtension[],
): TestEntity {
  const { subject, key, without = [], extensions = [], version = 3, hash = 'sha256' } = options
  const serial = options.serial ?? nextSerial++
  const signingKey = options.signingKey ?? parent.key
  const replaced = new Set([...without, ...extensions.map(({ oid }) => oid)])
  const all = [...defaults.filter(({ oid }) => !replaced.has(oid)), ...extensions]
  const algorithm = signatureAlgorithm(signingKey, hash)
  const tbs = encodeSequence(
    ...(version === 3 ? [encodeElement(contextConstructed(0), encodeInteger(2))] : []),
    encodeInteger(serial),
    algorithm,
    encodeName(options.issuer ?? parent.name),
    encodeSequence(
      encodeTime(options.notBefore ?? new Date('2026-01-01T00:00:00Z')),
      encodeTime(options.notAfter ?? new Date('2027-01-01T00:00:00Z')),
    ),
    encodeName(subject),
    key.spkiDer,
    ...(version === 3 && all.length > 0
      ? [encodeElement(contextConstructed(3), encodeSequence(...all.map(encodeExtension)))]
      : []),
  )
  const der = encodeSequence(tbs, algorithm, encodeBitString(signWith(signingKey, hash, tbs)))
  return { name: subject, key, serial, certificate: parseCertificate(der) }
}
