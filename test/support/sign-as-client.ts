import { type SignatureProfile, signRequest } from '../../src/identity/sign-request.ts'
import { credentialOf } from '../../src/identity/signing-credential.ts'
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
  profile: SignatureProfile = 'rfc9421',
): Promise<Record<string, string>> {
  const credential = credentialOf({
    directory: '',
    keyPem: Buffer.from(identity.keyPem),
    certificatePem: Buffer.from(identity.certificatePem),
  })
  const line = { ...REQUEST_LINE, ...change }
  const content = { kind: 'bytes', bytes: Buffer.from(body) } as const
  return Object.fromEntries(await signRequest(profile, credential, line, content, new Date()))
}
