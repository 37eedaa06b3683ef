import { assembleCertificate } from '../core/issuance/assemble.ts'
import { type AuthorityPlan, encodeTbsAuthorityCertificate } from '../core/issuance/authority-certificate.ts'
import { encodeTbsCertificate } from '../core/issuance/encode-certificate.ts'
import { lintTbsAuthorityCertificate } from '../core/issuance/lint-authority.ts'
import { lintTbsCertificate } from '../core/issuance/lint-certificate.ts'
import { lintTbsResponderCertificate } from '../core/issuance/lint-responder.ts'
import type { CertificatePlan } from '../core/issuance/plan.ts'
import { type ResponderPlan, encodeTbsResponderCertificate } from '../core/issuance/responder-certificate.ts'
import type { Certificate } from '../core/x509/types.ts'
import type { Signer } from '../signer/signer.ts'
import type { IssuingAuthority } from './issuing-authority.ts'

/**
 * Encodes, lints, and only then signs: what the lint refuses, no key ever signed.
 *
 * @throws DomainError LINT_FAILED; SignerError
 */
export async function signClientCertificate(
  plan: CertificatePlan,
  { signer, certificate }: IssuingAuthority,
): Promise<Uint8Array> {
  const tbs = encodeTbsCertificate(plan, signer.algorithm)
  lintTbsCertificate(tbs, signer.algorithm, plan, certificate)
  return signTbs(tbs, signer)
}

/**
 * The same for the certificate of an authority; `issuer` is absent for a root, which signs its own.
 *
 * @throws DomainError LINT_FAILED; SignerError
 */
export async function signAuthorityCertificate(
  plan: AuthorityPlan,
  signer: Signer,
  issuer: Certificate | undefined,
): Promise<Uint8Array> {
  const tbs = encodeTbsAuthorityCertificate(plan, signer.algorithm)
  lintTbsAuthorityCertificate(tbs, signer.algorithm, plan, issuer)
  return signTbs(tbs, signer)
}

/**
 * The same for the certificate of an OCSP responder.
 *
 * @throws DomainError LINT_FAILED; SignerError
 */
export async function signResponderCertificate(
  plan: ResponderPlan,
  { signer, certificate }: IssuingAuthority,
): Promise<Uint8Array> {
  const tbs = encodeTbsResponderCertificate(plan, signer.algorithm)
  lintTbsResponderCertificate(tbs, signer.algorithm, plan, certificate)
  return signTbs(tbs, signer)
}

async function signTbs(tbs: Uint8Array, signer: Signer): Promise<Uint8Array> {
  return assembleCertificate(tbs, signer.algorithm, await signer.sign(tbs))
}
