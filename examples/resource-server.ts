import { hostname } from 'node:os'
import { join } from 'node:path'
import {
  connectAuthority,
  createRequestVerifier,
  createRevocationFeed,
  createTrustBundleSource,
  openIdentity,
} from '@chancery/client'

/** What every resource server of these examples begins with: who it is, whom it trusts, who is revoked, and the verifier over all that. */
export async function openResourceServer() {
  const folder = process.env['CHANCERY_IDENTITY'] ?? 'identity'
  const identity = await openIdentity(folder)
  const authority = connectAuthority({
    address: process.env['CHANCERY_ADDRESS'] ?? 'localhost:8443',
    identity,
  })
  // Beside the identity, so that a start without the authority knows what the last run knew.
  const directory = `${folder}-state`
  const trust = createTrustBundleSource({ connection: authority, directory: join(directory, 'trust') })
  const feed = createRevocationFeed({
    connection: authority,
    trust,
    directory: join(directory, 'lists'),
    verifierId: hostname(),
  })
  const verifier = createRequestVerifier({ mode: 'auto', connection: authority, trust, feed })
  await verifier.start()
  await feed.ready(AbortSignal.timeout(10_000))
  return { authority, verifier }
}
