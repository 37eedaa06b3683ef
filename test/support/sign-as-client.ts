import { signMessage } from '../../src/cli/sign-message.ts'
import { signRequest } from '../../src/cli/sign-request.ts'
import type { TestIdentity } from './running-service.ts'

/** The request that the proxies of tests are asked for, unless a test says otherwise. */
export const REQUEST_LINE = {
  method: 'GET',
  target: '/users/7?full=1',
  authority: 'bob.example',
  scheme: 'https',
} as const

/** Header fields of a request signed as `chancery request sign` signs it. */
export async function signAsClient(
  identity: Pick<TestIdentity, 'keyPem' | 'certificatePem'>,
  change: { readonly method?: string; readonly target?: string } = {},
  body = '',
  profile: 'rfc9421' | 'simple' = 'rfc9421',
): Promise<Record<string, string>> {
  const sign = profile === 'simple' ? signRequest : signMessage
  const signer = {
    keyPem: Buffer.from(identity.keyPem),
    certificatePem: Buffer.from(identity.certificatePem),
    caPem: Buffer.from(''),
    directory: '',
  }
  const line = { ...REQUEST_LINE, ...change }
  return Object.fromEntries(await sign(signer, line, Buffer.from(body), new Date()))
}
