import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MAX_COVERED_COMPONENTS } from '../../../../../src/core/limits.ts'
import {
  KNOWN_FIELD_TYPES,
  type RequestMessage,
} from '../../../../../src/core/request/rfc9421/http-message.ts'
import { buildSignatureBase } from '../../../../../src/core/request/rfc9421/signature-base.ts'
import { parseInnerList } from '../../../../../src/core/request/structured-field/parse-field.ts'
import { assertDefect } from '../../../../support/defect.ts'

const REQUEST: RequestMessage = {
  kind: 'request',
  method: 'POST',
  target: '/users/7?a=1&b=%20x+y&c',
  authority: 'Bob.Example:443',
  scheme: 'https',
  headers: new Map([
    ['x-one', ['  1 ']],
    ['x-many', ['a', ' b,c']],
    ['x-octets', ['\u00e9']],
    ['x-two-lines', ['a\r\n"@method": GET']],
    ['content-digest', ['sha-256=:AAAA:,   md5=:AAAA:']],
  ]),
  fieldTypes: KNOWN_FIELD_TYPES,
}

function baseOf(components: string, change: Partial<RequestMessage> = {}): string {
  return buildSignatureBase(parseInnerList(components), { ...REQUEST, ...change })
}

/** The value of one component. */
function valueOf(component: string, change: Partial<RequestMessage> = {}): string {
  const [line] = baseOf(`(${component})`, change).split('\n')
  return line!.slice(`${component}: `.length)
}

describe('buildSignatureBase', () => {
  it('has one line for each component in the order of the list, and the list itself', () => {
    assert.equal(
      baseOf('("@method"   "x-one" "@query-param";name="b");created=1;x'),
      '"@method": POST\n"x-one": 1\n"@query-param";name="b": %20x%20y\n' +
        '"@signature-params": ("@method" "x-one" "@query-param";name="b");created=1;x',
    )
    assert.equal(baseOf('()'), '"@signature-params": ()')
  })

  it('takes the target apart in each of its forms', () => {
    const absolute = { target: 'HTTPS://BOB.example?x', authority: 'bob.example' }
    assert.equal(valueOf('"@authority"', absolute), 'bob.example')
    assert.equal(valueOf('"@scheme"', absolute), 'https')
    assert.equal(valueOf('"@path"', absolute), '/')
    assert.equal(valueOf('"@query"', absolute), '?x')
    assert.equal(valueOf('"@target-uri"', absolute), 'HTTPS://BOB.example?x')
    assert.equal(valueOf('"@target-uri"'), 'https://bob.example/users/7?a=1&b=%20x+y&c')
    const connect = { method: 'CONNECT', target: 'bob.example:8443' }
    assert.equal(valueOf('"@request-target"', connect), 'bob.example:8443')
    assertDefect('component.absent', () => valueOf('"@path"', connect))
    assert.equal(valueOf('"@target-uri"', { method: 'OPTIONS', target: '*' }), 'https://bob.example')
  })

  it('normalizes the authority and nothing else', () => {
    assert.equal(valueOf('"@authority"', { authority: 'B:443' }), 'b')
    assert.equal(valueOf('"@authority"', { authority: 'B:80' }), 'b:80')
    assert.equal(valueOf('"@authority"', { authority: '[::1]:443' }), '[::1]')
    assert.equal(valueOf('"@authority"', { authority: '[::443]' }), '[::443]')
    assert.equal(valueOf('"@path"', { target: '/A/%7e/../b' }), '/A/%7e/../b')
  })

  it('refuses a target that is no target, or one of another authority', () => {
    assertDefect('component.target', () => valueOf('"@path"', { target: 'users/7' }))
    assertDefect('component.authority', () => valueOf('"@path"', { target: 'https://mallory.example/' }))
    assertDefect('component.absent', () => valueOf('"@authority"', { authority: '' }))
  })

  it('refuses each component that it does not understand or find', () => {
    const cases = [
      ['component.name', 'token'],
      ['component.name', '"X-One"'],
      ['component.name', '"a b"'],
      ['component.parameter', '"x-one";new'],
      ['component.parameter', '"x-one";name="a"'],
      ['component.parameter', '"x-one";sf=?0'],
      ['component.parameter', '"content-digest";key=md5'],
      ['component.parameter', '"@method";sf'],
      ['component.parameter', '"@query-param"'],
      ['component.parameter', '"@query-param";name=a'],
      ['component.trailer', '"x-one";tr'],
      ['component.trailer', '"@method";tr'],
      ['component.incompatible', '"x-one";bs;sf'],
      ['component.req', '"@method";req'],
      ['component.target', '"@status"'],
      ['component.unknown', '"@signature-params"'],
      ['component.unknown', '"@"'],
      ['component.field_type', '"x-one";sf'],
      ['component.field_type', '"x-one";key="a"'],
      ['component.absent', '"x-absent"'],
      ['component.absent', '"content-digest";key="sha-512"'],
      ['component.absent', '"@query-param";name="d"'],
      ['component.repeated', '"x-one" "@method" "x-one"'],
      ['component.repeated', '"content-digest";sf;key="md5" "content-digest";key="md5";sf'],
      ['component.value', '"x-octets"'],
      ['component.value', '"x-two-lines"'],
      ['component.value', '"x-two-lines";bs'],
    ] as const
    for (const [defect, components] of cases) assertDefect(defect, () => baseOf(`(${components})`))
  })

  it('refuses a line end in what is no header either', () => {
    for (const change of [
      { method: 'GET\n"@path": /' },
      { target: '/a\n' },
      { target: '/\u00e9' },
      { authority: 'a\nb' },
      { scheme: 'http\ns' },
    ])
      assertDefect('component.value', () => baseOf('("@method" "@path" "@authority" "@scheme")', change))
  })

  it('takes a query parameter once, in UTF-8, or not at all', () => {
    assert.equal(valueOf('"@query-param";name="c"'), '')
    assert.equal(valueOf('"@query-param";name="%C3%A9"', { target: '/?%c3%a9=%2g' }), '%252g')
    assertDefect('component.query_param', () => valueOf('"@query-param";name="a"', { target: '/?a=1&%61=2' }))
    assertDefect('component.query_param', () => valueOf('"@query-param";name="a"', { target: '/?a=%ff' }))
  })

  it('writes lines as octets, a dictionary canonically, and one member of it', () => {
    assert.equal(valueOf('"x-many";bs'), ':YQ==:, :Yixj:')
    assert.equal(valueOf('"x-octets";bs'), ':6Q==:')
    assert.equal(valueOf('"content-digest";sf'), 'sha-256=:AAAA:, md5=:AAAA:')
    assert.equal(valueOf('"content-digest";key="md5"'), ':AAAA:')
  })

  it('is bounded', () => {
    const many = Array.from({ length: MAX_COVERED_COMPONENTS + 1 }, (_, i) => `"x-${i}"`).join(' ')
    assertDefect('component.too_many', () => baseOf(`(${many})`))
    const headers = new Map([['x-long', ['a'.repeat(100_000)]]])
    assertDefect('component.too_long', () => baseOf('("x-long" "x-long";bs)', { headers }))
  })

  it('takes parts of the request into the signature of its response, and only there', () => {
    const response = {
      kind: 'response',
      status: 200,
      headers: new Map([['x-one', ['2']]]),
      fieldTypes: KNOWN_FIELD_TYPES,
      request: REQUEST,
    } as const
    const build = (components: string, request: RequestMessage | undefined = REQUEST) =>
      buildSignatureBase(parseInnerList(components), { ...response, request })
    assert.equal(
      build('("@status" "x-one" "x-one";req "@method";req)'),
      '"@status": 200\n"x-one": 2\n"x-one";req: 1\n"@method";req: POST\n' +
        '"@signature-params": ("@status" "x-one" "x-one";req "@method";req)',
    )
    assertDefect('component.target', () => build('("@method")'))
    assertDefect('component.target', () => build('("@status";req)'))
    assertDefect('component.req', () =>
      buildSignatureBase(parseInnerList('("@method";req)'), { ...response, request: undefined }),
    )
  })
})
