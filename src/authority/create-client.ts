import { DomainError } from '../core/errors.ts'
import { parseClientId } from '../core/issuance/client-identity.ts'
import { findProfile } from '../core/issuance/profile.ts'
import { parseHostName } from '../core/issuance/host-name.ts'
import { MAX_CLIENT_DNS_NAMES, MAX_CLIENT_PROFILES } from '../core/limits.ts'
import { parseGrant } from '../core/scope/scope-set.ts'
import type { ClientRecord, Store } from '../store/store.ts'
import { requireRight } from './access.ts'
import { fieldInvalid, parseText } from './fields.ts'
import type { Caller, Clock } from './ports.ts'

export interface CreateClientRequest {
  readonly clientId: string
  readonly displayName: string
  readonly grantedScopes: readonly string[]
  readonly profiles: readonly string[]
  readonly dnsNames: readonly string[]
}

/**
 * Adds a client with its grant.
 *
 * @throws {@link DomainError} CALLER_NOT_ALLOWED, FIELD_INVALID, SCOPE_MALFORMED, PROFILE_UNKNOWN, CLIENT_EXISTS, CLIENT_REMOVED
 */
export async function createClient(
  deps: { store: Pick<Store, 'clients'>; clock: Clock },
  caller: Caller,
  request: CreateClientRequest,
): Promise<ClientRecord> {
  requireRight(caller, 'chancery.clients.write')
  const client = newClient(request, deps.clock.now())
  const outcome = await deps.store.clients.create(client, {
    at: client.createdAt,
    actor: caller.clientId,
    action: 'client.create',
    subject: client.clientId,
    details: { granted_scopes: client.grantedScopes, profiles: client.profiles, dns_names: client.dnsNames },
  })
  switch (outcome) {
    case 'created':
      return client
    case 'exists':
      throw new DomainError(
        'CLIENT_EXISTS',
        `Client ${client.clientId} exists. Change it with SetClientScopes.`,
        { client_id: client.clientId },
      )
    case 'removed':
      throw new DomainError(
        'CLIENT_REMOVED',
        `There was a client ${client.clientId}, which was removed. Its id is never given again: choose another.`,
        { client_id: client.clientId },
      )
  }
}

/** Checks every field of a new client. Also used by `init`, whose first clients nobody calls for. */
export function newClient(request: CreateClientRequest, at: Date): ClientRecord {
  if (request.profiles.length > MAX_CLIENT_PROFILES) {
    throw fieldInvalid('profiles', `A client can have at most ${MAX_CLIENT_PROFILES} profiles.`)
  }
  if (request.dnsNames.length > MAX_CLIENT_DNS_NAMES) {
    throw fieldInvalid('dns_names', `A client can have at most ${MAX_CLIENT_DNS_NAMES} DNS names.`)
  }
  for (const profile of request.profiles) findProfile(profile)
  for (const name of request.dnsNames) parseHostName(name)
  return {
    clientId: parseClientId(request.clientId),
    displayName: parseText(request.displayName, 'display_name'),
    grantedScopes: parseGrant(request.grantedScopes, 'granted_scopes'),
    profiles: sortedUnique(request.profiles),
    dnsNames: sortedUnique(request.dnsNames),
    state: 'active',
    lockMessage: '',
    createdAt: at,
    updatedAt: at,
    version: 1,
  }
}

function sortedUnique(values: readonly string[]): string[] {
  return [...new Set(values)].sort()
}
