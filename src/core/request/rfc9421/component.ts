import { MalformedError } from '../../errors.ts'
import { MAX_COVERED_COMPONENTS } from '../../limits.ts'
import { serializeMember } from '../structured-field/serialize.ts'
import type { BareItem, InnerList, Item } from '../structured-field/value.ts'

/** A component that a signature covers (RFC 9421 section 2): a header field, or with `@` what is derived from the message. */
export interface Component {
  readonly name: string
  /** As it stands in the signature base: the quoted name and its parameters in their order. */
  readonly identifier: string
  /** `sf`: in the canonical form of its structured field. */
  readonly isStructured: boolean
  /** `key`: one member of a dictionary. */
  readonly key: string | undefined
  /** `bs`: each line as octets. */
  readonly isBinary: boolean
  /** `req`: of the request that a response answers. */
  readonly isOfRequest: boolean
  /** `name` of a query parameter. */
  readonly parameterName: string | undefined
}

// RFC 9110 section 5.1, in lower case (RFC 9421 section 2.1).
const FIELD_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/

/**
 * Reads the components of a signature. Each may be there once, whatever the order of its parameters (section 2).
 *
 * @throws {@link MalformedError} `component.*`
 */
export function parseComponents({ items }: InnerList): readonly Component[] {
  if (items.length > MAX_COVERED_COMPONENTS)
    throw new MalformedError(
      'component.too_many',
      `a signature covers more than ${MAX_COVERED_COMPONENTS} components`,
    )
  const seen = new Set<string>()
  return items.map((item) => {
    const component = parseComponent(item)
    const key = hasOrder(item)
      ? serializeMember({ ...item, parameters: new Map([...item.parameters].sort(byKey)) })
      : component.identifier
    if (seen.has(key)) throw refuseComponent('repeated', component.identifier, 'is covered twice')
    seen.add(key)
    return component
  })
}

function hasOrder({ parameters }: Item): boolean {
  return parameters.size > 1
}

function byKey([a]: readonly [string, BareItem], [b]: readonly [string, BareItem]): number {
  return a < b ? -1 : 1
}

function parseComponent(item: Item): Component {
  const identifier = serializeMember(item)
  const { value, parameters } = item
  if (value.kind !== 'string') throw refuseComponent('name', identifier, 'is not named by a string')
  const name = value.text
  const isDerived = name.startsWith('@')
  if (!isDerived && !FIELD_NAME.test(name))
    throw refuseComponent('name', identifier, 'is no field name in lower case')
  for (const key of parameters.keys()) checkParameter(identifier, name, key)

  const component = {
    name,
    identifier,
    isStructured: readFlag(item, 'sf'),
    key: readText(item, 'key'),
    isBinary: readFlag(item, 'bs'),
    isOfRequest: readFlag(item, 'req'),
    parameterName: readText(item, 'name'),
  }
  // Section 2.1.3.
  if (component.isBinary && (component.isStructured || component.key !== undefined))
    throw refuseComponent('incompatible', identifier, 'has `bs` beside `sf` or `key`')
  if (name === '@query-param' && component.parameterName === undefined)
    throw refuseComponent('parameter', identifier, 'does not name its query parameter')
  return component
}

// What is not understood must be refused (section 2.5), or it would be signed to mean something that nobody checks.
function checkParameter(identifier: string, name: string, key: string): void {
  if (key === 'tr')
    throw refuseComponent('trailer', identifier, 'is a trailer, which this verifier does not see')
  if (key === 'req') return
  const allowed = name.startsWith('@')
    ? name === '@query-param' && key === 'name'
    : /^(?:sf|key|bs)$/.test(key)
  if (!allowed)
    throw refuseComponent('parameter', identifier, `has the parameter ${key}, which it cannot have`)
}

function readFlag(item: Item, key: string): boolean {
  const value = item.parameters.get(key)
  if (value === undefined) return false
  if (value.kind !== 'boolean' || !value.value)
    throw refuseComponent('parameter', serializeMember(item), `has a value for its parameter ${key}`)
  return true
}

function readText(item: Item, key: string): string | undefined {
  const value = item.parameters.get(key)
  if (value === undefined) return undefined
  if (value.kind !== 'string')
    throw refuseComponent('parameter', serializeMember(item), `has a parameter ${key} that is no string`)
  return value.text
}

/** A defect of one component, named in the message. */
export function refuseComponent(defect: string, identifier: string, what: string): MalformedError {
  return new MalformedError(`component.${defect}`, `the component ${identifier.slice(0, 128)} ${what}`)
}
