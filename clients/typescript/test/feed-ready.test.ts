import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import {
  type AuthorityClient,
  connectAuthority,
  createRevocationFeed,
  createTrustBundleSource,
  openIdentity,
} from '../src/index.ts'
import { type TestAuthority, startTestAuthority } from '../src/testing/index.ts'

describe('a feed that does not get ready', () => {
  let authority: TestAuthority
  let connection: AuthorityClient
  before(async () => {
    authority = await startTestAuthority()
    await authority.createClient('bob', ['chancery.requests.verify'])
    const identity = await openIdentity(await authority.issueIdentity('bob'))
    connection = connectAuthority({ address: authority.address, identity })
  })
  after(async () => {
    connection.close()
    await authority.close()
  })

  it('says what stood in the way, and keeps the name of why it was given up', async () => {
    const trust = createTrustBundleSource({ connection })
    const feed = createRevocationFeed({ connection, trust, verifierId: false })
    const giveUp = new AbortController()
    feed.onEvent(({ kind }) => {
      if (kind === 'disconnected') giveUp.abort()
    })
    const failed: unknown = await feed.ready(giveUp.signal).catch((error: unknown) => error)
    assert.ok(failed instanceof Error)
    assert.equal(failed.name, 'AbortError')
    assert.equal((failed.cause as { readonly reason?: string }).reason, 'CALLER_NOT_ALLOWED')
    trust.close()
    await feed.close()
  })
})
