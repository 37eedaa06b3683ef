import type { OutgoingHttpHeaders, RequestOptions } from 'node:http'
import {
  type Authorized,
  CREDENTIAL_HEADERS,
  type RequestAuthorizer,
  withoutEmptyQuery,
} from '../authorizer.ts'

/**
 * Options for `http.request` or `https.request`, with a credential among the headers. `url` says where the request goes; hand `body` to `end` as it was given here.
 *
 * @example
 * ```ts
 * const request = https.request(url, await authorizeOptions(signer, url, { method: 'POST' }, body))
 * request.end(body)
 * ```
 */
export async function authorizeOptions<Options extends RequestOptions>(
  authorizer: RequestAuthorizer,
  url: string | URL,
  options: Options,
  body?: string | Uint8Array,
): Promise<Options & { readonly method: string; readonly headers: OutgoingHttpHeaders }> {
  const method = options.method ?? 'GET'
  const authorized = await authorizer.authorize({ method, url: withoutEmptyQuery(url), body })
  return { ...options, method, headers: mergeRecord(options.headers, authorized) }
}

/** Headers as records, with those of the credential in place of any that were there. */
export function mergeRecord(own: RequestOptions['headers'], { headers }: Authorized): OutgoingHttpHeaders {
  const pairs: [string, OutgoingHttpHeaders[string]][] = Array.isArray(own)
    ? pairUp(own)
    : Object.entries(own ?? {})
  const credential = new Set<string>(CREDENTIAL_HEADERS)
  return Object.fromEntries([...pairs.filter(([name]) => !credential.has(name.toLowerCase())), ...headers])
}

function pairUp(flat: readonly string[]): [string, string][] {
  return Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i]!, flat[2 * i + 1]!])
}
