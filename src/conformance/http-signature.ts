import { sha256 } from '../core/crypto.ts'
import { MalformedError } from '../core/errors.ts'
import { DEFAULT_CLOCK_SKEW_SECONDS } from '../core/limits.ts'
import { matchesContentDigest, parseContentDigest } from '../core/request/content-digest.ts'
import type { HttpMessage } from '../core/request/rfc9421/http-message.ts'
import { buildSignatureBase } from '../core/request/rfc9421/signature-base.ts'
import {
  type LabelledSignature,
  type SignatureParameters,
  parseSignatureFields,
  readSignatureParameters,
  selectSignature,
} from '../core/request/rfc9421/signature-input.ts'
import {
  type VerificationKey,
  fitsKey,
  verifyMessageSignature,
} from '../core/request/rfc9421/verify-message.ts'
import { parseInnerList } from '../core/request/structured-field/parse-field.ts'
import { parseJwk } from '../core/token/jwk.ts'
import { checkChainKey, decodeSubjectPublicKeyInfo } from '../core/x509/public-key.ts'
import {
  type Case,
  CaseError,
  readBytes,
  readInstant,
  readOptionalBytes,
  readOptionalString,
  readString,
  readWord,
} from './case-fields.ts'
import { readMessage, readObject } from './read-message.ts'
import { type Verdict, accept, parsing, refuse } from './verdict.ts'

/** `http_signature.base`: the text that a signature over these components is over. */
export function runHttpSignatureBase(given: Case): Verdict {
  const message = readMessage(given)
  const components = readString(given, 'components')
  const read = parsing('CREDENTIAL_MALFORMED', () =>
    buildSignatureBase(parseInnerList(components, { unique: true }), message),
  )
  return 'refused' in read ? read.refused : accept({ base: read.parsed })
}

/** `http_signature.verify`: does one signature of a message hold by RFC 9421 alone? Nothing is asked of what it covers. */
export async function runHttpSignatureVerify(given: Case): Promise<Verdict> {
  readWord(given, 'policy', ['none'], 'none')
  const message = readMessage(given)
  const label = readOptionalString(given, 'label')
  const body = readOptionalBytes(given, 'body')
  const at = given['at'] === undefined ? undefined : readInstant(given, 'at')
  const readKey = chooseKey(readObject(given, 'key'))

  const key = parsing('PUBLIC_KEY_REJECTED', readKey)
  if ('refused' in key) return key.refused
  const found = parsing('CREDENTIAL_MALFORMED', () => findSignature(message, label))
  if ('refused' in found) return found.refused
  if (found.parsed === undefined) return refuse('CREDENTIAL_MISSING', 'there is no such signature')
  const { selected, parameters } = found.parsed

  if (!fitsKey(key.parsed, parameters.alg))
    return refuse('SIGNATURE_ALGORITHM_INVALID', `the algorithm ${parameters.alg ?? ''} does not fit the key`)
  const untimely = at && checkTimes(parameters, at)
  if (untimely) return untimely
  const digest = parsing('CREDENTIAL_MALFORMED', () => checkBody(selected, message, body))
  if ('refused' in digest) return digest.refused
  if (!digest.parsed) return refuse('DIGEST_MISMATCH', 'the body is not the one that Content-Digest names')
  try {
    return (await verifyMessageSignature(selected, parameters, message, key.parsed))
      ? accept()
      : refuse('SIGNATURE_INVALID', 'the signature does not verify')
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error
    return refuse('CREDENTIAL_MALFORMED', `${error.defect}: ${error.message}`)
  }
}

function chooseKey(key: Case): () => VerificationKey {
  const publicKey = (spki: Uint8Array): VerificationKey => ({
    kind: 'public',
    key: checkChainKey(decodeSubjectPublicKeyInfo(spki)),
  })
  if (key['spki'] !== undefined) {
    const spki = readBytes(key, 'spki')
    return () => publicKey(spki)
  }
  if (key['secret'] !== undefined) {
    const secret = readBytes(key, 'secret')
    return () => ({ kind: 'secret', secret })
  }
  if (key['jwk'] === undefined) throw new CaseError('key: expected one of spki, jwk, secret')
  const jwk = readObject(key, 'jwk')
  return () => parseJwk(jwk).key
}

interface Found {
  readonly selected: LabelledSignature
  readonly parameters: SignatureParameters
}

/** The signature with the label, or the only one. */
function findSignature(message: HttpMessage, label: string | undefined): Found | undefined {
  const fields = parseSignatureFields(message.headers)
  if (!fields) return undefined
  const chosen = label ?? (fields.inputs.size === 1 ? [...fields.inputs.keys()][0] : undefined)
  if (chosen === undefined)
    throw new MalformedError('signature.ambiguous', 'there are several signatures and no label')
  const selected = selectSignature(fields, chosen)
  return selected && { selected, parameters: readSignatureParameters(selected.input.parameters) }
}

function checkTimes({ created, expires }: SignatureParameters, at: Date): Verdict | undefined {
  const seconds = at.getTime() / 1000
  if (expires !== undefined && seconds > expires)
    return refuse('SIGNATURE_EXPIRED', 'the signature has expired')
  if (created !== undefined && created > seconds + DEFAULT_CLOCK_SKEW_SECONDS)
    return refuse('SIGNATURE_NOT_YET_VALID', 'the signature was made in the future')
  return undefined
}

/** A body that is given must be the one that a covered Content-Digest names: else the signature says nothing about it. */
function checkBody(
  { input }: LabelledSignature,
  message: HttpMessage,
  body: Uint8Array | undefined,
): boolean {
  const isCovered = input.items.some(
    ({ value, parameters }) =>
      value.kind === 'string' && value.text === 'content-digest' && !parameters.has('req'),
  )
  const lines = message.headers.get('content-digest')
  if (body === undefined || !isCovered || !lines) return true
  return matchesContentDigest({ kind: 'bytes', bytes: body }, sha256(body), parseContentDigest(lines))
}
