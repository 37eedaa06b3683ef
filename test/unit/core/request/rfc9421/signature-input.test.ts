import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  labelsWithTag,
  parseSignatureFields,
  readSignatureParameters,
  selectSignature,
} from '../../../../../src/core/request/rfc9421/signature-input.ts'
import { parseInnerList } from '../../../../../src/core/request/structured-field/parse-field.ts'
import { assertDefect } from '../../../../support/defect.ts'

function fieldsOf(input: string, signature: string) {
  return parseSignatureFields(
    new Map([
      ['signature-input', [input]],
      ['signature', [signature]],
    ]),
  )!
}

describe('the signatures of a message', () => {
  it('are found by label and by tag', () => {
    const fields = fieldsOf(
      'a=("x");tag="chancery", b=();tag="c", d=();tag=chancery, e=1',
      'a=:AQ==:, d=:Ag==:',
    )
    assert.deepEqual(labelsWithTag(fields, 'chancery'), ['a'])
    assert.deepEqual([...selectSignature(fields, 'a')!.signature], [1])
    assert.equal(selectSignature(fields, 'b'), undefined)
    assert.equal(selectSignature(fields, 'toString'), undefined)
  })

  it('are none without both fields', () => {
    assert.equal(parseSignatureFields(new Map([['signature', ['a=:AQ==:']]])), undefined)
    assert.equal(parseSignatureFields(new Map([['signature-input', ['a=()']]])), undefined)
  })

  it('are refused with a label or a parameter that is there twice', () => {
    assertDefect('structured_field.key_repeated', () => fieldsOf('a=(), a=()', 'a=:AQ==:'))
    assertDefect('structured_field.key_repeated', () => fieldsOf('a=()', 'a=:AQ==:, a=:AQ==:'))
    assertDefect('structured_field.key_repeated', () => fieldsOf('a=();created=1;created=2', 'a=:AQ==:'))
  })

  it('are refused if they are of another form', () => {
    assertDefect('signature.input', () => selectSignature(fieldsOf('a="x"', 'a=:AQ==:'), 'a'))
    assertDefect('signature.value', () => selectSignature(fieldsOf('a=()', 'a="x"'), 'a'))
    assertDefect('signature.value', () => selectSignature(fieldsOf('a=()', 'a=(:AQ==:)'), 'a'))
  })
})

describe('readSignatureParameters', () => {
  const read = (parameters: string) => readSignatureParameters(parseInnerList(`()${parameters}`).parameters)

  it('reads what RFC 9421 knows and passes over the rest', () => {
    assert.deepEqual(read(';created=1;expires=2;nonce="n";alg="a";keyid="k";tag="t";other=?0'), {
      created: 1,
      expires: 2,
      nonce: 'n',
      alg: 'a',
      keyid: 'k',
      tag: 't',
    })
    assert.equal(read('').created, undefined)
  })

  it('refuses another type, and a time that is none', () => {
    for (const parameters of [
      ';created',
      ';created="1"',
      ';created=1.0',
      ';created=@1',
      ';created=-1',
      ';expires=1000000000000',
      ';nonce=n',
      ';nonce=:AQ==:',
      ';alg=ed25519',
      ';keyid',
      ';tag=chancery',
    ])
      assertDefect('signature.parameter', () => read(parameters))
  })
})
