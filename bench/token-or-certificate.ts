import { type KeyObject, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import { type CertificateCache, createCertificateCache } from '../src/core/decision/certificate-cache.ts'
import { decide } from '../src/core/decision/decide.ts'
import { isDenial } from '../src/core/decision/denial.ts'
import { parseChain, verifyPath } from '../src/core/decision/verified-path.ts'
import {
  type DecisionFixture,
  FIXTURE_NOW,
  createDecisionContext,
  createDecisionFixture,
  createQuery,
  generateFixtureKeys,
  signSimpleRequest,
} from '../test/support/decision-fixture.ts'
import { type Load, measureInTurns, measureLoad } from './measure.ts'
import type { Row } from './report.ts'

const ROUNDS = 3
const SCOPE = 'bob.user.read'
const ISSUER = 'https://authority.example'

/**
 * The comparison that certificates in place of tokens stand or fall by: what it costs to validate a JWT, and a certificate that the same key signed, with
 * RSA of 2048 and 4096 bits, with and without decoding; and the signature of the request, which a bearer token does not have. One after another,
 * nothing kept from one to the next but in the last row.
 */
export async function benchTokenOrCertificate(scale: number): Promise<Row[]> {
  const rows: Row[] = []
  for (const bits of [2048, 4096]) rows.push(...(await benchSize(bits, scale)))
  return rows
}

async function benchSize(bits: number, scale: number): Promise<Row[]> {
  const key = generateKeyPairSync('rsa', { modulusLength: bits }).privateKey
  const keys = { ...generateFixtureKeys(), root: key }
  keys.rsa2048 = generateKeyPairSync('rsa', { modulusLength: bits }).privateKey
  const fixture = createDecisionFixture(keys)
  // Straight under the root: one signature, as a token has one.
  const leaf = fixture.client('rsa2048', { issuer: 'Root', signer: key })
  const total = Math.max(50, Math.round(4_000 * scale))
  const token = validateToken(key)
  const row = async (what: string, validate: () => Promise<unknown>): Promise<Row> => {
    const { first, second } = await measureInTurns<Load>(
      ROUNDS,
      () => measureLoad(total, 1, validate),
      () => measureLoad(total, 1, token),
    )
    const bound = { what: 'JWT', value: 1e6 / second.perSecond }
    return { what: `${what}, ${bits}`, measured: 1e6 / first.perSecond, unit: 'us', bound }
  }
  return [
    await row('Certificate', validateParsed(fixture, leaf)),
    await row('  with its DER', () => validateDer(fixture, leaf)),
    await row('  with its base64', validateText(fixture, leaf)),
    await row('  and the signature of the request', decideRequest(fixture, leaf, createCertificateCache(0))),
    await row(
      '  the same, certificate seen before',
      decideRequest(fixture, leaf, createCertificateCache(10)),
    ),
  ]
}

/** What a careful resource server does with a token: form, algorithm, signature, issuer, audience, times, scope. */
function validateToken(key: KeyObject): () => Promise<void> {
  const seconds = FIXTURE_NOW.getTime() / 1000
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = {
    iss: ISSUER,
    sub: 'alice',
    aud: 'bob',
    nbf: seconds - 60,
    exp: seconds + 600,
    scope: SCOPE,
  }
  const signed = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`
  const token = `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`
  const publicKey = createPublicKey(key)
  return async () => {
    const [header = '', payload = '', signature = '', ...more] = token.split('.')
    const read = (text: string) =>
      JSON.parse(Buffer.from(text, 'base64url').toString()) as Partial<typeof claims>
    const { alg } = read(header) as { alg?: string }
    const valid = await verifyAsync(publicKey, `${header}.${payload}`, Buffer.from(signature, 'base64url'))
    const { iss, aud, nbf = Infinity, exp = 0, scope = '' } = read(payload)
    const isGood = iss === ISSUER && aud === 'bob' && nbf <= seconds && seconds < exp
    if (alg !== 'RS256' || more.length > 0 || !valid || !isGood || !scope.split(' ').includes(SCOPE)) {
      throw new Error('the token is not valid')
    }
  }
}

function verifyAsync(key: KeyObject, message: string, signature: Uint8Array): Promise<boolean> {
  return new Promise((resolve, reject) => {
    verify('sha256', Buffer.from(message), key, signature, (error, valid) => {
      if (error) reject(error)
      else resolve(valid)
    })
  })
}

function validateParsed(fixture: DecisionFixture, leaf: Uint8Array): () => Promise<void> {
  const parsed = parseChain([leaf])
  if (isDenial(parsed)) throw new Error(parsed.message)
  return async () => {
    const path = await verifyPath(parsed, fixture.trust, FIXTURE_NOW)
    if (isDenial(path) || isDenial(path.scopes) || !path.scopes.includes(SCOPE)) throw new Error('not valid')
  }
}

function validateDer(fixture: DecisionFixture, leaf: Uint8Array): Promise<void> {
  return validateParsed(fixture, leaf)()
}

function validateText(fixture: DecisionFixture, leaf: Uint8Array): () => Promise<void> {
  const text = Buffer.from(leaf).toString('base64')
  return () => validateDer(fixture, Buffer.from(text, 'base64'))
}

/** All that the service decides by, but for the store: the simple profile, the nonce in memory. */
function decideRequest(
  fixture: DecisionFixture,
  leaf: Uint8Array,
  cache: CertificateCache,
): () => Promise<void> {
  const query = createQuery({
    kind: 'simple',
    request: signSimpleRequest(fixture, 'rsa2048', { chain: [leaf] }),
  })
  // The same request is decided over and over here, so its nonce must not count.
  const replay = { claim: () => Promise.resolve('claimed' as const) }
  const context = createDecisionContext(fixture, { cache, replay })
  return async () => {
    const { decision, message } = await decide(query, context)
    if (decision !== 'ALLOW') throw new Error(message)
  }
}
