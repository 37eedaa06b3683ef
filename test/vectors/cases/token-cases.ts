import { createHmac, createPublicKey } from 'node:crypto'
import type { DenyReason } from '../../../src/core/decision/deny-reason.ts'
import type { BearerCredential } from '../../../src/core/request/credential.ts'
import { type DecisionFixture, FIXTURE_NOW } from '../../support/decision-fixture.ts'
import {
  NOW_SECONDS,
  type TokenChange,
  bearer,
  boundTo,
  encode,
  fixtureJwks,
  signCompact,
  signToken,
} from '../../support/token-fixture.ts'
import { SERIAL, issuingList, revoking, rootList } from '../../support/fixture-lists.ts'
import { ALLOWED, type VectorCase, denied } from './vector-case.ts'

export function tokenCases(fixture: DecisionFixture): readonly VectorCase[] {
  return [
    ...good(fixture),
    ...malformed(fixture),
    ...keys(fixture),
    ...times(fixture),
    ...bindings(fixture),
    ...standings(fixture),
    ...entitlements(fixture),
  ]
}

type Row = readonly [id: string, comment: string, offered: BearerCredential, more?: Partial<VectorCase>]

function rows(flag: string, reason: DenyReason | undefined, list: readonly Row[]): VectorCase[] {
  return list.map(([id, comment, offered, more]) => ({
    id: `token-${id}`,
    comment,
    flags: [flag],
    offered,
    expect: reason === undefined ? ALLOWED : denied(reason),
    ...more,
  }))
}

function good(fixture: DecisionFixture): VectorCase[] {
  const leaf = fixture.client('ed25519')
  const token = (change?: TokenChange) => signToken(fixture.keys, change)
  return rows('Good', undefined, [
    ['eddsa', 'a token that Ed25519 signed', bearer(token())],
    ['es256', 'a token that P-256 signed', bearer(token({ key: 'token256' }))],
    [
      'bound',
      'a token beside the certificate that it is bound to',
      bearer(token({ claims: boundTo(leaf) }), leaf),
    ],
    [
      'unbound',
      'a certificate beside a token that is not bound means nothing',
      bearer(token(), fixture.client('p256', { clientId: 'bob' })),
    ],
    [
      'media-type',
      'typ as a whole media type, in any case',
      bearer(token({ header: { typ: 'Application/AT+JWT' } })),
    ],
    [
      'audiences',
      'several audiences, one of them ours',
      bearer(token({ claims: { aud: ['https://other.example', 'spiffe://chancery.example'] } })),
    ],
    [
      'addressed',
      'a token for the resource server that asks, and for those below it',
      bearer(token({ claims: { aud: 'bob' } })),
      { audience: 'bob.user' },
    ],
    [
      'extra',
      'claims and header parameters that nobody knows',
      bearer(token({ header: { x5u: 'https://evil.example' }, claims: { azp: 'mallory', auth_time: 1 } })),
    ],
    ['last-second', 'the last second before exp', bearer(token({ claims: { exp: NOW_SECONDS + 1 } }))],
    [
      'skewed',
      'an issuer whose clock is thirty seconds ahead',
      bearer(token({ claims: { iat: NOW_SECONDS + 30, nbf: NOW_SECONDS + 30 } })),
    ],
  ])
}

function malformed(fixture: DecisionFixture): VectorCase[] {
  const token = (change?: TokenChange) => signToken(fixture.keys, change)
  const [header, payload, signature] = token().split('.') as [string, string, string]
  const raw = (head: string, body: string) => bearer(signCompact(head, body, fixture.keys.token))
  const text = (json: string) => Buffer.from(json).toString('base64url')
  const headerText = decode(header)
  const claimsText = decode(payload)
  const claims: readonly (readonly [string, string, Readonly<Record<string, unknown>>])[] = [
    ['no-iss', 'no issuer', { iss: undefined }],
    ['no-exp', 'no end', { exp: undefined }],
    ['no-iat', 'no time of issue', { iat: undefined }],
    ['no-jti', 'no id', { jti: undefined }],
    ['no-aud', 'no audience', { aud: [] }],
    ['no-client', 'no client', { client_id: undefined }],
    ['sub', 'a subject that is not the client', { sub: 'bob' }],
    ['client', 'a client id that is none', { sub: '../alice', client_id: '../alice' }],
    ['exp-text', 'an end that is text', { exp: '1780315440' }],
    ['exp-fraction', 'an end between two seconds', { exp: NOW_SECONDS + 0.5 }],
    ['exp-far', 'an end further off than a day after the issue', { exp: NOW_SECONDS + 86_400 }],
    ['exp-huge', 'an end that no date can hold', { exp: 1e300 }],
    ['exp-before', 'an end before the issue', { exp: NOW_SECONDS - 61 }],
    ['nbf', 'a begin that is null', { nbf: null }],
    ['cnf-jkt', 'bound to a key in a way that is not checked here', { cnf: { jkt: 'A'.repeat(43) } }],
    ['cnf-both', 'bound in two ways', { cnf: { 'x5t#S256': 'A'.repeat(43), jkt: 'A'.repeat(43) } }],
    ['cnf-empty', 'a binding to nothing', { cnf: {} }],
    ['cnf-null', 'a binding that is null', { cnf: null }],
    ['cnf-short', 'a thumbprint that is cut', { cnf: { 'x5t#S256': 'A'.repeat(42) } }],
  ]
  return [
    ...rows('MalformedToken', 'TOKEN_MALFORMED', [
      ['typ-jwt', 'a JWT that is no access token', bearer(token({ header: { typ: 'JWT' } }))],
      ['typ-none', 'a JWT without a type', bearer(token({ header: { typ: undefined } }))],
      ['kid-none', 'a token that names no key', bearer(token({ header: { kid: undefined } }))],
      [
        'crit',
        'a critical extension that nobody knows',
        bearer(token({ header: { crit: ['exp'], exp: 1 } })),
      ],
      [
        'b64',
        'a payload that is not encoded (RFC 7797)',
        bearer(token({ header: { crit: ['b64'], b64: true } })),
      ],
      ['alg-twice', 'alg twice in the header', raw(text(headerText.replace('{', '{"alg":"none",')), payload)],
      [
        'scope-twice',
        'scope twice in the claims',
        raw(header, text(claimsText.replace('{', '{"scope":"root",'))),
      ],
      [
        'sub-escaped',
        'sub twice, once with an escape',
        raw(header, text(claimsText.replace('{', '{"s\\u0075b":"bob",'))),
      ],
      ['claims-list', 'claims that are a list', raw(header, text('[]'))],
      [
        'claims-utf8',
        'claims that are not UTF-8',
        raw(header, Buffer.from([0x7b, 0xff, 0x7d]).toString('base64url')),
      ],
      ['padding', 'base64 with padding', bearer(`${header}.${payload}.${signature}==`)],
      ['alphabet', 'the other base64 alphabet', bearer(`${header}.${payload}.+${signature.slice(1)}`)],
      ['two-parts', 'no signature', bearer(`${header}.${payload}`)],
      ['five-parts', 'a JWE', bearer(`${header}.${payload}.${payload}.${payload}.${signature}`)],
      ['scheme', 'the word Bearer before it', bearer(`Bearer ${token()}`)],
      ['list', 'two tokens, joined', bearer(`${token()},${token()}`)],
      ['long', 'more than 8 KiB', bearer(token({ claims: { pad: 'x'.repeat(8192) } }))],
    ]),
    ...rows(
      'MalformedToken',
      'TOKEN_MALFORMED',
      claims.map(([id, comment, change]) => [id, comment, bearer(token({ claims: change }))] as const),
    ),
    ...rows('Missing', 'CREDENTIAL_MISSING', [['empty', 'a token of no characters', bearer('')]]),
    ...rows('Scopes', 'SCOPES_MALFORMED', [
      ['scope-none', 'no scope claim', bearer(token({ claims: { scope: undefined } }))],
      ['scope-list', 'scopes as a list', bearer(token({ claims: { scope: ['bob.user.read'] } }))],
      ['scope-pattern', 'a pattern among the scopes', bearer(token({ claims: { scope: 'bob.**' } }))],
      [
        'scope-blanks',
        'two blanks between scopes',
        bearer(token({ claims: { scope: 'bob.user.read  bob.user.write' } })),
      ],
      [
        'scope-repeated',
        'a scope twice',
        bearer(token({ claims: { scope: 'bob.user.read bob.user.read' } })),
      ],
    ]),
  ]
}

function keys(fixture: DecisionFixture): VectorCase[] {
  const { stranger, token256 } = fixture.keys
  const token = (change?: TokenChange) => signToken(fixture.keys, change)
  const [header, payload, signature] = token().split('.') as [string, string, string]
  const changed = encode({ ...(JSON.parse(decode(payload)) as object), scope: 'bob.user.read bob.admin' })
  const [eddsa, es256] = fixtureJwks(fixture.keys).keys as readonly { kid: string }[]
  const spki = createPublicKey(token256).export({ format: 'der', type: 'spki' })
  const hs256 = `${encode({ typ: 'at+jwt', alg: 'HS256', kid: es256!.kid })}.${payload}`
  const mac = createHmac('sha256', spki).update(hs256).digest('base64url')
  const embedded = createPublicKey(stranger).export({ format: 'jwk' })
  return [
    ...rows('Issuer', 'TOKEN_ISSUER_UNKNOWN', [
      ['iss-other', 'another issuer', bearer(token({ claims: { iss: 'https://evil.example' } }))],
      [
        'iss-slash',
        'our issuer with a slash behind it',
        bearer(token({ claims: { iss: 'https://chancery.example/' } })),
      ],
      [
        'iss-case',
        'our issuer in other case',
        bearer(token({ claims: { iss: 'https://Chancery.example' } })),
      ],
    ]),
    ...rows('TokenKey', 'TOKEN_KEY_UNKNOWN', [
      ['kid-other', 'a key that is not published', bearer(token({ header: { kid: 'other' } }))],
      ['kid-empty', 'a key of no name', bearer(token({ header: { kid: '' } }))],
      ['kid-path', 'a path for a key', bearer(token({ header: { kid: '../../dev/null' } }))],
      [
        'kid-embedded',
        'an unknown key that is in the header',
        bearer(token({ header: { kid: 'x', jwk: embedded }, signer: stranger })),
      ],
    ]),
    ...rows('AlgorithmConfusion', 'TOKEN_ALGORITHM_INVALID', [
      [
        'alg-none',
        'no algorithm, and no signature',
        bearer(`${encode({ typ: 'at+jwt', alg: 'none', kid: eddsa!.kid })}.${payload}.`),
      ],
      ['alg-hs256', 'an HMAC under the public key', bearer(`${hs256}.${mac}`)],
      ['alg-kid', "another key's algorithm", bearer(token({ header: { kid: es256!.kid } }))],
      ['alg-unknown', 'an algorithm that nobody knows', bearer(token({ header: { alg: 'ES256K' } }))],
    ]),
    ...rows('Signature', 'TOKEN_SIGNATURE_INVALID', [
      ['stranger', 'another key than the one that is named', bearer(token({ signer: stranger }))],
      [
        'embedded',
        'a key in the header, which signed it',
        bearer(token({ header: { jwk: embedded }, signer: stranger })),
      ],
      ['changed', 'claims that were changed', bearer(`${header}.${changed}.${signature}`)],
      [
        'zero',
        'an ECDSA signature of zeros',
        bearer(`${token({ key: 'token256' }).split('.').slice(0, 2).join('.')}.${'A'.repeat(86)}`),
      ],
      ['unsigned', 'a signature of no octets', bearer(`${header}.${payload}.`)],
    ]),
  ]
}

function times(fixture: DecisionFixture): VectorCase[] {
  const token = (claims: TokenChange['claims'] = {}) => signToken(fixture.keys, { claims })
  const at = (seconds: number) => ({ at: new Date(FIXTURE_NOW.getTime() + seconds * 1000) })
  return [
    ...rows('Time', 'TOKEN_EXPIRED', [
      ['expired', 'at exp itself, without skew', bearer(token()), at(240)],
      ['expired-later', 'an hour after exp', bearer(token()), at(3600)],
      [
        'expired-long',
        'a token of last year',
        bearer(token({ iat: NOW_SECONDS - 365 * 86_400, exp: NOW_SECONDS - 365 * 86_400 + 300 })),
      ],
    ]),
    ...rows('Time', 'TOKEN_NOT_YET_VALID', [
      [
        'iat-future',
        'issued thirty-one seconds ahead',
        bearer(token({ iat: NOW_SECONDS + 31, exp: NOW_SECONDS + 331 })),
      ],
      ['nbf-future', 'begins thirty-one seconds ahead', bearer(token({ nbf: NOW_SECONDS + 31 }))],
      ['nbf-after-exp', 'begins after its end', bearer(token({ nbf: NOW_SECONDS + 241 }))],
      [
        'iat-behind-nbf',
        'issued ahead, though it begins before',
        bearer(token({ iat: NOW_SECONDS + 60, nbf: NOW_SECONDS - 60 })),
      ],
    ]),
  ]
}

function bindings(fixture: DecisionFixture): VectorCase[] {
  const leaf = fixture.client('ed25519')
  const bob = fixture.client('p384', { clientId: 'bob' })
  const expired = fixture.client('p256', { notAfter: new Date(FIXTURE_NOW.getTime() - 1000) })
  const to = (der: Uint8Array) => signToken(fixture.keys, { claims: boundTo(der) })
  return [
    ...rows('Binding', 'TOKEN_BINDING_MISMATCH', [
      ['bound-alone', 'no certificate beside a token that is bound', bearer(to(leaf))],
      ['bound-other', "the same client's other certificate", bearer(to(leaf), fixture.client('p256'))],
      ['bound-second', 'the right certificate, but not as leaf', bearer(to(leaf), bob, leaf)],
      [
        'bound-forwarded',
        'a proxy that saw no certificate',
        {
          ...bearer(to(leaf)),
          certificate: {
            kind: 'forwarded',
            header: 'client-cert',
            value: new Uint8Array(0),
            chainValue: new Uint8Array(0),
          },
        },
      ],
    ]),
    ...rows('Binding', 'CREDENTIAL_MALFORMED', [
      [
        'beside-malformed',
        "a proxy's header that cannot be read",
        {
          ...bearer(to(leaf)),
          certificate: {
            kind: 'forwarded',
            header: 'client-cert',
            value: Buffer.from(':!:'),
            chainValue: new Uint8Array(0),
          },
        },
      ],
    ]),
    ...rows('Binding', 'SUBJECT_INVALID', [
      ['bound-foreign', "bound to another client's certificate", bearer(to(bob), bob)],
    ]),
    ...rows('Binding', 'CERTIFICATE_EXPIRED', [
      ['bound-expired', 'bound to a certificate that has expired', bearer(to(expired), expired)],
    ]),
    ...rows('Binding', 'CERTIFICATE_REVOKED', [
      [
        'bound-revoked',
        'bound to a certificate that was revoked',
        bearer(to(leaf), leaf),
        { crls: [issuingList(fixture, revoking(SERIAL.ed25519)), rootList(fixture)] },
      ],
    ]),
    ...rows('Binding', 'CERTIFICATE_MALFORMED', [
      [
        'bound-garbage',
        'bound to octets that are no certificate',
        bearer(to(Buffer.from('no')), Buffer.from('no')),
      ],
    ]),
  ]
}

function standings(fixture: DecisionFixture): VectorCase[] {
  const leaf = fixture.client('ed25519')
  const token = bearer(signToken(fixture.keys))
  const bound = bearer(signToken(fixture.keys, { claims: boundTo(leaf) }), leaf)
  const freshness = { kind: 'max_staleness', milliseconds: 60_000 } as const
  return [
    ...rows('Revocation', 'TOKEN_REVOKED', [
      ['revoked', 'a token that was revoked', token, { revokedTokens: ['token-1'] }],
      [
        'revoked-bound',
        'a token that was revoked, its certificate was not',
        bound,
        { revokedTokens: ['token-1'] },
      ],
      [
        'revoked-one',
        'one of several that were revoked',
        token,
        { revokedTokens: ['token-0', 'token-1', 'token-2'] },
      ],
    ]),
    ...rows('Good', undefined, [
      ['revoked-other', 'other tokens were revoked', token, { revokedTokens: ['token-11', 'TOKEN-1', ''] }],
    ]),
    ...rows('Revocation', 'FRESHNESS_UNMET', [
      ['stale', 'a revocation state that is older than demanded', token, { freshness }],
    ]),
  ]
}

function entitlements(fixture: DecisionFixture): VectorCase[] {
  const token = (claims: TokenChange['claims'] = {}) => bearer(signToken(fixture.keys, { claims }))
  return [
    ...rows('Audience', 'AUDIENCE_MISMATCH', [
      ['aud-other', 'a token for another resource server', token({ aud: 'carol' }), { audience: 'bob' }],
      [
        'aud-unnamed',
        'a token for one resource server, and nobody says which one asks',
        token({ aud: 'bob' }),
      ],
      [
        'aud-longer',
        'a token for a part of the resource server',
        token({ aud: 'bob.user' }),
        { audience: 'bob' },
      ],
      ['aud-begin', 'a name that begins alike', token({ aud: 'bo' }), { audience: 'bob' }],
    ]),
    ...rows('Scope', 'SCOPE_INSUFFICIENT', [
      ['scope-missing', 'a scope that is not in the token', token({ scope: 'bob.user.write' })],
      ['scope-empty', 'a token without scopes', token({ scope: '' })],
      ['scope-prefix', 'a scope that begins alike', token({ scope: 'bob.user' })],
    ]),
  ]
}

function decode(text: string): string {
  return Buffer.from(text, 'base64url').toString()
}
