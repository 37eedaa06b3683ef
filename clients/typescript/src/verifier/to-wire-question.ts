import type {
  OfferedCertificate,
  OfferedCredential,
} from '../../../../src/core/decision/offered-credential.ts'
import type { VerifyRequestInput } from '../../../../src/core/decision/read-query.ts'
import type { RequestBody } from '../../../../src/core/request/http-request.ts'
import {
  SignatureAlgorithm,
  SignatureProfile,
  VerifyRequestRequest,
} from '../../../../src/gen/chancery/v1/authorization_service.ts'
import { ScopeMatch } from '../../../../src/gen/chancery/v1/types.ts'

/** A question as the message that asks it of the service. */
export function toWireVerifyRequest(input: VerifyRequestInput): VerifyRequestRequest {
  return VerifyRequestRequest.fromPartial({
    credential: toWireCredential(input.credential!),
    requiredScopes: [...input.requiredScopes],
    match: input.match === 'any' ? ScopeMatch.SCOPE_MATCH_ANY : ScopeMatch.SCOPE_MATCH_ALL,
    audience: input.audience,
    ...(input.freshness && { freshness: { demand: toWireDemand(input.freshness) } }),
    explain: input.explain,
  })
}

function toWireDemand(freshness: NonNullable<VerifyRequestInput['freshness']>) {
  if (freshness.kind === 'at_least_crl_number')
    return { $case: 'atLeastCrlNumber', value: freshness.crlNumber } as const
  const seconds = Math.floor(freshness.milliseconds / 1000)
  const nanos = Math.round((freshness.milliseconds - seconds * 1000) * 1e6)
  return { $case: 'maxStaleness', value: { seconds: BigInt(seconds), nanos } } as const
}

const PROFILES = {
  unspecified: SignatureProfile.SIGNATURE_PROFILE_UNSPECIFIED,
  simple: SignatureProfile.SIGNATURE_PROFILE_SIMPLE,
  rfc9421: SignatureProfile.SIGNATURE_PROFILE_RFC9421,
} as const

const ALGORITHMS = {
  'ecdsa-p256-sha256': SignatureAlgorithm.SIGNATURE_ALGORITHM_ECDSA_P256_SHA256,
  'ecdsa-p384-sha384': SignatureAlgorithm.SIGNATURE_ALGORITHM_ECDSA_P384_SHA384,
  ed25519: SignatureAlgorithm.SIGNATURE_ALGORITHM_ED25519,
  'rsa-v1_5-sha256': SignatureAlgorithm.SIGNATURE_ALGORITHM_RSA_V1_5_SHA256,
  'rsa-pss-sha512': SignatureAlgorithm.SIGNATURE_ALGORITHM_RSA_PSS_SHA512,
} as const

function toWireCredential(credential: OfferedCredential) {
  switch (credential.kind) {
    case 'http_signature': {
      const { method, target, authority, headers, body, bodyTruncated } = credential.request
      return {
        $case: 'httpSignature',
        value: {
          method,
          target,
          authority,
          scheme: credential.scheme ?? '',
          headers: headers.map(({ name, value }) => ({ name, value: Buffer.from(value) })),
          ...toWireBody(body),
          bodyTruncated,
          profile: PROFILES[credential.profile],
        },
      } as const
    }
    case 'detached_signature': {
      const { chain, signed, signature, algorithm, nonce, signedAt } = credential
      return {
        $case: 'detachedSignature',
        value: {
          certificateChainDer: chain.map((der) => Buffer.from(der)),
          signed:
            signed?.kind === 'sha256'
              ? ({ $case: 'digest', value: Buffer.from(signed.digest) } as const)
              : ({ $case: 'message', value: Buffer.from(signed!.bytes) } as const),
          signature: Buffer.from(signature),
          ...(algorithm && { algorithm: ALGORITHMS[algorithm] }),
          nonce,
          ...(signedAt && { signedAt }),
        },
      } as const
    }
    case 'presented_certificate':
      return { $case: 'presentedCertificate', value: toWireCertificate(credential) } as const
    case 'bearer_token': {
      const { token, certificate } = credential
      const beside = certificate && { presentedCertificate: toWireCertificate(certificate) }
      return { $case: 'bearerToken', value: { token, ...beside } } as const
    }
  }
}

function toWireCertificate({ chain, forwarded }: OfferedCertificate) {
  return {
    certificateChainDer: chain.map((der) => Buffer.from(der)),
    ...(forwarded && {
      forwarded: {
        header: forwarded.header,
        value: Buffer.from(forwarded.value),
        chainValue: Buffer.from(forwarded.chainValue),
      },
    }),
  }
}

function toWireBody(body: RequestBody) {
  switch (body.kind) {
    case 'absent':
      return {}
    case 'bytes':
      return { body: { $case: 'bodyBytes', value: Buffer.from(body.bytes) } } as const
    case 'sha256':
      return { body: { $case: 'bodySha256', value: Buffer.from(body.digest) } } as const
  }
}
