import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { CliError } from '../../../src/cli/cli-error.ts'
import { EXIT } from '../../../src/cli/exit-code.ts'
import { equalBytes } from '../../../src/core/bytes.ts'
import { fetchShard } from '../../../src/cli/fetch-shard.ts'
import type { RpcClient } from '../../../src/cli/rpc-client.ts'
import {
  TEST_NOW,
  type TestAuthority,
  buildAuthority,
  buildCrl,
  buildLeaf,
} from '../../support/build-authority.ts'

describe('the list that a certificate names', () => {
  const answers = new Map<string, Uint8Array>()
  let asked = 0
  const server = createServer(({ url = '' }, answer) => {
    asked++
    const body = answers.get(url)
    if (url === '/moved') answer.writeHead(302, { location: '/own.crl' }).end()
    else answer.writeHead(body === undefined ? 404 : 200).end(body)
  })
  const url = (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`
  let issuing: TestAuthority
  let stranger: TestAuthority
  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    issuing = await buildAuthority({ parent: await buildAuthority({}) })
    stranger = await buildAuthority({ parent: await buildAuthority({}) })
  })
  after(() => server.close())

  const rpc = {
    call: () =>
      Promise.resolve({ authorities: [{ id: 'issuing-1', certificateDer: issuing.certificate.der }] }),
  } as unknown as RpcClient
  const scoped = (path: string) => ({ distributionPointUrls: [url(path)] })

  /** Fetches the list of a certificate that names `path`. */
  async function fetchFor(path: string | undefined, { by = issuing, now = TEST_NOW } = {}) {
    const crlUrl = path === undefined ? undefined : url(path)
    const { certificate } = await buildLeaf(by, { input: { crlUrl } })
    return fetchShard(rpc, certificate, now, AbortSignal.timeout(5000))
  }
  const assertRefused = (fetched: Promise<unknown>, exitCode: number) =>
    assert.rejects(fetched, (error) => error instanceof CliError && error.exitCode === exitCode)

  it('is taken with the authority that signed it', async () => {
    answers.set('/own.crl', await buildCrl(issuing, [], scoped('/own.crl')))
    const { authority, list } = await fetchFor('/own.crl')
    assert.equal(authority, 'issuing-1')
    assert.ok(equalBytes(list.der, answers.get('/own.crl')!))
  })

  it('may be the whole list', async () => {
    answers.set('/whole.crl', await buildCrl(issuing, []))
    assert.equal((await fetchFor('/whole.crl')).list.issuingDistributionPoint, undefined)
  })

  it('is refused if it is that of other certificates, of another signer, or has run out', async () => {
    answers.set('/swapped.crl', await buildCrl(issuing, [], scoped('/own.crl')))
    await assertRefused(fetchFor('/swapped.crl'), EXIT.no)
    answers.set('/foreign.crl', await buildCrl(stranger, [], scoped('/foreign.crl')))
    await assertRefused(fetchFor('/foreign.crl'), EXIT.no)
    answers.set('/old.crl', await buildCrl(issuing, [], scoped('/old.crl')))
    const later = new Date(TEST_NOW.getTime() + 24 * 60 * 60 * 1000)
    await assertRefused(fetchFor('/old.crl', { now: later }), EXIT.no)
    answers.set('/broken.crl', Uint8Array.of(0x30, 0x80))
    await assertRefused(fetchFor('/broken.crl'), EXIT.no)
  })

  it('that is not there or elsewhere is said to be unavailable', async () => {
    await assertRefused(fetchFor('/absent.crl'), EXIT.unavailable)
    await assertRefused(fetchFor('/moved'), EXIT.unavailable)
  })

  it('is not even asked for if no authority of the service issued the certificate, or it names none', async () => {
    const before = asked
    await assertRefused(fetchFor('/own.crl', { by: stranger }), EXIT.notFound)
    await assertRefused(fetchFor(undefined), EXIT.notFound)
    assert.equal(asked, before)
  })
})
