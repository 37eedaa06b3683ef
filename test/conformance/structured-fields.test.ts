import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { MalformedError } from '../../src/core/errors.ts'
import {
  serializeDictionary,
  serializeList,
  serializeMember,
} from '../../src/core/request/structured-field/serialize.ts'
import {
  type BareItem,
  type Item,
  type Member,
  type Parameters,
  makeDecimal,
} from '../../src/core/request/structured-field/value.ts'
import { listVectors, readJson, withVectors } from '../support/open-vectors.ts'
import { runCases } from '../support/run-cases.ts'

type Json =
  string | number | boolean | readonly Json[] | { readonly __type: string; readonly value: string | number }

interface FieldTest {
  readonly name: string
  readonly raw?: readonly string[]
  readonly header_type: 'item' | 'list' | 'dictionary'
  readonly expected?: Json
  readonly must_fail?: boolean
  readonly can_fail?: boolean
  readonly canonical?: readonly string[]
}

describe('structured fields of httpwg through the conformance driver', () => {
  withVectors('structured-fields', (path) => {
    for (const file of listVectors(path, '.json')) {
      const tests = readJson(join(path, file)) as readonly FieldTest[]
      it(`${file}: agrees in all ${tests.length} cases`, async () => {
        const verdicts = await runCases(
          tests.map(({ name, header_type, raw }) => ({
            id: name,
            op: 'structured_field.parse',
            type: header_type,
            raw,
          })),
        )
        for (const [i, test] of tests.entries()) {
          const { ok, value, error } = verdicts[i]!
          assert.equal(error, undefined, test.name)
          if (test.can_fail && ok === false) continue
          assert.equal(ok, !test.must_fail, test.name)
          if (!ok) continue
          assert.deepEqual(value?.['parsed'], test.expected, test.name)
          assert.deepEqual(value?.['canonical'], test.canonical ?? test.raw, test.name)
        }
      })
    }
    for (const file of listVectors(join(path, 'serialisation-tests'), '.json')) {
      const tests = readJson(join(path, 'serialisation-tests', file)) as readonly FieldTest[]
      it(`serialisation-tests/${file}: agrees in all ${tests.length} cases`, () => {
        for (const test of tests) {
          if (test.must_fail) {
            assert.throws(() => serialize(test), MalformedError, test.name)
          } else assert.deepEqual([serialize(test)], test.canonical, test.name)
        }
      })
    }
  })
})

function serialize({ header_type, expected }: FieldTest): string {
  switch (header_type) {
    case 'item':
      return serializeMember(toMember(expected!))
    case 'list':
      return serializeList((expected as Json[]).map(toMember))
    case 'dictionary':
      return serializeDictionary(
        new Map((expected as [string, Json][]).map(([key, value]) => [key, toMember(value)])),
      )
  }
}

function toMember(json: Json): Member {
  const [value, parameters] = json as readonly [Json, readonly (readonly [string, Json])[]]
  return Array.isArray(value)
    ? {
        kind: 'inner_list',
        items: (value as Json[]).map((item) => toMember(item) as Item),
        parameters: toParameters(parameters),
      }
    : { kind: 'item', value: toBareItem(value), parameters: toParameters(parameters) }
}

function toParameters(parameters: readonly (readonly [string, Json])[]): Parameters {
  return new Map(parameters.map(([key, value]) => [key, toBareItem(value)]))
}

function toBareItem(json: Json): BareItem {
  if (typeof json === 'string') return { kind: 'string', text: json }
  if (typeof json === 'boolean') return { kind: 'boolean', value: json }
  if (typeof json === 'number')
    return Number.isInteger(json) ? { kind: 'integer', value: json } : makeDecimal(json)
  assert.ok('__type' in json && json.__type === 'token')
  return { kind: 'token', text: String(json.value) }
}
