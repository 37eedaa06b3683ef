import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { listVectors, readJson, withVectors } from '../support/open-vectors.ts'
import { runCases } from '../support/run-cases.ts'

type Jwk = Readonly<Record<string, unknown>>

interface WycheproofGroup {
  readonly comment: string
  readonly public?: Jwk
  readonly private: Jwk
  readonly tests: readonly {
    readonly tcId: number
    readonly comment: string
    readonly jws: string
    readonly result: 'valid' | 'invalid' | 'acceptable'
  }[]
}

interface Policy {
  readonly ok: boolean
  readonly why: string
}

const OTHER_ALG = {
  ok: false,
  why: 'refused by policy, as 338 and 340 are: the key is for another algorithm',
}
const NO_ALG = { ok: false, why: 'refused by policy: the key says ES521, which is no algorithm' }
const SAME = { ok: true, why: 'verifies: it is the valid case 357, octet for octet' }
const NOT_BASE64 = { ok: false, why: 'refused by policy: it is not base64url (RFC 7515 section 2)' }

/** Cases in which the suite is at odds with itself or with RFC 7515, and what is decided instead. */
const POLICIES: Readonly<Record<number, Policy>> = {
  346: OTHER_ALG,
  350: OTHER_ALG,
  347: NO_ALG,
  351: NO_ALG,
  367: SAME,
  370: SAME,
  372: NOT_BASE64,
  373: NOT_BASE64,
}

describe('Wycheproof JWS through the conformance driver', () => {
  withVectors('wycheproof', (path) => {
    const { testGroups } = readJson(join(path, 'json_web_signature_test.json')) as {
      readonly testGroups: readonly WycheproofGroup[]
    }
    for (const group of testGroups) {
      for (const { tcId, comment, jws, result } of group.tests) {
        const policy = POLICIES[tcId]
        it(`json_web_signature-${tcId}: ${comment}: ${policy?.why ?? result}`, async () => {
          const [verdict] = await runCases([
            { id: tcId, op: 'jws.verify', compact: jws, jwk: group.public ?? group.private },
          ])
          assert.equal(verdict?.ok, policy?.ok ?? result === 'valid')
        })
      }
    }
  })
})

interface CookbookExample {
  readonly title: string
  readonly input: { readonly payload: string; readonly key: Jwk | readonly Jwk[] }
  readonly output: Readonly<Record<string, unknown>>
}

const FOLDERS = ['jws', 'rfc7797', 'curve25519'] as const

const NO_CRIT = ' (by policy: taken without the crit that RFC 7797 section 6 asks of its maker)'

// Keys come with their private members, which are passed over.
describe('the JOSE cookbook through the conformance driver', () => {
  withVectors('jose-cookbook', (path) => {
    for (const folder of FOLDERS) {
      for (const file of listVectors(join(path, folder), 'json')) {
        const example = readJson(join(path, folder, file)) as CookbookExample
        // A JWE, which this service has no use for.
        if (file === 'ecdh-es.json') continue
        const { key, payload } = example.input
        const keys = Array.isArray(key) ? (key as readonly Jwk[]) : [key as Jwk]
        const extras = isDetached(example) ? { payload: Buffer.from(payload).toString('base64') } : {}
        for (const [form, jws] of Object.entries(example.output)) {
          for (const [i, jwk] of keys.entries()) {
            const why = decodeProtected(jws).includes('"crit"') || folder !== 'rfc7797' ? '' : NO_CRIT
            it(`${folder}/${file} ${form}, key ${i}: ${example.title}${why}`, async () => {
              const [verdict] = await runCases([
                {
                  id: file,
                  op: 'jws.verify',
                  [form === 'compact' ? 'compact' : 'json']: jws,
                  jwk,
                  ...extras,
                },
              ])
              assert.deepEqual(
                { ok: verdict?.ok, payload: verdict?.value?.['payload'] },
                { ok: true, payload: Buffer.from(payload).toString('base64') },
              )
            })
          }
          it(`${folder}/${file} ${form}: refused with one octet of the signature changed`, async () => {
            const changed = spoil(jws)
            for (const jwk of keys) {
              const [verdict] = await runCases([
                {
                  id: file,
                  op: 'jws.verify',
                  [form === 'compact' ? 'compact' : 'json']: changed,
                  jwk,
                  ...extras,
                },
              ])
              assert.equal(verdict?.ok, false)
            }
          })
        }
      }
    }
  })
})

function isDetached({ output }: CookbookExample): boolean {
  const compact = output['compact']
  return typeof compact === 'string' && compact.includes('..')
}

function decodeProtected(jws: unknown): string {
  const text = JSON.stringify(jws)
  const encoded = /(?:"protected":"|^")([A-Za-z0-9_-]+)/.exec(text)?.[1] ?? ''
  return Buffer.from(encoded, 'base64url').toString()
}

/** The JWS with the first octet of each signature changed. */
function spoil(jws: unknown): unknown {
  if (typeof jws === 'string') {
    const [header, payload, signature = ''] = jws.split('.')
    return [header, payload, flip(signature)].join('.')
  }
  return JSON.parse(JSON.stringify(jws), (name, value: unknown) =>
    name === 'signature' ? flip(value as string) : value,
  ) as unknown
}

function flip(text: string): string {
  return (text.startsWith('A') ? 'B' : 'A') + text.slice(1)
}
