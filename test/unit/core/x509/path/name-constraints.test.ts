import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type TestEntity,
  makeCa,
  makeLeaf,
  makeRoot,
  nameConstraints,
  subjectAltName,
  verdict,
} from '../../../../support/pki/index.ts'

interface Lists {
  readonly permitted?: readonly string[]
  readonly excluded?: readonly string[]
}

const root = makeRoot()

/** Validates a leaf with these names under CAs with these constraints, from the top. */
async function check(constraints: readonly Lists[], names: readonly string[], subject = 'O=Test,CN=leaf') {
  const cas: TestEntity[] = []
  for (const [i, lists] of constraints.entries()) {
    cas.push(
      makeCa(cas.at(-1) ?? root, { subject: `O=Test,CN=CA ${i}`, extensions: [nameConstraints(lists)] }),
    )
  }
  const extensions = names.length === 0 ? [] : [subjectAltName(names, subject === '')]
  const leaf = makeLeaf(cas.at(-1)!, { subject, extensions })
  return verdict({ leaf, via: cas, anchors: [root] })
}

describe('name constraints', () => {
  it('hold every name of a form to the permitted subtrees of that form', async () => {
    const permitted = ['dns:example.com', 'dns:example.org']
    assert.equal(await check([{ permitted }], ['dns:a.example.com', 'dns:example.org']), 'ok')
    assert.equal(await check([{ permitted }], ['dns:a.example.com', 'dns:example.net']), 'CHAIN_INVALID')
    assert.equal(await check([{ permitted }], ['email:a@example.net', 'ip:0a000001']), 'ok')
    assert.equal(await check([{ permitted }], []), 'ok')
  })

  it('refuse every name in an excluded subtree, permitted or not', async () => {
    const excluded = ['dns:bad.example.com']
    assert.equal(await check([{ excluded }], ['dns:example.com']), 'ok')
    assert.equal(await check([{ excluded }], ['dns:example.com', 'dns:x.bad.example.com']), 'CHAIN_INVALID')
    const both = { permitted: ['dns:example.com'], excluded: ['dns:example.com'] }
    assert.equal(await check([both], ['dns:example.com']), 'CHAIN_INVALID')
  })

  it('refuse a wildcard that may stand for an excluded name, or for one that is not permitted', async () => {
    const names = ['dns:*.example.com']
    assert.equal(await check([{ excluded: ['dns:bar.example.com'] }], names), 'CHAIN_INVALID')
    assert.equal(await check([{ permitted: ['dns:foo.example.com'] }], names), 'CHAIN_INVALID')
    assert.equal(await check([{ permitted: ['dns:example.com'] }], names), 'ok')
  })

  it('narrow on the way down and never widen', async () => {
    const [foo, bar] = ['dns:foo.example.com', 'dns:bar.example.com']
    assert.equal(await check([{ permitted: [foo, bar] }, { permitted: [bar] }], [foo]), 'CHAIN_INVALID')
    assert.equal(await check([{ permitted: [bar] }, { permitted: [foo, bar] }], [foo]), 'CHAIN_INVALID')
    assert.equal(await check([{ permitted: [foo, bar] }, { permitted: [bar] }], [bar]), 'ok')
    assert.equal(await check([{ excluded: [foo] }, { excluded: [bar] }], [foo]), 'CHAIN_INVALID')
  })

  it('limit directory names in the subject and in the alternative name', async () => {
    const permitted = ['dir:O=Test']
    assert.equal(await check([{ permitted }], []), 'ok')
    assert.equal(await check([{ permitted }], [], 'O=Other,CN=leaf'), 'CHAIN_INVALID')
    assert.equal(await check([{ permitted }], ['dir:O=Other,CN=leaf']), 'CHAIN_INVALID')
    assert.equal(await check([{ permitted }], ['dir:O=TEST,CN=x']), 'ok')
    assert.equal(await check([{ excluded: ['dir:O=Test,CN=leaf'] }], []), 'CHAIN_INVALID')
    assert.equal(await check([{ excluded: ['dir:O=Test,CN=leaf,OU=deeper'] }], []), 'ok')
    assert.equal(await check([{ permitted }], ['dns:a.example'], ''), 'ok')
  })

  it('limit e-mail addresses in the alternative name and in the subject', async () => {
    const permitted = ['email:example.com']
    assert.equal(await check([{ permitted }], ['email:a@example.com']), 'ok')
    assert.equal(await check([{ permitted }], ['email:a@example.org']), 'CHAIN_INVALID')
    assert.equal(await check([{ permitted }], [], 'O=Test,emailAddress=a@example.com'), 'ok')
    assert.equal(await check([{ permitted }], [], 'O=Test,emailAddress=a@example.org'), 'CHAIN_INVALID')
    assert.equal(
      await check([{ permitted }], ['email:a@example.com'], 'O=Test,emailAddress=a@example.org'),
      'CHAIN_INVALID',
    )
  })

  it('limit URIs and addresses', async () => {
    assert.equal(await check([{ permitted: ['uri:.example.com'] }], ['uri:http://a.example.com/']), 'ok')
    assert.equal(
      await check([{ permitted: ['uri:.example.com'] }], ['uri:http://example.com/']),
      'CHAIN_INVALID',
    )
    assert.equal(await check([{ permitted: ['ip:c0000200ffffff00'] }], ['ip:c0000201']), 'ok')
    assert.equal(await check([{ excluded: ['ip:c0000200ffffff00'] }], ['ip:c0000201']), 'CHAIN_INVALID')
  })

  it('refuse a name that cannot be compared, in either list', async () => {
    for (const lists of [{ permitted: ['dns:example.com'] }, { excluded: ['dns:evil.example'] }]) {
      assert.equal(await check([lists], ['dns:.example.com']), 'CHAIN_INVALID')
      assert.equal(await check([lists], ['dns:good.example.com', 'dns:bad name']), 'CHAIN_INVALID')
    }
    assert.equal(await check([{ permitted: ['dns:.example.com'] }], ['dns:a.example.com']), 'CHAIN_INVALID')
    assert.equal(await check([{ excluded: ['dns:.example.com'] }], ['dns:example.org']), 'CHAIN_INVALID')
    // CAs that list both spellings mean the one that is a name.
    assert.equal(
      await check([{ permitted: ['dns:.example.com', 'dns:example.com'] }], ['dns:a.example.com']),
      'ok',
    )
  })

  it('of a form that is not supported refuse names of that form, and no others', async () => {
    for (const lists of [{ permitted: ['other:x'] }, { excluded: ['other:x'] }]) {
      assert.equal(await check([lists], ['other:y']), 'CHAIN_INVALID')
      assert.equal(await check([lists], ['dns:a.example']), 'ok')
    }
  })

  it('are enforced when they are not critical, and when they are those of the anchor', async () => {
    const lists = { permitted: ['dns:example.com'] }
    for (const critical of [true, false]) {
      const anchor = makeRoot({ extensions: [nameConstraints(lists, critical)] })
      const leaf = (name: string) => makeLeaf(anchor, { extensions: [subjectAltName([name])] })
      assert.equal(await verdict({ leaf: leaf('dns:example.com'), anchors: [anchor] }), 'ok')
      assert.equal(await verdict({ leaf: leaf('dns:example.org'), anchors: [anchor] }), 'CHAIN_INVALID')
    }
  })

  it('apply to intermediates, but to self-issued certificates only in the place of the leaf', async () => {
    const limits = nameConstraints({ permitted: ['dns:example.com'] })
    const bad = subjectAltName(['dns:example.org'])
    const ca = makeCa(root, { subject: 'CN=A', extensions: [limits] })
    const selfIssued = makeCa(ca, { subject: 'CN=A', extensions: [bad] })
    const other = makeCa(ca, { subject: 'CN=B', extensions: [bad] })
    assert.equal(await verdict({ leaf: makeLeaf(selfIssued), via: [ca, selfIssued], anchors: [root] }), 'ok')
    assert.equal(await verdict({ leaf: makeLeaf(other), via: [ca, other], anchors: [root] }), 'CHAIN_INVALID')
    assert.equal(await verdict({ leaf: selfIssued, via: [ca], anchors: [root] }), 'CHAIN_INVALID')
  })

  it('on one branch do not stand in the way of another', async () => {
    const free = makeRoot({ subject: 'CN=Free' })
    const limits = nameConstraints({ excluded: ['dns:forbidden.example'] })
    const limited = makeCa(root, { subject: 'CN=A', extensions: [limits] })
    const first = makeCa(limited, {
      subject: 'CN=B',
      extensions: [subjectAltName(['dns:forbidden.example'])],
    })
    const second = makeCa(free, { subject: 'CN=B', key: first.key })
    const leaf = makeLeaf(first)
    for (const via of [
      [limited, first, second],
      [second, first, limited],
    ]) {
      assert.equal(await verdict({ leaf, via, anchors: [root, free] }), 'ok')
    }
  })
})
