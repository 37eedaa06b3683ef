import { OID } from '../asn1/oids.ts'
import { type DerElement, DerReader } from '../asn1/reader.ts'
import { TAG } from '../asn1/tags.ts'
import { decodeNull } from '../asn1/values.ts'
import { formatHex } from '../bytes.ts'
import { type HashName, hash } from '../crypto.ts'
import { MalformedError } from '../errors.ts'
import { parseAlgorithmIdentifier } from '../x509/algorithm.ts'
import { decodeSerialNumber, formatSerialNumber } from '../x509/serial-number.ts'
import type { Certificate } from '../x509/types.ts'

/** Which certificate is meant, RFC 6960 section 4.1.1: its serial number and, by digests, who issued it. */
export interface CertId {
  /** As sent: the answer echoes it, so that every client finds its own question in it. */
  readonly der: Uint8Array
  /** As {@link issuerKeys} makes it; `undefined` if the digests are by an algorithm that no authority is known under. */
  readonly issuerKey: string | undefined
  /** As the store has it. */
  readonly serialNumber: string
}

/** SHA-1 is what nearly every client sends. It only names the issuer here, and a collision of issuers would need both of its digests. */
const HASHES: ReadonlyMap<string, HashName> = new Map([
  [OID.sha1, 'sha1'],
  [OID.sha256, 'sha256'],
])

/** Parses a CertID. */
export function parseCertId(element: DerElement): CertId {
  const reader = element.enter()
  const hashName = parseHash(reader.readAny())
  const nameHash = reader.read(TAG.octetString).content
  const keyHash = reader.read(TAG.octetString).content
  const serialNumber = formatSerialNumber(decodeSerialNumber(reader.read(TAG.integer)))
  reader.end()
  return {
    der: element.der,
    issuerKey: hashName && formatIssuer(hashName, nameHash, keyHash),
    serialNumber,
  }
}

/** Every way in which a CertID may name this issuer, in the form of {@link CertId.issuerKey}. */
export function issuerKeys({ subject, publicKey }: Certificate): string[] {
  return [...HASHES.values()].map((name) =>
    formatIssuer(name, hash(name, subject.der), hash(name, publicKey.keyBytes)),
  )
}

function formatIssuer(hashName: HashName, nameHash: Uint8Array, keyHash: Uint8Array): string {
  return `${hashName}:${formatHex(nameHash)}:${formatHex(keyHash)}`
}

/** The parameters of a hash are NULL or absent, RFC 5754 section 2. */
function parseHash(element: DerElement): HashName | undefined {
  const { oid, parametersDer } = parseAlgorithmIdentifier(element)
  if (parametersDer !== undefined) {
    const parameters = new DerReader(parametersDer)
    if (parameters.nextTag !== TAG.null) throw new MalformedError('ocsp.hash', 'a hash has parameters')
    decodeNull(parameters.readAny())
  }
  return HASHES.get(oid)
}
