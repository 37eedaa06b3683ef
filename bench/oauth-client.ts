import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { Agent, request } from 'node:https'
import type { NewIdentity } from '../demo/new-identity.ts'

/** Connections of an OAuth client that are kept; its certificate is shown on them, or not. */
export function oauthAgent(identity: NewIdentity, callers: number, isShown: boolean): Agent {
  return new Agent({
    keepAlive: true,
    maxSockets: callers,
    ca: identity.caPem,
    servername: 'localhost',
    ...(isShown && { key: identity.keyPem, cert: identity.certificatePem }),
  })
}

/** Posts a form and returns the body of the answer, which must be 200: a refusal is cheaper than an answer, and would pass for a fast one. */
export async function postForm(
  agent: Agent,
  port: number,
  path: string,
  body: string,
  moreHeaders: Readonly<Record<string, string>> = {},
): Promise<string> {
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': Buffer.byteLength(body),
    ...moreHeaders,
  }
  const sent = request({ agent, host: '127.0.0.1', port, method: 'POST', path, headers }).end(body)
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  let text = ''
  for await (const part of response.setEncoding('utf8') as AsyncIterable<string>) text += part
  if (response.statusCode !== 200) throw new Error(`${path}: ${response.statusCode} ${text}`)
  return text
}
