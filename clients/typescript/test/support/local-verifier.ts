import {
  type AuthorityClient,
  type RequestVerifier,
  type RevocationFeed,
  connectAuthority,
  createRequestVerifier,
  createRevocationFeed,
  createTrustBundleSource,
  openIdentity,
} from '../../src/index.ts'
import type { TestAuthority } from '../../src/testing/index.ts'
import { PATIENCE_MS } from '../../../../test/support/patience.ts'

/** A resource server's side that decides by itself, in the time of a test authority. */
export interface LocalVerifier {
  readonly connection: AuthorityClient
  readonly feed: RevocationFeed
  readonly verifier: RequestVerifier
  close(): Promise<void>
}

/** Enrols a resource server at the authority; resolves when it knows whom to trust and has every list. */
export async function startLocalVerifier(authority: TestAuthority, clientId = 'bob'): Promise<LocalVerifier> {
  await authority.createClient(clientId, ['chancery.crl.read', 'chancery.requests.verify'])
  const { ports } = authority
  const identity = await openIdentity(await authority.issueIdentity(clientId))
  const connection = connectAuthority({ address: authority.address, identity, ports })
  const trust = createTrustBundleSource({ connection, ports })
  const feed = createRevocationFeed({ connection, trust, ports, verifierId: false })
  const verifier = createRequestVerifier({ mode: 'local', trust, feed, ports })
  await verifier.start()
  await feed.ready(AbortSignal.timeout(PATIENCE_MS))
  return {
    connection,
    feed,
    verifier,
    async close() {
      await verifier.close()
      connection.close()
    },
  }
}
