import { parsePemChain } from './pem-chain.ts'
import type { TestIdentity } from '../../../../test/support/running-service.ts'
import { REQUEST_LINE, signAsClient } from '../../../../test/support/sign-as-client.ts'
import type { VerificationQuestion } from '../../src/verifier/request-verifier.ts'

type Signer = Pick<TestIdentity, 'certificatePem' | 'keyPem'>

/** A question about a request that a client signed just now. */
export async function signedQuestion(
  client: Signer,
  requiredScopes: readonly string[] = ['bob.user.read'],
): Promise<VerificationQuestion> {
  const headers = await signAsClient(client)
  const { method, target, authority, scheme } = REQUEST_LINE
  return {
    requiredScopes,
    credential: {
      kind: 'http_signature',
      profile: 'unspecified',
      scheme,
      request: {
        method,
        target,
        authority,
        headers: Object.entries(headers).map(([name, value]) => ({
          name,
          value: Buffer.from(value, 'latin1'),
        })),
        body: { kind: 'absent' },
        bodyTruncated: false,
      },
    },
  }
}

/** A question about the certificate that TLS proved. */
export function certificateQuestion(
  client: Signer,
  requiredScopes = ['bob.user.read'],
): VerificationQuestion {
  const chain = parsePemChain(client.certificatePem)
  return { requiredScopes, credential: { kind: 'presented_certificate', chain, forwarded: undefined } }
}

/** A question about a token, beside the certificate that TLS proved, if any. */
export function tokenQuestion(
  token: string,
  beside?: Signer,
  requiredScopes = ['bob.user.read'],
): VerificationQuestion {
  const certificate = beside && {
    kind: 'presented_certificate' as const,
    chain: parsePemChain(beside.certificatePem),
    forwarded: undefined,
  }
  return { requiredScopes, credential: { kind: 'bearer_token', token, certificate } }
}
