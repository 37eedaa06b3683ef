import assert from 'node:assert/strict'
import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, it } from 'node:test'
import { runCases } from '../../support/run-cases.ts'

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'a' }

function jws(header: object): string {
  const input = `${Buffer.from(JSON.stringify({ alg: 'EdDSA', ...header })).toString('base64url')}.e30`
  return `${input}.${sign(null, Buffer.from(input), privateKey).toString('base64url')}`
}

async function run(given: object) {
  const [verdict] = await runCases([{ id: 1, op: 'jws.verify', ...given }])
  const { ok, reason, value } = verdict!
  return { ok, reason, value, understood: verdict!.error === undefined }
}

describe('jws.verify', () => {
  it('says what was signed, and by which algorithm', async () => {
    const { ok, value } = await run({ compact: jws({}), jwk })
    assert.deepEqual({ ok, value }, { ok: true, value: { payload: 'e30=', alg: 'EdDSA' } })
  })

  it('takes a jwk whatever the kid says, and lets the kid choose in a jwks', async () => {
    assert.equal((await run({ compact: jws({ kid: 'b' }), jwk })).ok, true)
    assert.equal((await run({ compact: jws({ kid: 'a' }), jwks: { keys: [jwk] } })).ok, true)
    assert.equal(
      (await run({ compact: jws({ kid: 'b' }), jwks: { keys: [jwk] } })).reason,
      'TOKEN_KEY_UNKNOWN',
    )
  })

  it('reads text in place of an object strictly', async () => {
    assert.equal((await run({ compact: jws({}), jwk: JSON.stringify(jwk) })).ok, true)
    const twice = JSON.stringify(jwk).replace('{', '{"kty":"oct",')
    assert.equal((await run({ compact: jws({}), jwk: twice })).reason, 'PUBLIC_KEY_REJECTED')
    assert.equal((await run({ json: '{"payload":"","payload":""}', jwk })).reason, 'CREDENTIAL_MALFORMED')
  })

  it('names the reason of a refusal', async () => {
    assert.equal((await run({ compact: 'a.b', jwk })).reason, 'CREDENTIAL_MALFORMED')
    assert.equal((await run({ compact: jws({ alg: 'none' }), jwk })).reason, 'SIGNATURE_ALGORITHM_INVALID')
    assert.equal(
      (await run({ compact: jws({}).replace('.e30.', '.e31d.'), jwk })).reason,
      'SIGNATURE_INVALID',
    )
  })

  it('does not understand a case without one JWS and one key, or one that is longer than any', async () => {
    for (const given of [
      { jwk },
      { compact: jws({}) },
      { compact: jws({}), json: {}, jwk },
      { compact: jws({}), jwk, jwks: { keys: [jwk] } },
      { compact: 'a'.repeat(70_000), jwk },
    ])
      assert.equal((await run(given)).understood, false)
  })
})
