import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formatHex } from '../../../../src/core/bytes.ts'
import { parseHostName } from '../../../../src/core/issuance/host-name.ts'

describe('parseHostName', () => {
  const label63 = 'l'.repeat(63)
  for (const name of [
    'localhost',
    'bob.internal',
    'a-b.c0',
    '0a.example',
    'xn--bcher-kva.example',
    label63,
  ]) {
    it(`takes ${name.slice(0, 30)} as a DNS name`, () =>
      assert.deepEqual(parseHostName(name), { type: 'dns', value: name }))
  }
  const addresses: readonly [text: string, hex: string][] = [
    ['127.0.0.1', '7f000001'],
    ['255.255.255.255', 'ffffffff'],
    ['::', '0'.repeat(32)],
    ['::1', `${'0'.repeat(31)}1`],
    ['2001:db8::1', '20010db8000000000000000000000001'],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['fe80::', `fe80${'0'.repeat(28)}`],
    ['1:2:3:4:5:6:7::', '00010002000300040005000600070000'],
  ]
  for (const [text, hex] of addresses) {
    it(`takes ${text} as an address`, () => {
      const name = parseHostName(text)
      assert.equal(name.type === 'ip' && formatHex(name.value), hex)
    })
  }
  const bad = [
    ...[
      '',
      '.',
      'a.',
      '.a',
      'a..b',
      '-a',
      'a-',
      'A.example',
      '*.example',
      'a_b',
      'a b',
      'a\n',
      'a/b',
      'a:1',
      `${label63}l`,
    ],
    ...['1.2.3', '256.0.0.1', '01.2.3.4', '1.2.3.4.5', 'example.1', '0x7f.1', '127.0.0.1/8', '2130706433'],
    ...[
      ':',
      ':::',
      '1::2::3',
      '1:2:3:4:5:6:7',
      '1:2:3:4:5:6:7:8:9',
      '1:2:3:4:5:6:7:8::',
      '12345::',
      '::g',
      '[::1]',
      '::1%eth0',
      ':1::2',
    ],
    Array(5).fill(label63).join('.'),
  ]
  for (const text of bad) {
    it(`refuses ${JSON.stringify(text.slice(0, 30))}`, () => {
      assert.throws(() => parseHostName(text, 'names'), {
        reason: 'FIELD_INVALID',
        metadata: { field: 'names' },
      })
    })
  }
})
