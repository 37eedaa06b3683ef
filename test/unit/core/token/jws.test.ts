import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { describe, it } from 'node:test'
import { encodeUtf8 } from '../../../../src/core/bytes.ts'
import { type Jwk, parseJwk, parseJwkSet } from '../../../../src/core/token/jwk.ts'
import { type JwsSignature, parseCompactJws, parseJsonJws } from '../../../../src/core/token/jws.ts'
import { chooseKeys, fittingKeys, verifyJws } from '../../../../src/core/token/verify-jws.ts'
import { defectOf } from '../../../support/defect.ts'

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const other = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const jwk = { ...publicKey.export({ format: 'jwk' }) }

function es256(header: object, payload: string = encode({ a: 1 }), key = privateKey): string {
  const input = `${encode({ alg: 'ES256', ...header })}.${payload}`
  const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' })
  return `${input}.${signature.toString('base64url')}`
}

async function verifyJwsWith(jws: JwsSignature, keys: readonly Jwk[]): Promise<string> {
  const fitting = fittingKeys(jws, keys)
  if (fitting.length === 0) return 'algorithm_mismatch'
  return (await verifyJws(jws, fitting)) ? 'valid' : 'invalid'
}

async function verifyInSet(jws: JwsSignature, keys: readonly Jwk[]): Promise<string> {
  const chosen = chooseKeys(jws, keys)
  return chosen.length === 0 ? 'no_key' : verifyJwsWith(jws, chosen)
}

const compact = (header: string, payload = 'e30', signature = 'AAAA') => `${header}.${payload}.${signature}`
const encodeText = (text: string) => Buffer.from(text).toString('base64url')

describe('a compact JWS', () => {
  const refused: readonly (readonly [string, string, string])[] = [
    ['two parts', 'e30.e30', 'jws.parts'],
    ['four parts', 'e30.e30.e30.e30', 'jws.parts'],
    ['no parts', '', 'jws.parts'],
    ['a header with padding', compact(`${encode({ alg: 'ES256', a: '' })}=`), 'jws.protected'],
    ['a header of the other alphabet', compact('+/+/'), 'jws.protected'],
    ['a payload with unused bits set', compact(encode({ alg: 'ES256' }), 'e31'), 'jws.payload'],
    ['a signature with a blank', compact(encode({ alg: 'ES256' }), 'e30', 'AA AA'), 'jws.signature'],
    ['a header that is no object', compact(encode(['alg'])), 'json.not_an_object'],
    ['a header with alg twice', compact(encodeText('{"alg":"ES256","alg":"none"}')), 'json.duplicate'],
    ['no alg', compact(encode({ kid: 'a' })), 'jws.alg'],
    ['an alg that is no string', compact(encode({ alg: ['ES256'] })), 'jws.alg'],
    ['a kid that is no string', compact(encode({ alg: 'ES256', kid: 7 })), 'jws.kid'],
    ['an unknown critical extension', compact(encode({ alg: 'ES256', crit: ['exp'], exp: 1 })), 'jws.crit'],
    ['a crit that names nothing', compact(encode({ alg: 'ES256', crit: [] })), 'jws.crit'],
    ['a crit that names what is not there', compact(encode({ alg: 'ES256', crit: ['b64'] })), 'jws.crit'],
    ['a crit that is no list', compact(encode({ alg: 'ES256', crit: 'b64', b64: true })), 'jws.crit'],
    ['b64 that is no boolean', compact(encode({ alg: 'ES256', crit: ['b64'], b64: 0 })), 'jws.b64'],
    ['no header', compact(''), 'jws.alg'],
  ]
  for (const [what, text, defect] of refused) {
    it(`is refused with ${what}`, () => {
      assert.equal(
        defectOf(() => parseCompactJws(text)),
        defect,
      )
    })
  }

  it('verifies with its key, and with no other', async () => {
    const jws = parseCompactJws(es256({}))
    assert.equal(await verifyJwsWith(jws, [parseJwk(jwk)]), 'valid')
    const stranger = parseJwk({ ...other.publicKey.export({ format: 'jwk' }) })
    assert.equal(await verifyJwsWith(jws, [stranger]), 'invalid')
  })

  it('has no payload beside the one in it', () => {
    assert.equal(
      defectOf(() => parseCompactJws(es256({}), encodeUtf8('{}'))),
      'jws.payload',
    )
  })

  it('never verifies with alg none, whatever its case', async () => {
    for (const alg of ['none', 'None', 'NONE', '']) {
      for (const signature of ['', 'AAAA']) {
        const jws = parseCompactJws(compact(encode({ alg }), 'e30', signature))
        assert.equal(await verifyJwsWith(jws, [parseJwk(jwk)]), 'algorithm_mismatch')
      }
    }
  })

  it('never verifies with a public key as the secret of an HMAC', async () => {
    const forms = [
      publicKey.export({ format: 'der', type: 'spki' }),
      publicKey.export({ format: 'pem', type: 'spki' }),
      JSON.stringify(jwk),
    ]
    for (const secret of forms) {
      const input = `${encode({ alg: 'HS256' })}.e30`
      const mac = createHmac('sha256', secret).update(input).digest('base64url')
      const jws = parseCompactJws(`${input}.${mac}`)
      assert.equal(await verifyJwsWith(jws, [parseJwk(jwk)]), 'algorithm_mismatch')
    }
  })

  it('never verifies with a key out of its own header', async () => {
    const stolen = { ...other.publicKey.export({ format: 'jwk' }) }
    const jws = parseCompactJws(es256({ jwk: stolen }, undefined, other.privateKey))
    assert.equal(await verifyJwsWith(jws, [parseJwk(jwk)]), 'invalid')
  })

  it('verifies with a key of another algorithm only if the key does not name one', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const input = `${encode({ alg: 'RS256' })}.e30`
    const signature = sign('sha256', Buffer.from(input), rsa.privateKey).toString('base64url')
    const jws = parseCompactJws(`${input}.${signature}`)
    const open = { ...rsa.publicKey.export({ format: 'jwk' }) }
    assert.equal(await verifyJwsWith(jws, [parseJwk(open)]), 'valid')
    assert.equal(await verifyJwsWith(jws, [parseJwk({ ...open, alg: 'PS256' })]), 'algorithm_mismatch')
  })
})

describe('the kid of a header', () => {
  const keys = parseJwkSet({
    keys: [
      { ...jwk, kid: 'mine' },
      { ...other.publicKey.export({ format: 'jwk' }), kid: 'other' },
    ],
  })

  it('chooses in a set, also against the key that would verify', async () => {
    assert.equal(await verifyInSet(parseCompactJws(es256({ kid: 'mine' })), keys), 'valid')
    assert.equal(await verifyInSet(parseCompactJws(es256({ kid: 'other' })), keys), 'invalid')
    assert.equal(await verifyInSet(parseCompactJws(es256({ kid: 'third' })), keys), 'no_key')
    assert.equal(await verifyInSet(parseCompactJws(es256({ kid: '' })), keys), 'no_key')
  })

  it('may be left out', async () => {
    assert.equal(await verifyInSet(parseCompactJws(es256({})), keys), 'valid')
  })
})

describe('a JWS in JSON', () => {
  const [header, payload, signature] = es256({}).split('.') as [string, string, string]
  const good = { protected: header, signature }

  it('has one signature if it is flattened, and several if it is general', () => {
    assert.equal(parseJsonJws({ payload, ...good }).length, 1)
    assert.equal(parseJsonJws({ payload, signatures: [good, good] }).length, 2)
  })

  const refused: readonly (readonly [string, Readonly<Record<string, unknown>>, string])[] = [
    ['no payload', good, 'jws.payload'],
    ['both forms at once', { payload, ...good, signatures: [good] }, 'jws.parts'],
    ['no signatures', { payload, signatures: [] }, 'jws.parts'],
    ['more than sixteen signatures', { payload, signatures: Array(17).fill(good) }, 'jws.too_many'],
    [
      'one signature that is malformed',
      { payload, signatures: [good, { protected: header }] },
      'jws.signature',
    ],
    ['alg in both headers', { payload, ...good, header: { alg: 'none' } }, 'jws.header'],
    ['a header that is no object', { payload, ...good, header: [] }, 'jws.header'],
    ['crit that is not covered', { payload, ...good, header: { crit: ['b64'] } }, 'jws.crit'],
    ['b64 that is not covered', { payload, ...good, header: { b64: false } }, 'jws.b64'],
    ['a protected header that is an object', { payload, protected: {}, signature }, 'jws.protected'],
  ]
  for (const [what, jws, defect] of refused) {
    it(`is refused with ${what}`, () => {
      assert.equal(
        defectOf(() => parseJsonJws(jws)),
        defect,
      )
    })
  }
})
