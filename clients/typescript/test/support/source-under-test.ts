import { status } from '@grpc/grpc-js'
import { settle } from '../../../../test/support/fakes.ts'
import type { Authorized } from '../../src/authorizer.ts'
import type { CredentialEvent } from '../../src/credentials/credential-event.ts'
import {
  type CredentialSource,
  type CredentialSourceOptions,
  createCredentialSource,
} from '../../src/credentials/credential-source.ts'
import { type Script, type ScriptedAuthority, scriptAuthority } from './scripted-authority.ts'

/** What every test asks a credential for. */
export const REQUEST = { method: 'GET', url: 'https://bob.example/users/7' }
export const GONE: Script = { kind: 'transport', code: status.UNAVAILABLE, details: 'connect ECONNREFUSED' }

/** Made anew for each test. */
export let authority: ScriptedAuthority
export let source: CredentialSource
export let events: CredentialEvent[]

/** Opens another source on the same authority. */
export function open(options: Partial<CredentialSourceOptions> = {}): void {
  source = createCredentialSource({ authority: authority.client, ports: authority.ports, ...options })
  events = []
  source.subscribe((event) => events.push(event))
}

/** For `beforeEach`. */
export async function startAfresh(): Promise<void> {
  authority = await scriptAuthority()
  open()
}

export async function credential(request: typeof REQUEST = REQUEST): Promise<string> {
  return (await source.authorize(request)).credential
}

export function tokenOf({ headers }: Authorized): string | undefined {
  return headers.find(([name]) => name === 'Authorization')?.[1]
}

/** What is there at once: a promise that needs anything but its turn has not come. */
export async function atOnce(): Promise<string> {
  return Promise.race([credential(), settle().then(() => 'waits')])
}

/** The switches so far, with their reasons. */
export const switches = () =>
  events.flatMap((event) => (event.kind === 'switched' ? [`${event.to} ${event.reason ?? ''}`.trim()] : []))
