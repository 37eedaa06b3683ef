import { type Agent, request } from 'node:https'

/** Posts a form over one of the connections of an agent: over another, if the server ended that one while nothing was asked. */
export function postOver(
  agent: Agent,
  port: number,
  path: string,
  form: string,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': Buffer.byteLength(form),
    }
    const sent = request({ agent, host: '127.0.0.1', port, method: 'POST', path, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (part: string) => (text += part))
      response.on('error', reject)
      response.on('end', () => resolve({ status: response.statusCode!, text }))
    })
    sent.on('error', (error: NodeJS.ErrnoException) => {
      if (sent.reusedSocket && error.code === 'ECONNRESET') resolve(postOver(agent, port, path, form))
      else reject(error)
    })
    sent.end(form)
  })
}
