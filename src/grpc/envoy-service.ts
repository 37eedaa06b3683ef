import { type VerifyDependencies, verifyRequest } from '../authority/verify-request.ts'
import { AuthorizationService } from '../gen/envoy/service/auth/v3/external_auth.ts'
import { fromWireCheck } from './convert-envoy-request.ts'
import { toWireCheck } from './convert-envoy-response.ts'
import { type BoundService, bindService } from './handler.ts'

/**
 * `envoy.service.auth.v3.Authorization`: the same decision as VerifyRequest, asked by Envoy's ext_authz filter. What is no decision is an
 * error of the call, for which Envoy refuses the request.
 */
export function createEnvoyService(deps: VerifyDependencies): BoundService {
  return bindService(AuthorizationService, {
    check: async ({ attributes }, { caller }) =>
      toWireCheck(await verifyRequest(deps, caller, fromWireCheck(attributes)), attributes),
  })
}
