import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { describe, it } from 'node:test'
import { runCases } from '../../support/run-cases.ts'

const BODY = Buffer.from('{"hello": "world"}')
const DIGEST = 'sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:'
const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const SPKI = { spki: publicKey.export({ format: 'der', type: 'spki' }).toString('base64') }
const CREATED = 1_780_315_200
const AT = '2026-06-01T12:00:00Z'

/** A message with one signature `a` of these components and parameters, by the Ed25519 key. */
function signed(params: string, change: object = {}) {
  const base = `"@method": POST\n"content-digest": ${DIGEST}\n"@signature-params": ${params}`
  const signature = sign(null, Buffer.from(base), privateKey).toString('base64')
  return {
    id: '1',
    op: 'http_signature.verify',
    message: {
      method: 'POST',
      target: '/',
      headers: [
        ['Content-Digest', DIGEST],
        ['Signature-Input', `a=${params}`],
        ['Signature', `a=:${signature}:`],
      ],
    },
    key: SPKI,
    label: 'a',
    at: AT,
    policy: 'none',
    ...change,
  }
}

const COMPONENTS = '("@method" "content-digest")'

async function judge(given: object): Promise<string> {
  const [verdict] = await runCases([given])
  return verdict!.error === undefined ? (verdict!.ok ? 'ok' : verdict!.reason!) : `error: ${verdict!.error}`
}

describe('http_signature.verify', () => {
  it('accepts a signature by its label, or the only one', async () => {
    assert.equal(await judge(signed(`${COMPONENTS};created=${CREATED};alg="ed25519"`)), 'ok')
    assert.equal(await judge(signed(COMPONENTS, { label: undefined, at: undefined })), 'ok')
    assert.equal(await judge(signed(COMPONENTS, { body: BODY.toString('base64') })), 'ok')
  })

  it('refuses what is missing, malformed or ambiguous', async () => {
    assert.equal(await judge(signed(COMPONENTS, { label: 'b' })), 'CREDENTIAL_MISSING')
    const { message } = signed(COMPONENTS)
    const headers = (...pairs: string[][]) => signed(COMPONENTS, { message: { ...message, headers: pairs } })
    assert.equal(await judge(headers()), 'CREDENTIAL_MISSING')
    const both = [
      ['signature-input', 'a=(), b=()'],
      ['signature', 'a=:AA==:, b=:AA==:'],
    ]
    assert.equal(await judge({ ...headers(...both), label: undefined }), 'CREDENTIAL_MALFORMED')
    assert.equal(
      await judge(headers(['signature-input', 'a=1'], ['signature', 'a=:AA==:'])),
      'CREDENTIAL_MALFORMED',
    )
    assert.equal(
      await judge(headers(['signature-input', 'a=("x")'], ['signature', 'a=:AA==:'])),
      'CREDENTIAL_MALFORMED',
    )
    assert.equal(
      await judge(headers(['signature-input', 'a=()'], ['signature', 'a=:AA==:'])),
      'SIGNATURE_INVALID',
    )
  })

  it('refuses another algorithm, time or body', async () => {
    assert.equal(await judge(signed(`${COMPONENTS};alg="hmac-sha256"`)), 'SIGNATURE_ALGORITHM_INVALID')
    assert.equal(await judge(signed(`${COMPONENTS};expires=${CREATED - 1}`)), 'SIGNATURE_EXPIRED')
    assert.equal(await judge(signed(`${COMPONENTS};expires=${CREATED}`)), 'ok')
    assert.equal(await judge(signed(`${COMPONENTS};created=${CREATED + 31}`)), 'SIGNATURE_NOT_YET_VALID')
    assert.equal(await judge(signed(COMPONENTS, { body: 'AAAA' })), 'DIGEST_MISMATCH')
  })

  it('takes a public key, a JSON Web Key or a secret, and each for its own kind of signature', async () => {
    const jwk = publicKey.export({ format: 'jwk' })
    assert.equal(await judge(signed(COMPONENTS, { key: { jwk } })), 'ok')
    const secret = Buffer.alloc(32, 7)
    const key = { secret: secret.toString('base64') }
    assert.equal(await judge(signed(COMPONENTS, { key })), 'SIGNATURE_INVALID')
    assert.equal(await judge(signed(`${COMPONENTS};alg="ed25519"`, { key })), 'SIGNATURE_ALGORITHM_INVALID')
    assert.equal(
      await judge(signed(COMPONENTS, { key: { jwk: { kty: 'EC', x: 'AA' } } })),
      'PUBLIC_KEY_REJECTED',
    )
    assert.equal(
      await judge(signed(COMPONENTS, { key: {} })),
      'error: key: expected one of spki, jwk, secret',
    )

    const mac = createHmac('sha256', secret).update('"@signature-params": ()').digest('base64')
    const given = signed('()', {
      key,
      message: {
        method: 'GET',
        target: '/',
        headers: [
          ['signature-input', 'a=()'],
          ['signature', `a=:${mac}:`],
        ],
      },
    })
    assert.equal(await judge(given), 'ok')
    assert.equal(
      await judge({ ...given, key: { jwk: { kty: 'oct', k: secret.toString('base64url') } } }),
      'ok',
    )
  })

  it('does not understand a message of another form', async () => {
    const cases = [
      [{ message: 1 }, 'message: expected an object'],
      [{ message: { method: 'GET', target: '/', headers: [['a']] } }, 'headers: expected pairs of strings'],
      [{ message: { method: 'GET', target: '/', headers: {} } }, 'headers: expected a list of pairs'],
      [
        { message: { method: 'GET', target: '/', field_types: { a: 'map' } } },
        'field_types: expected one of item, list, dictionary',
      ],
      [{ policy: 'chancery' }, 'policy: expected one of none'],
    ] as const
    for (const [change, error] of cases)
      assert.equal(await judge(signed(COMPONENTS, change)), `error: ${error}`)
  })
})
