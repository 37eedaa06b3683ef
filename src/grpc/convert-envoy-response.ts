import { status as Code } from '@grpc/grpc-js'
import type { Decision } from '../core/decision/decision.ts'
import { httpRefusal } from '../core/decision/http-refusal.ts'
import type { HeaderValueOption } from '../gen/envoy/config/core/v3/base.ts'
import type { AttributeContext } from '../gen/envoy/service/auth/v3/attribute_context.ts'
import type { CheckResponse } from '../gen/envoy/service/auth/v3/external_auth.ts'
import { StatusCode } from '../gen/envoy/type/v3/http_status.ts'

const CLIENT_ID = 'x-chancery-client-id'
const SCOPES = 'x-chancery-scopes'

/**
 * What Envoy does with the request. The one who was refused learns 401 or 403 and no reason; that is in the dynamic metadata, for
 * Envoy's own log.
 */
export function toWireCheck(decision: Decision, attributes: AttributeContext | undefined): CheckResponse {
  const dynamicMetadata = describe(decision)
  const { principal, denyReason } = decision
  if (decision.decision === 'ALLOW' && principal !== undefined) {
    const scopes = decision.grantedScopes.join(' ')
    const set = { [CLIENT_ID]: principal.clientId, ...(scopes !== '' && { [SCOPES]: scopes }) }
    return {
      status: { code: Code.OK, message: '', details: [] },
      httpResponse: {
        $case: 'okResponse',
        value: {
          headers: Object.entries(set).map(overwrite),
          headersToRemove: foreignHeaders(attributes).filter((name) => !Object.hasOwn(set, name)),
        },
      },
      dynamicMetadata,
    }
  }
  const refusal = httpRefusal(denyReason, attributes?.contextExtensions['bearer'] === 'accept')
  const isForbidden = refusal.status === 403
  return {
    status: {
      code: isForbidden ? Code.PERMISSION_DENIED : Code.UNAUTHENTICATED,
      message: '',
      details: [],
    },
    httpResponse: {
      $case: 'deniedResponse',
      value: {
        status: { code: isForbidden ? StatusCode.Forbidden : StatusCode.Unauthorized },
        headers: isForbidden ? [] : [overwrite(['www-authenticate', refusal.challenge])],
        body: '',
      },
    },
    dynamicMetadata,
  }
}

/**
 * Names in the request that look like ours to the service behind Envoy, and to those that take an underscore for a hyphen (CGI, WSGI).
 * Envoy removes after it sets, so that names we set must not be among them; it overwrites those.
 */
function foreignHeaders(attributes: AttributeContext | undefined): string[] {
  const http = attributes?.request?.http
  const names = http?.headerMap?.headers.map(({ key }) => key) ?? Object.keys(http?.headers ?? {})
  const ours = names
    .map((name) => name.toLowerCase())
    .filter((name) => name.replaceAll('_', '-').startsWith('x-chancery-'))
  return [...new Set([...ours, CLIENT_ID, SCOPES])]
}

function overwrite([key, value]: readonly [string, string]): HeaderValueOption {
  return { header: { key, value, rawValue: Buffer.alloc(0) }, append: false }
}

/** The decision for the operator. Strings only, so that access logs can show each. */
function describe(decision: Decision): Record<string, string> {
  const { principal, evaluatedAt, validUntil } = decision
  return {
    decision: decision.decision,
    deny_reason: decision.denyReason ?? '',
    message: decision.message,
    granted_scopes: decision.grantedScopes.join(' '),
    missing_scopes: decision.missingScopes.join(' '),
    ...(principal && {
      client_id: principal.clientId,
      spiffe_id: principal.spiffeId,
      authority: principal.authorityId ?? '',
      serial_number: principal.serialNumber,
      token_id: principal.tokenId ?? '',
    }),
    ...(evaluatedAt && { crl_number: String(evaluatedAt.crlNumber) }),
    ...(validUntil && { valid_until: validUntil.toISOString() }),
  }
}
