import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { decide } from '../../src/core/decision/decide.ts'
import { DENY_REASONS } from '../../src/core/decision/deny-reason.ts'
import { createDecisionContext, createDecisionFixture, createQuery } from '../support/decision-fixture.ts'
import {
  bearer,
  boundTo,
  createTokenContext,
  encode,
  fixtureIssuer,
  signCompact,
  signToken,
} from '../support/token-fixture.ts'

const fixture = createDecisionFixture()
const { keys } = fixture
const leaf = fixture.client('ed25519')
const context = createDecisionContext(fixture, { tokens: createTokenContext([fixtureIssuer(keys)]) })

async function judge(token: string, ...chain: readonly Uint8Array[]): Promise<string> {
  const { denyReason } = await decide(createQuery(bearer(token, ...chain)), context)
  return denyReason ?? 'ALLOW'
}

const ALPHABET = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')

describe('a token', () => {
  for (const key of ['token', 'token256'] as const) {
    const token = signToken(keys, { key })

    it(`is denied with any of its characters changed to a neighbour in the alphabet (${key})`, async () => {
      assert.equal(await judge(token), 'ALLOW')
      for (const [i, character] of Array.from(token).entries()) {
        // Each bit of the six that a character stands for, in turn.
        const changed = character === '.' ? 'A' : ALPHABET[ALPHABET.indexOf(character) ^ (1 << (i % 6))]!
        assert.notEqual(await judge(token.slice(0, i) + changed + token.slice(i + 1)), 'ALLOW', `at ${i}`)
      }
    })

    it(`is denied with a character put in or left out anywhere (${key})`, async () => {
      for (let i = 0; i < token.length; i++)
        assert.notEqual(await judge(token.slice(0, i) + token.slice(i + 1)), 'ALLOW', `without ${i}`)
      const character = fc.constantFrom(...ALPHABET, '.', '=', ' ', '\n', '+', '/', '\0', '\u00e9')
      await fc.assert(
        fc.asyncProperty(fc.nat(token.length), character, async (at, inserted) => {
          assert.notEqual(await judge(token.slice(0, at) + inserted + token.slice(at)), 'ALLOW')
        }),
        { numRuns: 400 },
      )
    })
  }

  it('is denied whatever is said in it, if another key signed it', async () => {
    const claims = fc.dictionary(
      fc.constantFrom('iss', 'sub', 'client_id', 'aud', 'exp', 'iat', 'jti', 'scope', 'cnf', 'nbf'),
      fc.jsonValue(),
    )
    await fc.assert(
      fc.asyncProperty(claims, async (change) => {
        const reason = await judge(signToken(keys, { claims: change, signer: keys.stranger }))
        assert.notEqual(reason, 'ALLOW')
      }),
      { numRuns: 300 },
    )
  })

  it('is judged with a reason whatever its issuer signed', async () => {
    const header = { typ: 'at+jwt', alg: 'EdDSA', kid: fixtureIssuer(keys).keys[0]!.kid }
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.object(), async (payload, extra) => {
        const token = signCompact(encode({ ...extra, ...header }), encodeAny(payload), keys.token)
        assert.ok((DENY_REASONS as readonly string[]).includes(await judge(token)))
      }),
      { numRuns: 300 },
    )
  })

  it('is judged with a reason whatever text it is', async () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.array(fc.base64String(), { maxLength: 5 }).map((parts) => parts.join('.')),
    )
    await fc.assert(
      fc.asyncProperty(text, async (token) => {
        assert.ok((DENY_REASONS as readonly string[]).includes(await judge(token)))
      }),
      { numRuns: 500 },
    )
  })

  it('that is bound is denied beside any certificate with an octet changed', async () => {
    const token = signToken(keys, { claims: boundTo(leaf) })
    assert.equal(await judge(token, leaf), 'ALLOW')
    for (let i = 0; i < leaf.length; i++) {
      const changed = Uint8Array.from(leaf)
      changed[i]! ^= 1 << (i % 8)
      assert.equal(await judge(token, changed), 'TOKEN_BINDING_MISMATCH')
    }
  })
})

function encodeAny(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
