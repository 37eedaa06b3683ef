import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { MalformedError } from '../../src/core/errors.ts'
import { parseCertificate } from '../../src/core/x509/certificate.ts'
import { parseCrl } from '../../src/core/x509/crl.ts'
import { matchSubtree } from '../../src/core/x509/path/names-in-subtree.ts'
import { type PathRequest, validatePath } from '../../src/core/x509/path/validate-path.ts'
import type { Certificate } from '../../src/core/x509/types.ts'
import { NOW, type TestEntity, makeCa, makeCrl, makeLeaf, makeRoot, verdict } from '../support/pki/index.ts'

const root = makeRoot({ subject: 'CN=Root' })
const outer = makeCa(root, { subject: 'CN=Outer' })
const inner = makeCa(outer, { subject: 'CN=Inner' })
const leaf = makeLeaf(inner)
const lists = [makeCrl(root), makeCrl(outer), makeCrl(inner)]
const noise = [
  makeCa(outer, { subject: 'CN=Inner' }),
  makeCa(makeRoot({ subject: 'CN=Root' }), { subject: 'CN=Outer' }),
  makeCa(inner, { subject: 'CN=Outer', key: outer.key }),
]

function request(changed: Partial<PathRequest>): PathRequest {
  return {
    leaf: leaf.certificate,
    intermediates: [outer.certificate, inner.certificate],
    anchors: [root.certificate],
    crls: lists,
    at: NOW,
    purpose: 'any',
    revocation: 'hard',
    ...changed,
  }
}

describe('path validation', () => {
  it('does not depend on the order of what it is given, nor on noise', async () => {
    const via = fc.shuffledSubarray([...noise, outer, inner, outer], { minLength: 6 })
    const crls = fc.shuffledSubarray([...lists, ...lists], { minLength: 6 })
    await fc.assert(
      fc.asyncProperty(via, crls, async (via, crls) => {
        assert.equal(await verdict({ leaf, via, anchors: [root], crls }), 'ok')
      }),
      { numRuns: 30 },
    )
  })

  it('accepts no certificate and no list in which a bit was changed', async () => {
    const targets = ['leaf', 'inner', 'list'] as const
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...targets), fc.nat(), fc.nat(7), async (target, position, bit) => {
        const original = { leaf: leaf.certificate, inner: inner.certificate, list: lists[2]! }[target].der
        const der = Uint8Array.from(original)
        der[position % der.length]! ^= 1 << bit
        let changed: Partial<PathRequest>
        try {
          changed =
            target === 'leaf'
              ? { leaf: parseCertificate(der) }
              : target === 'inner'
                ? { intermediates: [outer.certificate, parseCertificate(der)] }
                : { crls: [lists[0]!, lists[1]!, parseCrl(der)] }
        } catch (error) {
          assert.ok(error instanceof MalformedError)
          return
        }
        assert.equal((await validatePath(request(changed))).ok, false)
      }),
      { numRuns: 400 },
    )
  })

  it('finds a path exactly when the graph of certificates has one', async () => {
    const names = ['A', 'B', 'C', 'D', 'E']
    const cas = names.map((name) => makeRoot({ subject: `CN=${name}` }))
    const all = names.flatMap((_, subject) =>
      names.flatMap((_, issuer) => (issuer === subject ? [] : [{ subject, issuer }])),
    )
    const certified = new Map<string, TestEntity>()
    const certify = ({ subject, issuer }: (typeof all)[number]): TestEntity => {
      const known = certified.get(`${subject}/${issuer}`)
      if (known !== undefined) return known
      const made = makeCa(cas[issuer]!, { subject: cas[subject]!.name, key: cas[subject]!.key })
      certified.set(`${subject}/${issuer}`, made)
      return made
    }
    const target = makeLeaf(cas[0]!)
    await fc.assert(
      fc.asyncProperty(fc.subarray(all), fc.nat(4), async (edges, anchor) => {
        const reached = new Set([0])
        for (const from of reached) {
          for (const { subject, issuer } of edges) if (subject === from) reached.add(issuer)
        }
        const found = await verdict({ leaf: target, via: edges.map(certify), anchors: [cas[anchor]!] })
        assert.equal(found, reached.has(anchor) ? 'ok' : 'ISSUER_UNKNOWN')
      }),
      { numRuns: 150 },
    )
  })

  it('is never stricter in soft mode than in hard mode, nor in off than in soft', async () => {
    const pool = [
      ...lists,
      makeCrl(inner, { revoked: [leaf], number: 2 }),
      makeCrl(outer, { revoked: [inner] }),
      makeCrl(inner, { nextUpdate: new Date('2026-03-01T00:00:00Z'), number: 3 }),
      makeCrl(inner, { base: 1, number: 4 }),
    ]
    await fc.assert(
      fc.asyncProperty(fc.subarray(pool), async (crls) => {
        const judge = async (revocation: 'hard' | 'soft' | 'off') =>
          (await validatePath(request({ crls, revocation }))).ok
        const [hard, soft, off] = [await judge('hard'), await judge('soft'), await judge('off')]
        assert.ok((!hard || soft) && (!soft || off))
      }),
      { numRuns: 60 },
    )
  })

  it('refuses a certificate that a list in force revokes, whatever else is there', async () => {
    const revoking = makeCrl(inner, { revoked: [leaf], number: 1 })
    const others = [...lists, makeCrl(inner, { number: 0 }), makeCrl(inner, { base: 0, number: 2 })]
    await fc.assert(
      fc.asyncProperty(fc.subarray(others), async (some) => {
        const result = await validatePath(request({ crls: [...some, revoking], revocation: 'soft' }))
        assert.equal(!result.ok && result.reason, 'CERTIFICATE_REVOKED')
      }),
      { numRuns: 40 },
    )
  })
})

describe('names in a subtree', () => {
  const label = fc.stringMatching(/^[a-z]{1,8}$/)
  const host = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'))

  it('are those with labels added on the left, and no others', () => {
    fc.assert(
      fc.property(host, host, (name, subtree) => {
        const expected = name === subtree || name.endsWith(`.${subtree}`) ? 'inside' : 'outside'
        const match = (value: string) => matchSubtree({ type: 'dns', value }, { type: 'dns', value: subtree })
        assert.equal(match(name), expected)
        assert.equal(match(`x.${subtree}`), 'inside')
        assert.notEqual(match(`x${subtree}`), 'inside')
      }),
    )
  })

  it('never come from text that is no name', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.constantFrom('dns' as const, 'email' as const, 'uri' as const),
        (text, type) => {
          const match = matchSubtree({ type, value: text }, { type, value: 'example.com' })
          if (match === 'inside') assert.match(text.toLowerCase(), /example\.com/)
        },
      ),
    )
  })
})

describe('hostile certificates', () => {
  it('with random names and flags are judged without an exception', async () => {
    const entity = fc.record({
      subject: fc.constantFrom('CN=A', 'CN=B', 'CN=Root'),
      parent: fc.nat(3),
      pathLength: fc.option(fc.nat(2), { nil: undefined }),
      reuseKey: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(entity, { maxLength: 8 }), async (plan) => {
        const made: TestEntity[] = [root]
        for (const { subject, parent, pathLength, reuseKey } of plan) {
          const above = made[parent % made.length]!
          const length = pathLength === undefined ? {} : { pathLength }
          made.push(makeCa(above, { subject, ...length, ...(reuseKey ? { key: above.key } : {}) }))
        }
        const target = makeLeaf(made.at(-1)!)
        const intermediates: Certificate[] = made.slice(1).map(({ certificate }) => certificate)
        const result = await validatePath(
          request({ leaf: target.certificate, intermediates, crls: [], revocation: 'off' }),
        )
        if (result.ok) assert.equal(result.path.at(-1), root.certificate)
      }),
      { numRuns: 60 },
    )
  })
})
