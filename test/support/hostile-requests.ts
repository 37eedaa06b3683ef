import { type KeyObject, createHash, generateKeyPairSync, sign } from 'node:crypto'
import { MAX_BODY_BYTES, MAX_CHAIN_CERTIFICATES, MAX_GRPC_MESSAGE_BYTES } from '../../src/core/limits.ts'
import { OID } from '../../src/core/asn1/oids.ts'
import { parseCertificate } from '../../src/core/x509/certificate.ts'
import { VerifyRequestRequest } from '../../src/gen/chancery/v1/authorization_service.ts'
import { authorityExtensions, clientExtensions, encodeTestCertificate } from './encode-test-certificate.ts'

/** Whose certificate strangers have seen, and whose signed requests they have captured. */
export interface Victim {
  readonly key: KeyObject
  /** DER, leaf first. */
  readonly chainDer: readonly Uint8Array[]
}

/** A request that must not be allowed, and what must be said of it. */
export interface HostileRequest {
  readonly what: string
  /** A message of VerifyRequest, or what stands in its place. */
  readonly message: Buffer
  /** A deny reason, or the status code and reason of an error. */
  readonly outcome: string
}

type Shape = Parameters<typeof VerifyRequestRequest.fromPartial>[0]

interface Kind {
  readonly what: string
  readonly outcome: string
  /** Big ones come once in so many rounds. */
  readonly every?: number
  readonly make: (variant: number) => Shape | Buffer
}

/** Different requests of one kind; more would cost memory and show nothing new. */
const VARIANTS = 20
const HEADER_NAMES = ['X-Client-Cert', 'X-Timestamp', 'X-Nonce', 'X-Signature'] as const

/** Octets that are the same in every run. */
function octets(seed: string, length: number): Buffer {
  return createHash('shake256', { outputLength: length }).update(seed).digest()
}

/**
 * Garbage of many kinds, as strangers send it to a resource server and that passes it on: `count` requests, kinds in turn. Those that are replayed are
 * {@link capturedRequest} of the same run, which must have been allowed once before.
 */
export function hostileRequests(victim: Victim, count: number, run: string): HostileRequest[] {
  const kinds = allKinds(victim, run)
  const made = new Map<string, HostileRequest>()
  return Array.from({ length: count }, (_, i) => {
    const round = Math.floor(i / kinds.length)
    const wanted = kinds[i % kinds.length]!
    const kind = round % (wanted.every ?? 1) === 0 ? wanted : kinds[round % 2]!
    const name = `${kind.what} (${round % VARIANTS})`
    const known = made.get(name)
    if (known) return known
    const request = kind.make(round % VARIANTS)
    const message = Buffer.isBuffer(request) ? request : encode(request)
    const hostile = { what: name, outcome: kind.outcome, message }
    made.set(name, hostile)
    return hostile
  })
}

/** A good request that a stranger has recorded on its way: good once. */
export function capturedRequest(victim: Victim, run: string): Buffer {
  return encode(signedRequest(victim, { nonce: capturedNonce(run) }))
}

function capturedNonce(run: string): string {
  return `captured-nonce-${run}`
}

/** A good request of the victim. */
export function goodRequest(victim: Victim, nonce: string): Buffer {
  return encode(signedRequest(victim, { nonce }))
}

function encode(request: Shape): Buffer {
  return Buffer.from(VerifyRequestRequest.encode(VerifyRequestRequest.fromPartial(request)).finish())
}

function allKinds(victim: Victim, run: string): readonly Kind[] {
  const [leaf] = victim.chainDer
  const stranger = createStranger()
  return [
    {
      what: 'headers of random names and values',
      outcome: 'CREDENTIAL_MISSING',
      make: (v) =>
        http(
          Array.from({ length: 1 + v * 4 }, (_, i) => [
            `x-${octets(`${v}.${i}`, 8).toString('hex')}`,
            octets(`value ${v}.${i}`, 1 + ((v * 37 + i * 11) % 300)),
          ]),
        ),
    },
    {
      what: 'our headers with random octets',
      outcome: 'CREDENTIAL_MALFORMED',
      make: (v) => http(HEADER_NAMES.map((name) => [name, octets(`${name} ${v}`, 1 + v * 50)])),
    },
    {
      what: 'a signature input of random octets',
      outcome: 'CREDENTIAL_MALFORMED',
      make: (v) =>
        http([
          ['Signature-Input', octets(`input ${v}`, 1 + v * 100)],
          ['Signature', octets(`signature ${v}`, 64)],
          ['X-Client-Cert', Buffer.from(Buffer.from(leaf!).toString('base64'))],
        ]),
    },
    {
      what: 'a header beyond its limit',
      outcome: 'INVALID_ARGUMENT FIELD_INVALID',
      every: 5,
      make: (v) => http([['X-Client-Cert', Buffer.alloc(40_000 + v, 0x41)]]),
    },
    {
      what: 'a body beyond its limit',
      outcome: 'INVALID_ARGUMENT FIELD_INVALID',
      every: 40,
      make: () => http([['X-Nonce', Buffer.from('n')]], Buffer.alloc(MAX_BODY_BYTES + 1)),
    },
    {
      what: 'a message beyond its limit',
      outcome: 'RESOURCE_EXHAUSTED',
      every: 80,
      make: () => Buffer.alloc(MAX_GRPC_MESSAGE_BYTES + 1),
    },
    {
      what: 'random octets in place of a message',
      outcome: 'INVALID_ARGUMENT FIELD_INVALID',
      // Field 0 does not exist: whatever follows, this is no message.
      make: (v) => Buffer.concat([Buffer.of(0x02), octets(`message ${v}`, 5 + v * 40)]),
    },
    {
      what: 'no credential',
      outcome: 'INVALID_ARGUMENT FIELD_INVALID',
      make: () => ({ requiredScopes: ['bob.user.read'] }),
    },
    {
      what: 'random octets in place of a certificate',
      outcome: 'CERTIFICATE_MALFORMED',
      make: (v) => presented([octets(`certificate ${v}`, 1 + v * 60)]),
    },
    {
      what: 'a certificate that is cut off',
      outcome: 'CERTIFICATE_MALFORMED',
      make: (v) => presented([leaf!.subarray(0, 1 + Math.floor((leaf!.length * v) / (VARIANTS + 1)))]),
    },
    {
      what: 'a certificate with an altered signature',
      outcome: 'CERTIFICATE_SIGNATURE_INVALID',
      make: (v) => presented([leaf!.with(leaf!.length - 1 - v, leaf!.at(-1 - v)! ^ 1)]),
    },
    {
      what: 'DER nested deeply',
      outcome: 'CERTIFICATE_MALFORMED',
      make: (v) => presented([nest(17 + v * 50)]),
    },
    {
      what: 'a chain longer than any',
      outcome: 'CREDENTIAL_MALFORMED',
      make: (v) => presented(Array.from({ length: MAX_CHAIN_CERTIFICATES + 1 + v * 10 }, () => leaf!)),
    },
    {
      what: 'a deep chain under a root of their own',
      outcome: 'ISSUER_UNKNOWN',
      make: (v) => presented(stranger.chain(MAX_CHAIN_CERTIFICATES, `${v}`)),
    },
    {
      what: 'a mesh of authorities of one name',
      outcome: 'ISSUER_UNKNOWN',
      make: (v) => presented(stranger.mesh(MAX_CHAIN_CERTIFICATES, `${v}`)),
    },
    {
      what: 'authorities of our own name that certify each other',
      outcome: 'PATH_TOO_COMPLEX',
      make: (v) => presented(stranger.ring(parseCertificate(leaf!).issuer.der, `${v}`)),
    },
    {
      what: 'a signature by another key',
      outcome: 'SIGNATURE_INVALID',
      make: (v) => signedRequest({ ...victim, key: stranger.key }, { nonce: `stranger-nonce-${v}` }),
    },
    {
      what: 'a signature of random octets',
      outcome: 'SIGNATURE_INVALID',
      make: (v) => detached(victim, octets(`signature ${v}`, 70)),
    },
    {
      what: 'a nonce that is none',
      outcome: 'NONCE_INVALID',
      make: (v) => signedRequest(victim, { nonce: 'n'.repeat(v % 2 === 0 ? 15 : 129) }),
    },
    {
      what: 'a replay',
      outcome: 'NONCE_REPLAYED',
      make: () => signedRequest(victim, { nonce: capturedNonce(run) }),
    },
    {
      what: 'a request of yesterday',
      outcome: 'SIGNATURE_EXPIRED',
      make: (v) => signedRequest(victim, { nonce: `yesterdays-nonce-${v}`, ageSeconds: 86_400 }),
    },
    {
      what: 'a required scope that is none',
      outcome: 'INVALID_ARGUMENT SCOPE_MALFORMED',
      make: (v) => ({ ...detached(victim, octets('s', 70)), requiredScopes: ['.'.repeat(1 + v * 500)] }),
    },
  ]
}

type Headers = readonly (readonly [string, Buffer])[]

function http(headers: Headers, body: Buffer = Buffer.alloc(0)): Shape {
  return {
    requiredScopes: ['bob.user.read'],
    credential: {
      $case: 'httpSignature',
      value: {
        ...{ method: 'PUT', target: '/users/7?full=1', authority: 'bob.example' },
        headers: headers.map(([name, value]) => ({ name, value })),
        body: { $case: 'bodyBytes', value: body },
      },
    },
  }
}

/** Signed in the simple profile of docs/protocol.md. */
function signedRequest(
  { key, chainDer }: Victim,
  { nonce, ageSeconds = 0 }: { readonly nonce: string; readonly ageSeconds?: number },
): Shape {
  const body = Buffer.from('{"name":"Robert"}')
  const timestamp = String(Math.floor(Date.now() / 1000) - ageSeconds)
  const digest = createHash('sha256').update(body).digest('hex')
  const base = ['PUT', '/users/7?full=1', 'bob.example', digest, timestamp, nonce].join('\n')
  const headers = {
    'X-Client-Cert': chainDer.map((der) => Buffer.from(der).toString('base64')).join(','),
    'X-Timestamp': timestamp,
    'X-Nonce': nonce,
    'X-Signature': sign('sha256', Buffer.from(base), key).toString('base64'),
  }
  return http(
    Object.entries(headers).map(([name, value]) => [name, Buffer.from(value)]),
    body,
  )
}

function presented(chain: readonly Uint8Array[]): Shape {
  return {
    credential: {
      $case: 'presentedCertificate',
      value: { certificateChainDer: chain.map((der) => Buffer.from(der)) },
    },
  }
}

function detached({ chainDer }: Victim, signature: Buffer): Shape {
  return {
    credential: {
      $case: 'detachedSignature',
      value: {
        certificateChainDer: chainDer.map((der) => Buffer.from(der)),
        signed: { $case: 'message', value: Buffer.from('message') },
        signature,
      },
    },
  }
}

/** SEQUENCEs in SEQUENCEs, `depth` of them. */
function nest(depth: number): Buffer {
  let der = Buffer.alloc(0)
  for (let i = 0; i < depth; i++) {
    const length = der.length < 0x80 ? [der.length] : [0x82, der.length >> 8, der.length & 0xff]
    der = Buffer.concat([Buffer.of(0x30, ...length), der])
  }
  return der
}

/** Somebody with authorities of their own. */
function createStranger() {
  const key = newKey()
  const ringKeys = Array.from({ length: MAX_CHAIN_CERTIFICATES - 1 }, newKey)
  const span = {
    notBefore: new Date(Date.now() - 3_600_000),
    notAfter: new Date(Date.now() + 86_400_000),
  }
  const signed = { publicKey: key, signer: key, ...span }
  const client = (issuer: string, seed: string) =>
    encodeTestCertificate({
      ...signed,
      serialNumber: Buffer.concat([Buffer.of(1), octets(`leaf ${seed}`, 8)]),
      issuer,
      subject: 'alice',
      extensions: clientExtensions(key, key, {
        uris: ['spiffe://chancery.example/client/alice'],
        scopes: ['bob.user.read'],
      }),
    })
  const authority = (issuer: string, subject: string, seed: string) =>
    encodeTestCertificate({
      ...signed,
      serialNumber: Buffer.concat([Buffer.of(1), octets(`ca ${seed}`, 8)]),
      issuer,
      subject,
      extensions: authorityExtensions(key, key),
    })
  return {
    key,
    /** Each under the next. */
    chain: (length: number, seed: string) => [
      client('CA 1', seed),
      ...Array.from({ length: length - 1 }, (_, i) =>
        authority(`CA ${i + 2}`, `CA ${i + 1}`, `${seed}.${i}`),
      ),
    ],
    /** Each under all others. */
    mesh: (length: number, seed: string) => [
      client('Mesh', seed),
      ...Array.from({ length: length - 1 }, (_, i) => authority('Mesh', 'Mesh', `${seed}.${i}`)),
    ],
    /** Each under the next by signature, under all by name, and none says which: whoever looks for a path has to try every key. */
    ring: (name: Uint8Array, seed: string) => {
      const issued = (publicKey: KeyObject, number: number, subject: string | Uint8Array) => {
        const signer = ringKeys[number % ringKeys.length]!
        const extensions =
          subject === name
            ? authorityExtensions(publicKey, signer)
            : clientExtensions(publicKey, signer, {
                uris: ['spiffe://chancery.example/client/alice'],
                scopes: [],
              })
        return encodeTestCertificate({
          ...{ ...span, publicKey, signer, issuer: name, subject },
          serialNumber: Buffer.concat([Buffer.of(1), octets(`ring ${seed}.${number}`, 8)]),
          extensions: extensions.filter(({ oid }) => oid !== OID.authorityKeyIdentifier),
        })
      }
      return [issued(key, 0, 'alice'), ...ringKeys.map((publicKey, i) => issued(publicKey, i + 1, name))]
    },
  }
}

function newKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
}
