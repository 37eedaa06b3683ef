import { formatBase64 } from '../../../src/core/bytes.ts'
import { hash, sha256 } from '../../../src/core/crypto.ts'
import type { HttpRequest } from '../../../src/core/request/http-request.ts'
import {
  type DecisionFixture,
  FIXTURE_NONCE,
  FIXTURE_NOW,
  keyIdOf,
  header,
  withHeader,
} from '../../support/decision-fixture.ts'
import { ALL_COMPONENTS, MESSAGE_BODY, type MessageOptions, message } from '../../support/message-fixture.ts'
import { ALLOWED, type VectorCase, denied } from './vector-case.ts'

const SECONDS = FIXTURE_NOW.getTime() / 1000
const OTHER_BODY = Buffer.from('{"name":"Mallory"}')
const NO_BODY = { method: 'GET', body: { kind: 'absent' }, contentDigest: '' } as const
const WITHOUT_DIGEST = ALL_COMPONENTS.replace(' "content-digest"', '')

type Tamper = (request: HttpRequest) => HttpRequest

/** Requests signed by our profile of RFC 9421. */
export function messageCases(fixture: DecisionFixture): readonly VectorCase[] {
  return [
    ...allowed(fixture),
    ...missing(fixture),
    ...malformed(fixture),
    ...uncovered(fixture),
    ...algorithms(fixture),
    ...times(fixture),
    ...others(fixture),
    ...changed(fixture),
  ]
}

function allowed(fixture: DecisionFixture): VectorCase[] {
  const sha512 = `sha-512=:${formatBase64(hash('sha512', MESSAGE_BODY))}:`
  const both = `sha-256=:${formatBase64(sha256(MESSAGE_BODY))}:, unknown=:AAAA:`
  const allow = (id: string, comment: string, offered: VectorCase['offered']): VectorCase => ({
    id: `allow-message-${id}`,
    comment,
    flags: ['Good'],
    offered,
    expect: ALLOWED,
  })
  const pss: MessageOptions = { algorithm: 'rsa-pss-sha512' }
  return [
    ...(['p256', 'p384', 'ed25519', 'rsa2048'] as const).map((key) =>
      allow(key, `a message signed with a key of type ${key}`, message(fixture, key)),
    ),
    allow('rsa-pss', 'RSA by PSS, which `alg` says', message(fixture, 'rsa2048', pss)),
    allow(
      'no-body',
      'without a body no Content-Digest is asked',
      message(fixture, 'ed25519', { ...NO_BODY, components: WITHOUT_DIGEST }),
    ),
    allow(
      'no-query',
      'without a query `@query` is the question mark alone',
      message(fixture, 'ed25519', { target: '/users/7' }),
    ),
    allow('sha-512', 'a Content-Digest by SHA-512', message(fixture, 'ed25519', { contentDigest: sha512 })),
    allow(
      'digest-unknown',
      'an unknown digest beside one that is known',
      message(fixture, 'ed25519', { contentDigest: both }),
    ),
    allow(
      'body-digest',
      'the resource server sends the SHA-256 of a large body',
      message(fixture, 'ed25519', { body: { kind: 'sha256', digest: sha256(MESSAGE_BODY) } }),
    ),
    allow(
      'default-port',
      'the port that the scheme has by default is not part of the authority',
      message(fixture, 'ed25519', { authority: 'bob.example' }, (request) => ({
        ...request,
        authority: 'BOB.example:443',
      })),
    ),
    allow(
      'more',
      'further components, also with parameters, and parameters that are not known',
      message(fixture, 'ed25519', {
        components: `"content-type" "content-type";bs "content-digest";key="sha-256" ${ALL_COMPONENTS} "@query-param";name="full"`,
        parameters: { new: '?0' },
      }),
    ),
    allow(
      'absolute',
      'a whole URI as target, with `@request-target` covered',
      message(fixture, 'ed25519', {
        target: 'https://bob.example:8443/users/7?full=1',
        components: `${ALL_COMPONENTS} "@request-target"`,
      }),
    ),
    allow(
      'two',
      'a second signature with another tag, of which nothing is understood',
      message(fixture, 'ed25519', {}, (request) =>
        extend(
          extend(request, 'Signature-Input', 'other=("@new";x);tag="web-bot-auth"'),
          'Signature',
          'other=:AAAA:',
        ),
      ),
    ),
    allow(
      'white-space',
      'white space that a structured field may have',
      message(fixture, 'ed25519', {}, (request) =>
        replace(request, 'Signature-Input', (value) => value.replaceAll('" "', '"  "').replaceAll(';', '; ')),
      ),
    ),
  ]
}

function missing(fixture: DecisionFixture): VectorCase[] {
  const cases: readonly (readonly [string, string, Tamper])[] = [
    ['x-client-cert', 'no certificate', (request) => withHeader(request, 'X-Client-Cert', undefined)],
    ['signature', 'no Signature', (request) => withHeader(request, 'Signature', undefined)],
    ['signature-input', 'no Signature-Input', (request) => withHeader(request, 'Signature-Input', undefined)],
    ['label', 'a Signature with another label', (request) => replace(request, 'Signature', (v) => `x${v}`)],
    [
      'tag',
      'no signature with the tag',
      (request) => replace(request, 'Signature-Input', (value) => value.replace('"chancery"', '"Chancery"')),
    ],
    [
      'empty',
      'empty lists',
      (request) => withHeader(withHeader(request, 'Signature', ''), 'Signature-Input', ''),
    ],
  ]
  return cases.map(([id, comment, tamper]) => ({
    id: `message-missing-${id}`,
    comment,
    flags: ['Missing'],
    offered: message(fixture, 'ed25519', {}, tamper),
    expect: denied('CREDENTIAL_MISSING'),
  }))
}

function malformed(fixture: DecisionFixture): VectorCase[] {
  const input =
    (change: (value: string) => string): Tamper =>
    (request) =>
      replace(request, 'Signature-Input', change)
  const tampered: readonly (readonly [string, string, Tamper])[] = [
    ['input', 'a Signature-Input that is no dictionary', input((value) => `${value},`)],
    ['input-item', 'a Signature-Input that is no inner list', input(() => 'sig="x";tag="chancery"')],
    ['input-twice', 'a label that is there twice', input((value) => `${value}, ${value}`)],
    ['parameter-twice', 'a parameter that is there twice', input((value) => `${value};tag="chancery"`)],
    [
      'signature-token',
      'a Signature that is no byte sequence',
      (request) => withHeader(request, 'Signature', 'sig=AAAA'),
    ],
    [
      'signature-base64',
      'base64 without its padding',
      (request) => withHeader(request, 'Signature', 'sig=:AAA:'),
    ],
    [
      'signature-long',
      'a signature of more than 1 KiB',
      (request) => withHeader(request, 'Signature', `sig=:${'A'.repeat(1368)}:`),
    ],
    [
      'two',
      'two signatures with the tag',
      (request) =>
        extend(extend(request, 'Signature-Input', 'other=();tag="chancery"'), 'Signature', 'other=:AAAA:'),
    ],
    ['created-string', 'a time as text', input((value) => value.replace(/created=(\d+)/, 'created="$1"'))],
    ['created-date', 'a time as a date', input((value) => value.replace('created=', 'created=@'))],
    [
      'component-unknown',
      'a derived component that is not known',
      input((value) => value.replace('"@method"', '"@new" "@method"')),
    ],
    [
      'component-status',
      'the status of a response',
      input((value) => value.replace('"@method"', '"@status" "@method"')),
    ],
    [
      'component-req',
      'a component of the request of a response',
      input((value) => value.replace('"@method"', '"@method";req "@method"')),
    ],
    ['component-trailer', 'a trailer', input((value) => value.replace('"@method"', '"x-a";tr "@method"'))],
    [
      'component-twice',
      'a component that is there twice',
      input((value) => value.replace('"@method"', '"@method" "@method"')),
    ],
    [
      'component-absent',
      'a field that is not there',
      input((value) => value.replace('"@method"', '"x-absent" "@method"')),
    ],
    [
      'component-case',
      'a field name in upper case',
      input((value) => value.replace('"@method"', '"Content-Type" "@method"')),
    ],
    [
      'certificate-twice',
      'a second X-Client-Cert',
      (request) => ({ ...request, headers: [...request.headers, header('x-client-cert', 'AAAA')] }),
    ],
    [
      'authority',
      'a whole URI of another authority',
      (request) => ({ ...request, target: 'https://mallory.example/users/7?full=1' }),
    ],
    ['method', 'a line feed in the method', (request) => ({ ...request, method: 'POST\n"x": 1' })],
  ]
  const signed: readonly (readonly [string, string, MessageOptions])[] = [
    ['keyid', 'a keyid of another certificate', { parameters: { keyid: '"AAAA"' } }],
    ['expires', 'an end before the beginning', { parameters: { expires: String(SECONDS) } }],
    ['digest', 'a Content-Digest that is no dictionary', { contentDigest: 'AAAA' }],
  ]
  return [
    ...tampered.map(
      ([id, comment, tamper]) => [id, comment, message(fixture, 'ed25519', {}, tamper)] as const,
    ),
    ...signed.map(([id, comment, options]) => [id, comment, message(fixture, 'ed25519', options)] as const),
  ].map(([id, comment, offered]) => ({
    id: `message-malformed-${id}`,
    comment,
    flags: ['Malformed'],
    offered,
    expect: denied('CREDENTIAL_MALFORMED'),
  }))
}

function uncovered(fixture: DecisionFixture): VectorCase[] {
  const components = ALL_COMPONENTS.split(' ')
  const cases: readonly (readonly [string, string, MessageOptions])[] = [
    ['nothing', 'nothing is covered', { components: '' }],
    ...components.map((left) => {
      const name = left.replaceAll(/["@]/g, '')
      const some = components.filter((component) => component !== left).join(' ')
      return [name, `${left} is not covered`, { components: some }] as const
    }),
    ...['created', 'expires', 'nonce', 'keyid', 'alg'].map(
      (name) => [`parameter-${name}`, `there is no ${name}`, { parameters: { [name]: '' } }] as const,
    ),
    [
      'one-digest',
      'one member of the Content-Digest is covered, and not all of it',
      { components: `${WITHOUT_DIGEST} "content-digest";key="sha-256"` },
    ],
    [
      'body-digest',
      'a body of which only the SHA-256 is known, not covered',
      { components: WITHOUT_DIGEST, body: { kind: 'sha256', digest: sha256(OTHER_BODY) } },
    ],
    [
      'absolute',
      'a whole URI as target, of which only parts are covered',
      { target: 'https://bob.example:8443/users/7?full=1' },
    ],
    ['asterisk', 'the target `*`, which `@path` does not tell from `/`', { method: 'OPTIONS', target: '*' }],
  ]
  return [
    ...cases.map(([id, comment, options]) => ({
      id: `uncovered-${id}`,
      comment,
      flags: ['Coverage'],
      offered: message(fixture, 'ed25519', options),
      expect: denied('COVERAGE_INSUFFICIENT'),
    })),
    {
      id: 'uncovered-body-added',
      comment: 'a body was added to a request that was signed without one',
      flags: ['Coverage', 'Changed'],
      offered: message(fixture, 'ed25519', { ...NO_BODY, components: WITHOUT_DIGEST }, (request) => ({
        ...request,
        body: { kind: 'bytes', bytes: OTHER_BODY },
      })),
      expect: denied('COVERAGE_INSUFFICIENT'),
    },
  ]
}

function algorithms(fixture: DecisionFixture): VectorCase[] {
  const cases = [
    ['hmac', 'ed25519', 'hmac-sha256'],
    ['none', 'ed25519', 'none'],
    ['empty', 'ed25519', ''],
    ['p384-for-p256', 'p256', 'ecdsa-p384-sha384'],
    ['rsa-for-p256', 'p256', 'rsa-v1_5-sha256'],
    ['ed25519-for-rsa', 'rsa2048', 'ed25519'],
    ['case', 'ed25519', 'Ed25519'],
  ] as const
  return cases.map(([id, key, algorithm]) => ({
    id: `message-algorithm-${id}`,
    comment: 'an `alg` that is not one of the key, rightly signed',
    flags: ['AlgorithmConfusion'],
    offered: message(fixture, key, { parameters: { alg: `"${algorithm}"` } }),
    expect: denied('SIGNATURE_ALGORITHM_INVALID'),
  }))
}

function times(fixture: DecisionFixture): VectorCase[] {
  const at = (created: number, expires: number) =>
    message(fixture, 'ed25519', { parameters: { created: String(created), expires: String(expires) } })
  const cases = [
    ['old', 'made 61 s ago, though it has not expired', at(SECONDS - 61, SECONDS + 60), 'SIGNATURE_EXPIRED'],
    ['expired', 'expired a second ago', at(SECONDS - 10, SECONDS - 1), 'SIGNATURE_EXPIRED'],
    ['very-old', 'made in 1970', at(0, 1), 'SIGNATURE_EXPIRED'],
    ['early', 'made 31 s ahead', at(SECONDS + 31, SECONDS + 60), 'SIGNATURE_NOT_YET_VALID'],
  ] as const
  return [
    ...cases.map(([id, comment, offered, reason]) => ({
      id: `message-${id}`,
      comment,
      flags: ['Time'],
      offered,
      expect: denied(reason),
    })),
    {
      id: 'allow-message-last-second',
      comment: 'at the very end of it',
      flags: ['Good'],
      offered: at(SECONDS - 60, SECONDS),
      expect: ALLOWED,
    },
  ]
}

function others(fixture: DecisionFixture): VectorCase[] {
  const one = (
    id: string,
    comment: string,
    flag: string,
    reason: Parameters<typeof denied>[0],
    offered: VectorCase['offered'],
    rest: Partial<VectorCase> = {},
  ): VectorCase => ({ id: `message-${id}`, comment, flags: [flag], offered, expect: denied(reason), ...rest })
  const nonce = (text: string) => message(fixture, 'ed25519', { parameters: { nonce: `"${text}"` } })
  const other = `sha-256=:${formatBase64(sha256(OTHER_BODY))}:`
  return [
    one('nonce-short', 'a nonce of 15 characters', 'Nonce', 'NONCE_INVALID', nonce('a'.repeat(15))),
    one('nonce-long', 'a nonce of 129 characters', 'Nonce', 'NONCE_INVALID', nonce('a'.repeat(129))),
    one('nonce-space', 'a nonce with a space', 'Nonce', 'NONCE_INVALID', nonce('aaaaaaaa aaaaaaaa')),
    one(
      'truncated',
      'the body is not whole',
      'Body',
      'BODY_TRUNCATED',
      message(fixture, 'ed25519', {}, (request) => ({ ...request, bodyTruncated: true })),
    ),
    one(
      'digest-other',
      'a Content-Digest of another body, rightly signed',
      'Body',
      'DIGEST_MISMATCH',
      message(fixture, 'ed25519', { contentDigest: other }),
    ),
    one(
      'digest-unknown',
      'a Content-Digest that cannot be checked',
      'Body',
      'DIGEST_MISMATCH',
      message(fixture, 'ed25519', { contentDigest: 'unknown=:AAAA:' }),
    ),
    one(
      'digest-second',
      'a right SHA-256 beside a wrong SHA-512',
      'Body',
      'DIGEST_MISMATCH',
      message(fixture, 'ed25519', {
        contentDigest: `sha-256=:${formatBase64(sha256(MESSAGE_BODY))}:, sha-512=:${formatBase64(hash('sha512', OTHER_BODY))}:`,
      }),
    ),
    one(
      'body-changed',
      'another body under the signed Content-Digest',
      'Body',
      'DIGEST_MISMATCH',
      message(fixture, 'ed25519', {}, (request) => ({
        ...request,
        body: { kind: 'bytes', bytes: OTHER_BODY },
      })),
    ),
    one(
      'body-dropped',
      'the body was taken away',
      'Body',
      'DIGEST_MISMATCH',
      message(fixture, 'ed25519', {}, (request) => ({ ...request, body: { kind: 'absent' } })),
    ),
    one(
      'der',
      'an ECDSA signature in DER, where r and s are to stand side by side',
      'Signature',
      'SIGNATURE_INVALID',
      message(fixture, 'p256', {}, (request) =>
        withHeader(request, 'Signature', `sig=:${formatBase64(Uint8Array.of(0x30, 6, 2, 1, 1, 2, 1, 1))}:`),
      ),
    ),
    one(
      'pss-as-pkcs1',
      'a PSS signature that says PKCS #1 v1.5',
      'Signature',
      'SIGNATURE_INVALID',
      message(fixture, 'rsa2048', { algorithm: 'rsa-pss-sha512', parameters: { alg: '"rsa-v1_5-sha256"' } }),
    ),
    one(
      'other-key',
      "another client's key signed",
      'Signature',
      'SIGNATURE_INVALID',
      message(fixture, 'ed25519', {
        chain: [fixture.client('p256')],
        algorithm: 'ed25519',
        parameters: { alg: '"ecdsa-p256-sha256"' },
      }),
    ),
    one('replayed', 'a nonce that was used with the key', 'Replay', 'NONCE_REPLAYED', message(fixture), {
      seenNonces: [{ keyId: keyIdOf(fixture.client('ed25519')), nonce: FIXTURE_NONCE }],
    }),
  ]
}

function changed(fixture: DecisionFixture): VectorCase[] {
  const cases: readonly (readonly [string, Tamper])[] = [
    ['method', (request) => ({ ...request, method: 'PUT' })],
    ['method-case', (request) => ({ ...request, method: 'post' })],
    ['path', (request) => ({ ...request, target: '/users/8?full=1' })],
    ['path-escaped', (request) => ({ ...request, target: '/%75sers/7?full=1' })],
    ['query', (request) => ({ ...request, target: '/users/7?full=2' })],
    ['query-dropped', (request) => ({ ...request, target: '/users/7' })],
    ['authority', (request) => ({ ...request, authority: 'carol.example:8443' })],
    ['port', (request) => ({ ...request, authority: 'bob.example' })],
    [
      'chain',
      (request) => replace(request, 'X-Client-Cert', (value) => `${value},${formatBase64(fixture.issuing)}`),
    ],
    ['digest-added', (request) => replace(request, 'Content-Digest', (value) => `${value}, unknown=:AAAA:`)],
    [
      'created',
      (request) =>
        replace(request, 'Signature-Input', (v) => v.replace(String(SECONDS), String(SECONDS - 1))),
    ],
    [
      'nonce',
      (request) => replace(request, 'Signature-Input', (v) => v.replace(FIXTURE_NONCE, 'ponmlkjihgfedcba')),
    ],
    [
      'order',
      (request) =>
        replace(request, 'Signature-Input', (v) => v.replace('"@path" "@query"', '"@query" "@path"')),
    ],
  ]
  return cases.map(([id, tamper]) => ({
    id: `message-changed-${id}`,
    comment: `the ${id.replace('-', ' ')} was changed after signing`,
    flags: ['Changed'],
    offered: message(fixture, 'ed25519', {}, tamper),
    expect: denied('SIGNATURE_INVALID'),
  }))
}

/** The request with the value of a header changed. */
function replace(request: HttpRequest, name: string, change: (value: string) => string): HttpRequest {
  const field = request.headers.find((one) => one.name === name)
  return withHeader(request, name, change(Buffer.from(field?.value ?? []).toString('latin1')))
}

/** The request with another line of a header. */
function extend(request: HttpRequest, name: string, value: string): HttpRequest {
  return { ...request, headers: [...request.headers, header(name, value)] }
}
