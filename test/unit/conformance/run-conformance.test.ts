import assert from 'node:assert/strict'
import { sign } from 'node:crypto'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { conformanceMain } from '../../../src/conformance/run-conformance.ts'
import { OID } from '../../../src/core/asn1/oids.ts'
import { encodeInteger, encodeSequence } from '../../../src/core/asn1/writer.ts'
import { formatBase64 } from '../../../src/core/bytes.ts'
import { encodeScopeExtension } from '../../../src/core/scope/scope-extension.ts'
import {
  buildCertificate,
  buildCrl,
  buildCsr,
  certificateWith,
  commonName,
  crlWith,
  extension,
  hex,
  testKey,
  testSpki,
} from '../../support/build-x509.ts'
import { runCases, runLines } from '../../support/run-cases.ts'

const base64 = formatBase64
const run = async (given: object) => (await runCases([{ id: 'x', ...given }]))[0]!

describe('runConformance', () => {
  it('answers in order, one line a case, and leaves out blank lines', async () => {
    const verdicts = await runLines(['{"id":1,"op":"a"}', '', '  ', '{"id":"two","op":"b"}'])
    assert.deepEqual(
      verdicts.map(({ id }) => id),
      [1, 'two'],
    )
  })

  const notUnderstood: readonly (readonly [what: string, line: string | undefined, error: RegExp])[] = [
    ['text that is no JSON', 'hello', /not JSON/],
    ['a list', '[]', /not a JSON object/],
    ['null', 'null', /not a JSON object/],
    ['a line that was too long', undefined, /longer than/],
    ['no operation', '{"id":"x"}', /^op:/],
    ['an unknown operation', '{"id":"x","op":"certificate.eat"}', /^op:/],
    ['an operation of the prototype', '{"id":"x","op":"toString"}', /^op:/],
    ['a missing field', '{"id":"x","op":"certificate.parse"}', /^der:/],
    ['a field of another type', '{"id":"x","op":"certificate.parse","der":7}', /^der:/],
    ['base64 without padding', '{"id":"x","op":"certificate.parse","der":"AAA"}', /^der:/],
    ['base64 of the URL alphabet', '{"id":"x","op":"certificate.parse","der":"-_-_"}', /^der:/],
    ['a list that is none', '{"id":"x","op":"scope.match","granted":"a.b"}', /^granted:/],
    ['a list of numbers', '{"id":"x","op":"scope.match","granted":[1]}', /^granted\[0\]:/],
    [
      'a list that is too long',
      `{"id":"x","op":"scope.match","granted":[${'"a",'.repeat(1024)}"a"]}`,
      /^granted:/,
    ],
    ['an unknown word', '{"id":"x","op":"scope.match","match":"most"}', /^match:/],
    ['no instant', '{"id":"x","op":"path.validate","leaf":""}', /^at:/],
    ['an instant without zone', '{"id":"x","op":"path.validate","at":"2026-01-01T00:00:00"}', /^at:/],
    ['an instant that does not exist', '{"id":"x","op":"path.validate","at":"2026-13-01T00:00:00Z"}', /^at:/],
    [
      'a flag that is text',
      '{"id":"x","op":"path.validate","at":"2026-01-01T00:00:00Z","require_scopes":"yes"}',
      /^require_scopes:/,
    ],
    [
      'a salt length that is negative',
      '{"id":"x","op":"signature.verify","spki":"","algorithm":"rsa-pss","salt_length":-1}',
      /^salt_length:/,
    ],
  ]
  for (const [what, line, error] of notUnderstood) {
    it(`says that it does not understand ${what}`, async () => {
      const [verdict] = await runLines([line])
      assert.match(verdict?.error ?? '', error)
      assert.equal(verdict?.ok, undefined)
    })
  }

  it('ignores what is expected', async () => {
    const verdict = await run({
      op: 'scope.match',
      granted: ['a.b'],
      required: ['a.b'],
      expect_ok: false,
      expect: 'no',
    })
    assert.equal(verdict.ok, true)
  })
})

describe('certificate.parse', () => {
  it('gives the fields', async () => {
    const der = certificateWith(extension(OID.scopeExtension, encodeScopeExtension(['a.read', 'b.write'])))
    assert.deepEqual((await run({ op: 'certificate.parse', der: base64(der) })).value, {
      serial_number: '1234',
      issuer: 'CN=issuer',
      subject: 'CN=subject',
      not_before: '2026-01-01T00:00:00Z',
      not_after: '2027-01-01T00:00:00Z',
      scopes: ['a.read', 'b.write'],
    })
  })

  it('gives null for scopes that are not there, and refuses malformed ones', async () => {
    assert.equal(
      (await run({ op: 'certificate.parse', der: base64(buildCertificate()) })).value?.['scopes'],
      null,
    )
    const unsorted = extension(OID.scopeExtension, encodeScopeExtension(['b.write', 'a.read']))
    const verdict = await run({ op: 'certificate.parse', der: base64(certificateWith(unsorted)) })
    assert.deepEqual([verdict.ok, verdict.reason], [false, 'SCOPES_MALFORMED'])
  })

  it('refuses a malformed certificate with its defect', async () => {
    const verdict = await run({ op: 'certificate.parse', der: base64(hex('3080')) })
    assert.equal(verdict.reason, 'CERTIFICATE_MALFORMED')
    assert.match(verdict.detail ?? '', /^der\.length_indefinite:/)
  })
})

describe('csr.parse and public_key.check', () => {
  it('accept a good request and a good key', async () => {
    assert.deepEqual((await run({ op: 'csr.parse', der: base64(buildCsr()) })).value, {
      subject: 'CN=alice',
      key_type: 'p256',
      key_bits: 256,
    })
    assert.deepEqual((await run({ op: 'public_key.check', spki: base64(testSpki) })).value, {
      key_type: 'p256',
      key_bits: 256,
    })
  })

  it('refuse with the reason of the service', async () => {
    const reason = async (der: Uint8Array) => (await run({ op: 'csr.parse', der: base64(der) })).reason
    const spki = encodeSequence(encodeSequence(hex('06032a0304')), hex('0301 00'))
    assert.equal(await reason(hex('3000')), 'CSR_MALFORMED')
    assert.equal(await reason(buildCsr({ spki })), 'PUBLIC_KEY_REJECTED')
    const forged = Uint8Array.from(buildCsr())
    forged[Buffer.from(forged).indexOf('alice')] = 0x62
    assert.equal(await reason(forged), 'CSR_SIGNATURE_INVALID')
    assert.equal((await run({ op: 'public_key.check', spki: base64(spki) })).reason, 'PUBLIC_KEY_REJECTED')
  })
})

describe('crl.parse', () => {
  const issuer = base64(buildCertificate({ subject: commonName('issuer'), extensions: [] }))

  it('gives the fields, numbers beyond 2^53 as text', async () => {
    const number = (octets: string) => extension(OID.crlNumber, hex(octets))
    const delta = extension(OID.deltaCrlIndicator, encodeInteger(5), true)
    const verdict = await run({
      op: 'crl.parse',
      der: base64(crlWith(number('0208 7fffffffffffffff'), delta)),
      issuer,
    })
    assert.deepEqual(verdict.value, {
      issuer: 'CN=issuer',
      crl_number: '9223372036854775807',
      base_crl_number: 5,
      this_update: '2026-01-01T00:00:00Z',
      next_update: '2026-01-02T00:00:00Z',
      entries: 1,
    })
  })

  it('refuses another issuer, one that may not sign lists, and a bad signature', async () => {
    const refused = async (der: Uint8Array, by: string) =>
      (await run({ op: 'crl.parse', der: base64(der), issuer: by })).detail
    const other = base64(buildCertificate({ extensions: [] }))
    assert.match((await refused(buildCrl(), other)) ?? '', /^crl\.issuer:/)
    const noSign = base64(buildCertificate({ subject: commonName('issuer') }))
    assert.match((await refused(buildCrl(), noSign)) ?? '', /^crl\.issuer:/)
    const changed = Uint8Array.from(buildCrl())
    changed[Buffer.from(changed).indexOf('260102') + 5] = 0x33
    assert.match((await refused(changed, issuer)) ?? '', /^crl\.signature:/)
    assert.equal(
      (await run({ op: 'crl.parse', der: base64(buildCrl()), issuer: base64(hex('3000')) })).reason,
      'CERTIFICATE_MALFORMED',
    )
  })
})

describe('signature.verify', () => {
  const message = hex('616263')
  const der = new Uint8Array(sign('sha256', message, testKey))
  const given = { op: 'signature.verify', spki: base64(testSpki), message: base64(message) }

  it('verifies by name and encoding', async () => {
    const flat = new Uint8Array(sign('sha256', message, { key: testKey, dsaEncoding: 'ieee-p1363' }))
    const named = { ...given, algorithm: 'ecdsa-p256-sha256' }
    assert.equal((await run({ ...named, signature: base64(flat) })).ok, true)
    assert.equal((await run({ ...named, encoding: 'der', signature: base64(der) })).ok, true)
    assert.equal(
      (await run({ ...named, encoding: 'p1363', signature: base64(der) })).reason,
      'SIGNATURE_INVALID',
    )
  })

  it('takes a hash that is named on its own, and refuses what it does not know', async () => {
    const free = { ...given, encoding: 'der', signature: base64(der) }
    assert.equal((await run({ ...free, algorithm: 'ecdsa-p256', hash: 'SHA-256' })).ok, true)
    assert.equal(
      (await run({ ...free, algorithm: 'ecdsa-p384', hash: 'SHA-256' })).reason,
      'SIGNATURE_INVALID',
    )
    for (const choice of [{ hash: 'SHA-1' }, { hash: 'SHA-224' }, { hash: 'constructor' }, {}]) {
      assert.equal(
        (await run({ ...free, algorithm: 'ecdsa-p256', ...choice })).reason,
        'SIGNATURE_ALGORITHM_INVALID',
      )
    }
    assert.equal((await run({ ...free, algorithm: 'hmac-sha256' })).reason, 'SIGNATURE_ALGORITHM_INVALID')
  })

  it('refuses a key that cannot be used', async () => {
    const verdict = await run({ ...given, spki: base64(hex('3000')), algorithm: 'ed25519', signature: '' })
    assert.equal(verdict.reason, 'PUBLIC_KEY_REJECTED')
  })
})

describe('path.validate', () => {
  const at = '2026-06-01T00:00:00Z'
  const leaf = base64(buildCertificate())

  it('refuses a leaf or anchors that cannot be read, and no anchor at all', async () => {
    const given = { op: 'path.validate', at, revocation: 'off' }
    assert.equal(
      (await run({ ...given, leaf: base64(hex('30')), anchors: [leaf] })).reason,
      'CERTIFICATE_MALFORMED',
    )
    assert.equal(
      (await run({ ...given, leaf, anchors: [base64(hex('30'))] })).reason,
      'CERTIFICATE_MALFORMED',
    )
    assert.equal((await run({ ...given, leaf, anchors: [] })).reason, 'ISSUER_UNKNOWN')
  })

  it('does without intermediates and lists that cannot be read', async () => {
    const verdict = await run({
      op: 'path.validate',
      at,
      leaf,
      anchors: [leaf],
      intermediates: [base64(hex('30'))],
      crls: [base64(hex('30'))],
    })
    assert.deepEqual(verdict.value, { path: ['CN=subject'] })
  })
})

describe('scope.match', () => {
  const match = async (granted: string[], required: string[], kind?: string) =>
    run({ op: 'scope.match', granted, required, match: kind })

  it('covers all or any, by pattern too', async () => {
    assert.equal((await match(['bob.*.read'], ['bob.user.read'])).ok, true)
    assert.equal((await match(['a.b'], ['a.b', 'a.c'], 'any')).ok, true)
    const verdict = await match(['a.b'], ['a.b', 'a.c'])
    assert.deepEqual([verdict.ok, verdict.reason], [false, 'SCOPE_INSUFFICIENT'])
  })

  it('refuses malformed scopes, and patterns where a scope is required', async () => {
    assert.equal((await match(['A'], ['a'])).reason, 'SCOPE_MALFORMED')
    assert.equal((await match(['a'], ['a.*'])).reason, 'SCOPE_MALFORMED')
  })
})

describe('conformanceMain', () => {
  it('reads lines however they are cut, the last one without an end', async () => {
    const input = new PassThrough()
    const output = new PassThrough()
    const written = text(output)
    const done = conformanceMain(input, output).then(() => output.end())
    for (const chunk of ['{"id":1,"op', '":"x"}\n{"id":', '2,"op":"x"}\n\n{"id":3,"op":"ü"}'])
      input.write(chunk)
    input.end()
    await done
    const ids = (await written)
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { id: number }).id)
    assert.deepEqual(ids, [1, 2, 3])
  })
})
