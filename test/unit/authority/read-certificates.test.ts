import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createClient } from '../../../src/authority/create-client.ts'
import { issueCertificate } from '../../../src/authority/issue-certificate.ts'
import { formatPageToken } from '../../../src/authority/page-token.ts'
import {
  getCertificate,
  listCertificates,
  type ListCertificatesRequest,
} from '../../../src/authority/read-certificates.ts'
import { revokeCertificate } from '../../../src/authority/revoke-certificate.ts'
import type { CertificateQuery } from '../../../src/store/store.ts'
import { ADMIN, buildUseCases, callerOf, issueRequest } from '../../support/build-use-cases.ts'

const everything: ListCertificatesRequest = {
  pageSize: 0,
  pageToken: '',
  clientId: '',
  scope: '',
  state: undefined,
  expiresBefore: undefined,
  expiresAtOrAfter: undefined,
}

/** Four certificates: alice a (revoked), alice b, bob short (expires first), bob c; returned oldest first. */
async function withCertificates() {
  const deps = await buildUseCases()
  for (const clientId of ['alice', 'bob']) {
    await createClient(deps, ADMIN, {
      clientId,
      displayName: '',
      grantedScopes: ['x.read', 'x.write'],
      profiles: ['client', 'short'],
      dnsNames: [],
    })
  }
  const requests = [
    issueRequest({ clientId: 'alice', scopes: ['x.read'] }),
    issueRequest({ clientId: 'alice', scopes: ['x.write'] }),
    issueRequest({ clientId: 'bob', scopes: ['x.read'], profile: 'short' }),
    issueRequest({ clientId: 'bob', scopes: ['x.read', 'x.write'] }),
  ]
  const serials: string[] = []
  for (const request of requests) {
    serials.push((await issueCertificate(deps, ADMIN, request)).certificate!.serialNumber)
  }
  await revokeCertificate(deps, ADMIN, {
    target: { kind: 'serial', serialNumber: serials[0]!, authority: '' },
    reason: 'superseded',
    invalidityDate: undefined,
    expectedCount: undefined,
    dryRun: false,
  })
  await deps.time.advance(60_000)
  const list = async (request: Partial<ListCertificatesRequest>) => {
    const { certificates } = await listCertificates(deps, ADMIN, { ...everything, ...request })
    return certificates.map(({ serialNumber }) => serials.indexOf(serialNumber))
  }
  return { ...deps, serials, list }
}

describe('the inventory', () => {
  it('lists newest first, and answers who, what scope, what state, and what expires when', async () => {
    const { list, clock } = await withCertificates()
    assert.deepEqual(await list({}), [3, 2, 1, 0])
    assert.deepEqual(await list({ clientId: 'alice' }), [1, 0])
    assert.deepEqual(await list({ scope: 'x.write' }), [3, 1])
    assert.deepEqual(await list({ state: 'active' }), [3, 1])
    assert.deepEqual(await list({ state: 'revoked' }), [0])
    assert.deepEqual(await list({ state: 'expired' }), [2])
    assert.deepEqual(await list({ expiresBefore: clock.now() }), [2])
    assert.deepEqual(await list({ expiresAtOrAfter: clock.now(), scope: 'x.read' }), [3, 0])
  })

  it('pages without losing or repeating, also when certificates are issued in between', async () => {
    const deps = await withCertificates()
    const seen: string[] = []
    let pageToken = ''
    for (let page = 0; page < 10; page++) {
      const answer = await listCertificates(deps, ADMIN, { ...everything, pageSize: 2, pageToken })
      seen.push(...answer.certificates.map(({ serialNumber }) => serialNumber))
      pageToken = answer.nextPageToken
      if (pageToken === '') break
      await issueCertificate(deps, ADMIN, issueRequest({ clientId: 'alice' }))
    }
    assert.deepEqual(seen, [...deps.serials].reverse())
  })

  it('ends a page early rather than send more than one message can hold', async () => {
    const deps = await withCertificates()
    const list = deps.store.certificates.list.bind(deps.store.certificates)
    const scopes = Array.from({ length: 200 }, (_, i) => `s${i}.${'x'.repeat(50)}`)
    const store = {
      ...deps.store,
      certificates: {
        ...deps.store.certificates,
        list: async (query: CertificateQuery) => {
          const page = await list(query)
          return { ...page, certificates: page.certificates.map((one) => ({ ...one, scopes })) }
        },
      },
    }
    for (let i = 0; i < 300; i++) await issueCertificate(deps, ADMIN, issueRequest({ clientId: 'alice' }))
    const seen: string[] = []
    let pageToken = ''
    let pages = 0
    do {
      const answer = await listCertificates({ ...deps, store }, ADMIN, {
        ...everything,
        pageSize: 1000,
        pageToken,
      })
      seen.push(...answer.certificates.map(({ serialNumber }) => serialNumber))
      pageToken = answer.nextPageToken
    } while (pageToken !== '' && ++pages < 10)
    assert.ok(pages > 0)
    assert.equal(new Set(seen).size, 304)
    assert.equal(seen.length, 304)
  })

  it('refuses a page token that was given for another filter', async () => {
    const deps = await withCertificates()
    const { nextPageToken } = await listCertificates(deps, ADMIN, { ...everything, pageSize: 1 })
    await assert.rejects(
      listCertificates(deps, ADMIN, { ...everything, clientId: 'bob', pageToken: nextPageToken }),
      { reason: 'PAGE_TOKEN_INVALID' },
    )
  })

  it('refuses a made-up page token that has the digest of the filter and a position that is none', async () => {
    const deps = await withCertificates()
    // What the digest is made of when nothing is filtered. Anybody can work it out.
    const filter = ['certificates', undefined, undefined, undefined, undefined, undefined]
    for (const position of ['abc', ' ', '-1', '1.5', '0x10', '1'.repeat(20)]) {
      const pageToken = formatPageToken(position, filter)
      await assert.rejects(listCertificates(deps, ADMIN, { ...everything, pageToken }), {
        reason: 'PAGE_TOKEN_INVALID',
      })
    }
    assert.equal((await deps.list({ pageToken: formatPageToken('9'.repeat(19), filter) })).length, 4)
  })

  it('shows a client its own and nothing of others, not even that they exist', async () => {
    const deps = await withCertificates()
    const alice = callerOf('alice')
    const own = await listCertificates(deps, alice, { ...everything, clientId: 'alice' })
    assert.equal(own.certificates.length, 2)
    for (const clientId of ['', 'bob']) {
      await assert.rejects(listCertificates(deps, alice, { ...everything, clientId }), {
        reason: 'CALLER_NOT_ALLOWED',
      })
    }
    await getCertificate(deps, alice, { serialNumber: deps.serials[1]!, authority: '' })
    for (const serialNumber of [deps.serials[3]!, 'abcdef']) {
      await assert.rejects(getCertificate(deps, alice, { serialNumber, authority: '' }), {
        reason: 'CALLER_NOT_ALLOWED',
      })
    }
  })

  it('tells those who may read what is not there', async () => {
    const deps = await withCertificates()
    await assert.rejects(getCertificate(deps, ADMIN, { serialNumber: 'abcdef', authority: '' }), {
      reason: 'CERTIFICATE_NOT_FOUND',
    })
    await assert.rejects(getCertificate(deps, ADMIN, { serialNumber: 'abcdef', authority: 'nowhere' }), {
      reason: 'AUTHORITY_NOT_FOUND',
    })
  })
})
