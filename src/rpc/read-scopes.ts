import { AuthorityServiceService, GetTrustBundleRequest } from '../gen/chancery/v1/authority_service.ts'
import { certificateScopes } from '../core/scope/scope-extension.ts'
import type { Certificate } from '../core/x509/types.ts'
import type { UnaryCaller } from './unary-caller.ts'

/** Reads a certificate's scopes under the extension OID that its authority publishes. */
export async function readScopes(rpc: UnaryCaller, certificate: Certificate): Promise<readonly string[]> {
  const bundle = await rpc.call(AuthorityServiceService.getTrustBundle, GetTrustBundleRequest.create())
  return certificateScopes(certificate, bundle.scopeExtensionOid)
}
