import { DomainError } from '../core/errors.ts'
import { fieldInvalid } from './fields.ts'
import type { ClientRecord, Store } from '../store/store.ts'

/** @throws {@link DomainError} CLIENT_NOT_FOUND */
export async function requireClient(store: Pick<Store, 'clients'>, clientId: string): Promise<ClientRecord> {
  const client = await store.clients.get(clientId)
  if (client === undefined) throw clientNotFound(clientId)
  return client
}

/** @throws {@link DomainError} CLIENT_NOT_FOUND, CLIENT_LOCKED */
export async function requireActiveClient(
  store: Pick<Store, 'clients'>,
  clientId: string,
): Promise<ClientRecord> {
  const client = await requireClient(store, clientId)
  if (client.state === 'locked') {
    throw new DomainError(
      'CLIENT_LOCKED',
      `Client ${clientId} is locked${client.lockMessage === '' ? '' : ` (${client.lockMessage})`}. Unlock it first.`,
      { client_id: clientId },
    )
  }
  return client
}

export function clientNotFound(clientId: string): DomainError {
  return new DomainError('CLIENT_NOT_FOUND', `There is no client ${clientId}. Add it with CreateClient.`, {
    client_id: clientId,
  })
}

export function clientChanged(clientId: string, currentVersion: number): DomainError {
  return new DomainError(
    'CLIENT_CHANGED',
    `Client ${clientId} changed meanwhile. Read it again, then retry.`,
    { client_id: clientId, etag: `v${currentVersion}` },
  )
}

/** The text that changes with every change of a client; given back to refuse a change made on old knowledge. */
export function clientEtag(client: ClientRecord): string {
  return `v${client.version}`
}

/**
 * The version that an etag names; `undefined` for an empty one.
 *
 * @throws {@link DomainError} FIELD_INVALID
 */
export function parseEtag(etag: string): number | undefined {
  if (etag === '') return undefined
  const version = /^v([1-9]\d{0,14})$/.exec(etag)?.[1]
  if (version === undefined) throw fieldInvalid('etag', 'etag must be one that GetClient returned, or empty.')
  return Number(version)
}
