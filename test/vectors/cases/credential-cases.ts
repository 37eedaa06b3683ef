import { formatBase64 } from '../../../src/core/bytes.ts'
import { type DecisionFixture, FIXTURE_NOW, header, withHeader } from '../../support/decision-fixture.ts'
import { type VectorCase, denied, detached, presented, simple } from './vector-case.ts'

const SECONDS = FIXTURE_NOW.getTime() / 1000

export function credentialCases(fixture: DecisionFixture): readonly VectorCase[] {
  return [
    ...missing(fixture),
    ...malformedHeaders(fixture),
    ...injections(fixture),
    ...malformedOthers(fixture),
  ]
}

function missing(fixture: DecisionFixture): VectorCase[] {
  const headers = ['X-Client-Cert', 'X-Timestamp', 'X-Nonce', 'X-Signature']
  return [
    ...headers.map((name) => ({
      id: `missing-${name.toLowerCase()}`,
      comment: `the header ${name} is not there`,
      flags: ['Missing'],
      offered: simple(fixture, 'ed25519', {}, (request) => withHeader(request, name, undefined)),
      expect: denied('CREDENTIAL_MISSING'),
    })),
    {
      id: 'missing-signature-detached',
      comment: 'a detached signature of no octets',
      flags: ['Missing'],
      offered: detached(fixture, 'ed25519', { signature: new Uint8Array(0) }),
      expect: denied('CREDENTIAL_MISSING'),
    },
    {
      id: 'missing-chain-presented',
      comment: 'no certificate is presented',
      flags: ['Missing'],
      offered: presented(),
      expect: denied('CREDENTIAL_MISSING'),
    },
  ]
}

function malformedHeaders(fixture: DecisionFixture): VectorCase[] {
  const certificate = formatBase64(fixture.client('ed25519'))
  const values: readonly (readonly [id: string, comment: string, name: string, value: string])[] = [
    ['timestamp-sign', 'a sign before the timestamp', 'X-Timestamp', `+${SECONDS}`],
    ['timestamp-negative', 'a negative timestamp', 'X-Timestamp', '-1'],
    ['timestamp-zero', 'a leading zero', 'X-Timestamp', `0${SECONDS}`],
    ['timestamp-fraction', 'a fraction', 'X-Timestamp', `${SECONDS}.0`],
    ['timestamp-exponent', 'an exponent', 'X-Timestamp', '1e9'],
    ['timestamp-hex', 'hex digits', 'X-Timestamp', '0x5f5e100'],
    ['timestamp-space', 'white space around the timestamp', 'X-Timestamp', ` ${SECONDS}`],
    ['timestamp-long', 'thirteen digits: milliseconds', 'X-Timestamp', `${SECONDS}000`],
    ['timestamp-empty', 'an empty timestamp', 'X-Timestamp', ''],
    ['signature-url', 'the URL alphabet of base64', 'X-Signature', '-_8='],
    ['signature-padding', 'base64 without padding', 'X-Signature', 'AAA'],
    ['signature-bits', 'base64 with unused bits that are not zero', 'X-Signature', 'AAB='],
    ['signature-empty', 'an empty signature', 'X-Signature', ''],
    ['signature-space', 'white space in base64', 'X-Signature', 'AAAA AAA='],
    ['signature-long', 'a signature of more than 1 KiB', 'X-Signature', 'A'.repeat(1368)],
    ['certificate-base64', 'a certificate that is not base64', 'X-Client-Cert', 'not base64!'],
    ['certificate-empty', 'an empty certificate header', 'X-Client-Cert', ''],
    ['certificate-comma', 'an empty element in the list of certificates', 'X-Client-Cert', `${certificate},`],
    [
      'certificate-pem',
      'PEM in place of base64 DER',
      'X-Client-Cert',
      `-----BEGIN CERTIFICATE-----${certificate}`,
    ],
    [
      'certificate-nine',
      'nine certificates',
      'X-Client-Cert',
      Array.from({ length: 9 }, () => 'AAAA').join(','),
    ],
    ['digest-syntax', 'a Content-Digest without colons', 'Content-Digest', 'sha-256=AAAA'],
    ['digest-length', 'a Content-Digest of three octets', 'Content-Digest', 'sha-256=:AAAA:'],
    ['digest-hex', 'an X-Content-SHA256 in upper case', 'X-Content-SHA256', 'AB'.repeat(32)],
  ]
  const names = ['X-Client-Cert', 'X-Timestamp', 'X-Nonce', 'X-Signature', 'X-Content-SHA256']
  return [
    ...values.map(([id, comment, name, value]) => ({
      id: `malformed-${id}`,
      comment,
      flags: ['Malformed'],
      offered: simple(fixture, 'ed25519', {}, (request) => withHeader(request, name, value)),
      expect: denied('CREDENTIAL_MALFORMED'),
    })),
    ...names.map((name) => ({
      id: `repeated-${name.toLowerCase()}`,
      comment: `a second ${name} in another case, with the same value`,
      flags: ['Repeated'],
      offered: simple(fixture, 'ed25519', {}, (request) => {
        const first = request.headers.find((field) => field.name === name) ?? header(name, 'ab'.repeat(32))
        const headers = request.headers.filter((field) => field.name !== name)
        return { ...request, headers: [...headers, first, { ...first, name: name.toUpperCase() }] }
      }),
      expect: denied('CREDENTIAL_MALFORMED'),
    })),
  ]
}

/** The signature is good for the octets of the base; the request they are taken for is another. */
function injections(fixture: DecisionFixture): VectorCase[] {
  const cases = [
    ['method', { method: 'GET\n/public', target: '/admin' }],
    ['target', { target: '/users\nbob.example' }],
    ['target-carriage-return', { target: '/users\r' }],
    ['target-space', { target: '/users HTTP/1.1' }],
    ['target-nul', { target: '/users\0' }],
    ['target-non-ascii', { target: '/users/ü' }],
    ['authority', { authority: 'bob.example\nx' }],
    ['authority-userinfo', { authority: 'alice@bob.example' }],
    ['authority-space', { authority: 'bob.example ' }],
  ] as const
  return cases.map(([id, options]) => ({
    id: `injection-${id}`,
    comment: 'octets that HTTP does not allow there, rightly signed',
    flags: ['BaseInjection'],
    offered: simple(fixture, 'ed25519', options),
    expect: denied('CREDENTIAL_MALFORMED'),
  }))
}

function malformedOthers(fixture: DecisionFixture): VectorCase[] {
  const leaf = fixture.client('ed25519')
  return [
    {
      id: 'malformed-detached-signature-long',
      comment: 'a detached signature of more than 1 KiB',
      flags: ['Malformed'],
      offered: detached(fixture, 'ed25519', { signature: new Uint8Array(1025) }),
      expect: denied('CREDENTIAL_MALFORMED'),
    },
    {
      id: 'malformed-presented-nine',
      comment: 'nine certificates',
      flags: ['Malformed'],
      offered: presented(...Array.from({ length: 9 }, () => leaf)),
      expect: denied('CREDENTIAL_MALFORMED'),
    },
  ]
}
