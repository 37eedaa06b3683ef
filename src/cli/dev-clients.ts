import { X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import type { ServiceError } from '@grpc/grpc-js'
import { ClientServiceService, CreateClientRequest } from '../gen/chancery/v1/client_service.ts'
import { readErrorDetails } from '../rpc/error-details.ts'
import { createIdentity, loadIdentity, swapIdentity } from '../identity/identity-folder.ts'
import { issueForKey, toIdentityFiles } from '../rpc/issue-certificate.ts'
import { generatePrivateKey } from '../identity/private-key.ts'
import { type RpcClient, connectRpc } from './rpc-client.ts'

/** The story's two sides: alice calls, bob decides. */
const DEV_CLIENTS = [
  { clientId: 'alice', displayName: 'Calls bob', grantedScopes: ['bob.user.read', 'bob.user.write'] },
  {
    clientId: 'bob',
    displayName: 'Serves users, and asks before',
    grantedScopes: ['chancery.crl.read', 'chancery.requests.verify'],
  },
] as const

const TIMEOUT_MS = 10_000
const RENEW_BEFORE_MS = 24 * 60 * 60 * 1000

/** Makes alice and bob, and an identity for each that is good for another day, if they are not there yet. */
export async function ensureDevClients(identities: string, address: string, now: Date): Promise<void> {
  const admin = await loadIdentity(join(identities, 'admin'))
  const rpc = connectRpc({ address, identity: admin, timeoutMs: TIMEOUT_MS })
  try {
    for (const client of DEV_CLIENTS) {
      await ensureClient(rpc, client)
      await ensureIdentity(rpc, client.clientId, join(identities, client.clientId), now)
    }
  } finally {
    rpc.close()
  }
}

async function ensureClient(rpc: RpcClient, client: (typeof DEV_CLIENTS)[number]): Promise<void> {
  try {
    await rpc.call(
      ClientServiceService.createClient,
      CreateClientRequest.fromPartial({ ...client, grantedScopes: [...client.grantedScopes] }),
    )
  } catch (error) {
    // There from an earlier run, with whatever grant it has been given since.
    if (readErrorDetails(error as ServiceError).reason !== 'CLIENT_EXISTS') throw error
  }
}

async function ensureIdentity(rpc: RpcClient, clientId: string, directory: string, now: Date): Promise<void> {
  const state = await loadIdentity(directory).then(
    ({ certificatePem }) =>
      new X509Certificate(certificatePem).validToDate.getTime() - now.getTime() > RENEW_BEFORE_MS
        ? 'good'
        : 'old',
    () => 'absent',
  )
  if (state === 'good') return
  const key = await generatePrivateKey('p256')
  const response = await issueForKey(rpc, key, { clientId })
  const files = await toIdentityFiles(rpc, response, key)
  await (state === 'old' ? swapIdentity(directory, files) : createIdentity(directory, files))
}
