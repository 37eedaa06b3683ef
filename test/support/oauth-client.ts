import { X509Certificate, createPrivateKey } from 'node:crypto'
import { request as httpsRequest } from 'node:https'
import { signAssertion, type AssertionChange } from './client-assertion.ts'
import type { RunningService, TestIdentity } from './running-service.ts'

const JWT = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

export interface OAuthAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly json: Readonly<Record<string, unknown>>
  readonly text: string
}

/** Where the service says that its token endpoint is. */
export function tokenEndpoint(running: RunningService): string {
  return `https://localhost:${running.service.oauthAddress!.split(':').at(-1)}/oauth2/token`
}

/** Parameters of a token request with an assertion of the client. */
export function withAssertion(
  running: RunningService,
  clientId: string,
  identity: TestIdentity,
  change: AssertionChange = {},
): Readonly<Record<string, string>> {
  const client = {
    clientId,
    key: createPrivateKey(identity.keyPem),
    certificateDer: new X509Certificate(identity.certificatePem).raw,
  }
  return {
    grant_type: 'client_credentials',
    client_assertion_type: JWT,
    client_assertion: signAssertion(client, tokenEndpoint(running), new Date(), change),
  }
}

/** Posts a form to the OAuth listener, over TLS with the certificate of `shown` if there is one. */
export function postForm(
  running: RunningService,
  form: Readonly<Record<string, string>> | string,
  options: {
    readonly shown?: TestIdentity
    readonly method?: string
    readonly path?: string
    readonly headers?: Readonly<Record<string, string>>
  } = {},
): Promise<OAuthAnswer> {
  const body = typeof form === 'string' ? form : new URLSearchParams(form).toString()
  const { shown, method = 'POST', path = '/oauth2/token', headers } = options
  return new Promise((resolve, reject) => {
    const request = httpsRequest(
      `https://${running.service.oauthAddress!}${path}`,
      {
        method,
        agent: false,
        ca: running.caPem,
        servername: 'localhost',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'content-length': Buffer.byteLength(body),
          ...headers,
        },
        ...(shown && { key: shown.keyPem, cert: shown.certificatePem }),
      },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (part: string) => (text += part))
        response.on('error', reject)
        response.on('end', () => {
          const isJson = response.headers['content-type'] === 'application/json'
          const json = (isJson ? JSON.parse(text) : {}) as OAuthAnswer['json']
          resolve({ status: response.statusCode ?? 0, headers: response.headers, json, text })
        })
      },
    )
    request.on('error', reject)
    request.end(body)
  })
}
