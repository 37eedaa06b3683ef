import { type Component, refuseComponent } from './component.ts'
import type { HttpMessage, RequestMessage } from './http-message.ts'
import { queryParameter } from './query-parameter.ts'
import { splitTarget } from './request-target.ts'

/**
 * The value of a component that is no header field (RFC 9421 section 2.2).
 *
 * @throws {@link MalformedError} `component.*`
 */
export function derivedComponent(component: Component, message: HttpMessage): string {
  const { name, identifier } = component
  if (name === '@status') {
    if (message.kind === 'request') throw refuseComponent('target', identifier, 'is not one of requests')
    return String(message.status)
  }
  // Section 2.3: it ends the signature base by itself, and is not in the list.
  if (!REQUEST_COMPONENTS.has(name)) throw refuseComponent('unknown', identifier, 'is not known')
  if (message.kind === 'response') throw refuseComponent('target', identifier, 'is not one of responses')
  return requestComponent(component, message)
}

const REQUEST_COMPONENTS: ReadonlySet<string> = new Set([
  '@method',
  '@target-uri',
  '@authority',
  '@scheme',
  '@request-target',
  '@path',
  '@query',
  '@query-param',
])

function requestComponent(component: Component, message: RequestMessage): string {
  if (component.name === '@method') return message.method
  if (component.name === '@request-target') return message.target
  const parts = splitTarget(message)
  switch (component.name) {
    case '@target-uri':
      return parts.uri
    case '@authority':
      if (parts.authority === '')
        throw refuseComponent('absent', component.identifier, 'is not in the message')
      return parts.authority
    case '@scheme':
      return parts.scheme
    case '@path':
      if (parts.path === '') throw refuseComponent('absent', component.identifier, 'is not in such a target')
      return parts.path
    case '@query':
      // Section 2.2.7: without a query it is the question mark alone.
      return `?${parts.query ?? ''}`
    default:
      return queryParameter(component, message, parts.query ?? '')
  }
}
