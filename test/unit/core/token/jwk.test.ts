import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { jwkThumbprint, parseJwk, parseJwkSet } from '../../../../src/core/token/jwk.ts'
import type { JsonObject } from '../../../../src/core/token/strict-json.ts'
import { defectOf } from '../../../support/defect.ts'
import { readJson, withVectors } from '../../../support/open-vectors.ts'

function jwkOf(type: 'P-256' | 'P-384' | 'P-521' | 'ed25519' | 'rsa', bits = 2048): JsonObject {
  const { publicKey } =
    type === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: bits })
      : type === 'ed25519'
        ? generateKeyPairSync('ed25519')
        : generateKeyPairSync('ec', { namedCurve: type })
  return { ...publicKey.export({ format: 'jwk' }) }
}

const p256 = jwkOf('P-256')
const rsa = jwkOf('rsa')
const oct = { kty: 'oct', k: Buffer.alloc(32, 7).toString('base64url') }
const withText = (jwk: JsonObject, name: string, change: (text: string) => string): JsonObject => ({
  ...jwk,
  [name]: change(jwk[name] as string),
})

describe('a JSON Web Key', () => {
  it('is read with each type that we have', () => {
    for (const [type, alg] of [
      ['P-256', 'ES256'],
      ['P-384', 'ES384'],
      ['P-521', 'ES512'],
      ['ed25519', 'EdDSA'],
      ['rsa', 'PS256'],
    ] as const) {
      const jwk = parseJwk({ ...jwkOf(type), alg, use: 'sig', key_ops: ['verify'], kid: 'k', ext: true })
      assert.deepEqual([jwk.key.kind, jwk.alg, jwk.kid], ['public', alg, 'k'])
    }
  })

  it('is a secret only if its type says so', () => {
    assert.equal(parseJwk({ ...oct, alg: 'HS256' }).key.kind, 'secret')
    assert.equal(parseJwk({ ...p256, k: oct.k }).key.kind, 'public')
  })

  it('is read without its private members', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const { key } = parseJwk({ ...privateKey.export({ format: 'jwk' }) })
    assert.equal(key.kind === 'public' && key.key.key.type, 'public')
  })

  const refused: readonly (readonly [string, JsonObject, string])[] = [
    ['no type', { crv: 'P-256', x: p256['x'], y: p256['y'] }, 'jwk.kty'],
    ['an unknown type', { ...p256, kty: 'AKP' }, 'jwk.kty'],
    ['a type of another curve', { ...p256, kty: 'OKP' }, 'jwk.crv'],
    ['a curve that we do not have', { ...p256, crv: 'secp256k1' }, 'jwk.crv'],
    ['a key agreement curve', { ...jwkOf('ed25519'), crv: 'X25519' }, 'jwk.crv'],
    ['another curve of the same length', { ...p256, crv: 'P-384' }, 'jwk.x'],
    ['a coordinate that is short', withText(p256, 'x', (x) => x.slice(0, 40)), 'jwk.x'],
    ['a coordinate with padding', withText(p256, 'y', (y) => `${y}=`), 'jwk.y'],
    ['a coordinate that is no string', { ...p256, x: 7 }, 'jwk.x'],
    ['a point that is not on its curve', { ...p256, y: p256['x'] }, 'public_key.jwk'],
    ['an algorithm of another curve', { ...p256, alg: 'ES384' }, 'jwk.alg'],
    ['an HMAC as algorithm of a public key', { ...p256, alg: 'HS256' }, 'jwk.alg'],
    ['an algorithm for encryption', { ...rsa, alg: 'RSA-OAEP' }, 'jwk.alg'],
    ['the algorithm none', { ...p256, alg: 'none' }, 'jwk.alg'],
    ['a secret shorter than the hash of its algorithm', { ...oct, alg: 'HS512' }, 'jwk.alg'],
    ['a secret of no octets', { kty: 'oct', k: '' }, 'jwk.k'],
    ['the use enc', { ...p256, use: 'enc' }, 'jwk.use'],
    ['operations without verify', { ...p256, key_ops: ['sign'] }, 'jwk.key_ops'],
    ['an operation twice', { ...p256, key_ops: ['verify', 'verify'] }, 'jwk.key_ops'],
    ['operations that are no list', { ...p256, key_ops: 'verify' }, 'jwk.key_ops'],
    ['a kid that is no string', { ...p256, kid: 7 }, 'jwk.kid'],
    ['an RSA key of 1024 bits', jwkOf('rsa', 1024), 'public_key.rsa_size'],
    ['an RSA exponent of 1', { ...rsa, e: 'AQ' }, 'public_key.rsa_exponent'],
    ['an RSA modulus with a zero octet before it', withText(rsa, 'n', (n) => zeroed(n)), 'jwk.n'],
    ['an RSA exponent of zero', { ...rsa, e: 'AA' }, 'jwk.e'],
    ['an RSA exponent of no octets', { ...rsa, e: '' }, 'jwk.e'],
    ['a modulus that is longer than any', { ...rsa, n: 'A'.repeat(5000) }, 'jwk.n'],
  ]
  for (const [what, jwk, defect] of refused) {
    it(`is refused with ${what}`, () => {
      assert.equal(
        defectOf(() => parseJwk(jwk)),
        defect,
      )
    })
  }

  function zeroed(n: string): string {
    return Buffer.concat([Buffer.of(0), Buffer.from(n, 'base64url')]).toString('base64url')
  }
})

describe('a JWK set', () => {
  it('leaves out keys that are not for signatures or not of our types', () => {
    const keys = [
      { ...p256, kid: 'a' },
      { ...rsa, use: 'enc', kid: 'a' },
      { kty: 'AKP', alg: 'ML-DSA-44', pub: 'AAAA', kid: 'b' },
    ]
    assert.deepEqual(
      parseJwkSet({ keys }).map(({ kid }) => kid),
      ['a'],
    )
  })

  it('is refused if two keys have one kid, whichever is the first', () => {
    const keys = [
      { ...p256, kid: 'a' },
      { ...rsa, kid: 'a' },
    ]
    assert.equal(
      defectOf(() => parseJwkSet({ keys })),
      'jwks.kid',
    )
    assert.equal(
      defectOf(() => parseJwkSet({ keys: keys.reverse() })),
      'jwks.kid',
    )
  })

  it('is refused without a list of keys, or with more than 64', () => {
    assert.equal(
      defectOf(() => parseJwkSet({})),
      'jwks.keys',
    )
    assert.equal(
      defectOf(() => parseJwkSet({ keys: [7] })),
      'jwks.keys',
    )
    const keys = Array.from({ length: 65 }, () => p256)
    assert.equal(
      defectOf(() => parseJwkSet({ keys })),
      'jwks.too_many',
    )
  })
})

describe('the thumbprint of a key', () => {
  withVectors('rfc9421', (path) => {
    const vectors = readJson(join(path, 'rfc7638-jwk-thumbprint-vectors.json')) as readonly {
      readonly name: string
      readonly jwk: string
      readonly thumbprint: string
    }[]
    for (const { name, jwk, thumbprint } of vectors) {
      it(`is that of RFC 7638 and RFC 8037 (${name})`, () => {
        assert.equal(jwkThumbprint(JSON.parse(jwk) as JsonObject), thumbprint)
      })
    }
  })

  it('does not depend on the order of members, nor on others', () => {
    const { kty, crv, x, y } = p256
    assert.equal(jwkThumbprint({ y, x, use: 'sig', kid: '7', crv, kty }), jwkThumbprint(p256))
  })

  it('is not made of a secret, which could be guessed by it', () => {
    assert.equal(
      defectOf(() => jwkThumbprint(oct)),
      'jwk.kty',
    )
  })
})
