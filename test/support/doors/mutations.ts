import { encodeSequence, encodeUnsigned } from '../../../src/core/asn1/writer.ts'
import { formatBase64 } from '../../../src/core/bytes.ts'
import type { HeaderField, HttpRequest } from '../../../src/core/request/http-request.ts'
import { header } from '../decision-fixture.ts'

type Change = (request: HttpRequest, at: number) => HttpRequest

/** What may become of a signed request on its way. `at` says where. */
const CHANGES = {
  'drop a header': (request, at) => ({
    ...request,
    headers: request.headers.filter((_, i) => i !== at % request.headers.length),
  }),
  'repeat a header': (request, at) => {
    const again = request.headers[at % request.headers.length]!
    return { ...request, headers: [...request.headers, again] }
  },
  'turn a bit of a header': (request, at) =>
    onHeader(request, at, (octets) => turnBit(octets, Math.floor(at / 16))),
  'cut a header': (request, at) =>
    onHeader(request, at, (octets) => octets.subarray(0, Math.floor(at / 16) % (octets.length + 1))),
  'put an octet into a header': (request, at) =>
    onHeader(request, at, (octets) => {
      const place = Math.floor(at / 16) % (octets.length + 1)
      return Buffer.concat([octets.subarray(0, place), Buffer.of(at % 256), octets.subarray(place)])
    }),
  'write names in another case': (request, at) => ({
    ...request,
    headers: request.headers.map(({ name, value }) => ({
      name: at % 2 ? name.toUpperCase() : name.toLowerCase(),
      value,
    })),
  }),
  'turn the headers round': (request) => ({ ...request, headers: request.headers.toReversed() }),
  'add headers': (request, at) => ({
    ...request,
    headers: [
      ...request.headers,
      ...Array.from({ length: at % 2 ? 140 : 40 }, (_, i) => header(`x-more-${i}`, 'more')),
    ],
  }),
  'change the method': (request) => ({ ...request, method: request.method === 'GET' ? 'DELETE' : 'GET' }),
  'change the target': (request, at) => ({
    ...request,
    target: turnBit(Buffer.from(request.target, 'latin1'), at).toString('latin1'),
  }),
  'change the authority': (request) => ({ ...request, authority: `x${request.authority}` }),
  'change the body': (request) =>
    request.body.kind === 'bytes'
      ? { ...request, body: { kind: 'bytes', bytes: Buffer.from('{"name":"Mallory"}') } }
      : request,
  'name another body': (request) => ({
    ...request,
    headers: [...request.headers, header('Content-Digest', `sha-256=:${formatBase64(new Uint8Array(32))}:`)],
  }),
  'turn a bit of the signature': (request, at) => onSignature(request, (octets) => turnBit(octets, at)),
  'cut the signature': (request, at) =>
    onSignature(request, (octets) => octets.subarray(0, at % octets.length)),
  'take the twin of the signature': (request) => onSignature(request, twinOf),
  'sign with another tag beside it': (request, at) => {
    const tag = at % 2 ? 'other' : 'chancery'
    return onNamed(
      onNamed(request, 'signature-input', (text) => `other=("@method");tag="${tag}", ${text}`),
      'signature',
      (text) => `other=:AAAA:, ${text}`,
    )
  },
  'put a certificate into a header of proxies': (request, at) => ({
    ...request,
    headers: [
      ...request.headers,
      header(['Client-Cert', 'X-Forwarded-Client-Cert', 'X-SSL-Client-Cert'][at % 3]!, ':AAAA:'),
    ],
  }),
} satisfies Record<string, Change>

export type Mutation = keyof typeof CHANGES | 'none'

/** Every change there is. */
export const MUTATIONS = Object.keys(CHANGES) as readonly Exclude<Mutation, 'none'>[]

/** The request as it came to be. */
export function mutate(request: HttpRequest, mutation: Mutation, at: number): HttpRequest {
  return mutation === 'none' || request.headers.length === 0 ? request : CHANGES[mutation](request, at)
}

/** One bit of some octet the other way. */
export function turnBit(octets: Uint8Array, at: number): Buffer {
  const copy = Buffer.from(octets)
  if (copy.length > 0) copy[at % copy.length]! ^= 1 << (at % 7)
  return copy
}

function onHeader(request: HttpRequest, at: number, change: (octets: Buffer) => Buffer): HttpRequest {
  const place = at % request.headers.length
  const changed = (field: HeaderField) => ({ ...field, value: change(Buffer.from(field.value)) })
  return { ...request, headers: request.headers.map((field, i) => (i === place ? changed(field) : field)) }
}

function onNamed(request: HttpRequest, name: string, change: (text: string) => string): HttpRequest {
  return {
    ...request,
    headers: request.headers.map((field) =>
      field.name.toLowerCase() === name
        ? header(field.name, change(Buffer.from(field.value).toString('latin1')))
        : field,
    ),
  }
}

function onSignature(request: HttpRequest, change: (octets: Buffer) => Uint8Array): HttpRequest {
  const recode = (text: string) => formatBase64(change(Buffer.from(text, 'base64')))
  return onNamed(
    onNamed(request, 'x-signature', recode),
    'signature',
    (text) => `sig=:${recode(text.slice('sig=:'.length, -1))}:`,
  )
}

const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/** The other signature that the same ECDSA key would accept: with the group's order less s for s. Of other keys, no signature. */
function twinOf(signature: Buffer): Uint8Array {
  const number = (octets: Uint8Array) => BigInt(`0x0${Buffer.from(octets).toString('hex')}`)
  const octets = (value: bigint) => Buffer.from(value.toString(16).padStart(64, '0'), 'hex')
  if (signature.length === 64) {
    const s = number(signature.subarray(32)) % P256_ORDER
    return Buffer.concat([signature.subarray(0, 32), octets(P256_ORDER - s)])
  }
  if (signature[0] !== 0x30 || signature.length > 72) return signature
  const lengthOfR = signature[3]!
  const r = number(signature.subarray(4, 4 + lengthOfR))
  const s = number(signature.subarray(6 + lengthOfR)) % P256_ORDER
  return encodeSequence(...[r, P256_ORDER - s].map((value) => encodeUnsigned(octets(value))))
}
