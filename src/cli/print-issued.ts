import type { IssueCertificateResponse } from '../gen/chancery/v1/authorization_service.ts'
import type { CommandContext } from './command-context.ts'
import { type Json, messageToJson } from './format-json.ts'
import { formatFields } from './format-table.ts'
import { formatInstant, formatInstantWithDistance } from './format-time.ts'

/** Prints what was issued, and where it was written. Warnings of the authority go to standard error too. */
export function printIssued(
  context: CommandContext,
  type: { toJSON(message: IssueCertificateResponse): unknown },
  response: IssueCertificateResponse,
  directory: string | undefined,
): void {
  const now = context.io.now()
  for (const warning of response.warnings) context.note(`note: ${warning}\n`)
  context.printResult(
    () => ({
      ...(messageToJson(type, response) as Readonly<Record<string, Json>>),
      ...(directory === undefined ? {} : { identity: directory }),
    }),
    () =>
      formatFields([
        ['identity', directory ?? '(nothing written: dry run)'],
        ['serial number', response.serialNumber || '-'],
        ['authority', response.authority],
        ['not before', formatInstant(response.notBefore)],
        ['not after', formatInstantWithDistance(response.notAfter, now)],
        ['renew from', formatInstantWithDistance(response.renewalWindow?.start, now)],
        ['scopes', response.grantedScopes],
      ]),
  )
}
