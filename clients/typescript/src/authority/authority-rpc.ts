import type { AuthorityClient } from './connect-authority.ts'

/** What verifying needs of a connection to the authority. */
export type AuthorityRpc = Pick<AuthorityClient, 'call' | 'duplex' | 'stream'>
