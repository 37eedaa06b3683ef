import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  VerifyRequestResponse,
  Decision,
  StreamCRLResponse,
} from '../../../src/gen/chancery/v1/authorization_service.ts'
import { Authority } from '../../../src/gen/chancery/v1/authority_service.ts'
import { messageToJson } from '../../../src/cli/format-json.ts'
import { formatFields, formatNames, formatTable, printable } from '../../../src/cli/format-table.ts'
import {
  formatDistance,
  formatInstant,
  parseInstant,
  parseSpanSeconds,
} from '../../../src/cli/format-time.ts'

const NOW = new Date('2026-03-01T12:00:00Z')

describe('times', () => {
  it('prints an instant in UTC to the second', () => {
    assert.equal(formatInstant(new Date('2026-03-01T12:00:00.987Z')), '2026-03-01T12:00:00Z')
    assert.equal(formatInstant(undefined), '-')
  })

  it('prints a distance in its largest unit, rounded down', () => {
    const at = (seconds: number) => formatDistance(new Date(NOW.getTime() + seconds * 1000), NOW)
    assert.equal(at(3 * 86_400 + 80_000), 'in 3 d')
    assert.equal(at(7200), 'in 2 h')
    assert.equal(at(-59), '59 s ago')
    assert.equal(at(-60), '1 min ago')
    assert.equal(at(0), 'now')
  })

  it('reads spans of several units and refuses everything else', () => {
    assert.equal(parseSpanSeconds('90d'), 90 * 86_400)
    assert.equal(parseSpanSeconds('1h30m'), 5400)
    for (const text of ['', '0s', '5', 'd', '-5d', '1.5h', '5 d', '5D', '9'.repeat(10) + 's']) {
      assert.equal(parseSpanSeconds(text), undefined, text)
    }
  })

  it('reads RFC 3339 with an offset, or a span from now, and never local time', () => {
    assert.deepEqual(parseInstant('2026-03-02T12:00:00+02:00', NOW), new Date('2026-03-02T10:00:00Z'))
    assert.deepEqual(parseInstant('1d', NOW), new Date('2026-03-02T12:00:00Z'))
    for (const text of ['2026-03-02', '2026-03-02T12:00:00', 'tomorrow', '2026-13-02T12:00:00Z']) {
      assert.equal(parseInstant(text, NOW), undefined, text)
    }
  })
})

describe('tables', () => {
  it('aligns columns and leaves no blanks at the ends of lines', () => {
    assert.equal(
      formatTable(
        ['ID', 'STATE'],
        [
          ['alice', 'active'],
          ['b', '-'],
        ],
      ),
      'ID     STATE\nalice  active\nb      -\n',
    )
  })

  it('continues a value of several lines under itself', () => {
    assert.equal(
      formatFields([
        ['scopes', ['a.b', 'c.d']],
        ['x', []],
      ]),
      'scopes  a.b\n        c.d\nx       -\n',
    )
  })

  it('lets no name from a stranger reach the terminal as an escape sequence or a second line', () => {
    assert.equal(printable('a\u001b[2Jb\nc\u202e'), 'a\\u{1b}[2Jb\\u{a}c\\u{202e}')
  })
})

describe('JSON', () => {
  it('uses the field names of the proto and keeps empty values', () => {
    const json = messageToJson(
      Authority,
      Authority.fromPartial({
        id: 'root',
        role: 1,
        certificateDer: Buffer.from([1, 2]),
        certificateSha256: Buffer.from([0xab]),
        crlEntryCount: 0n,
        notAfter: NOW,
        crl: { authority: 'root', crlNumber: 7n },
      }),
    )
    assert.deepEqual(json, {
      id: 'root',
      role: 'AUTHORITY_ROLE_ROOT',
      certificate_der: 'AQI=',
      subject: '',
      serial_number: '',
      not_after: '2026-03-01T12:00:00Z',
      crl: { authority: 'root', crl_number: 7 },
      crl_entry_count: 0,
      crl_url: '',
      certificate_sha256: 'ab',
    })
  })

  it('leaves out an enum that was not given and names one that was', () => {
    const json = messageToJson(
      VerifyRequestResponse,
      VerifyRequestResponse.fromPartial({ decision: Decision.DECISION_ALLOW, grantedScopes: ['a.b'] }),
    )
    assert.deepEqual(json, {
      decision: 'DECISION_ALLOW',
      message: '',
      granted_scopes: ['a.b'],
      missing_scopes: [],
      checks: [],
    })
  })

  it('puts the chosen field of a oneof under its own name', () => {
    const json = messageToJson(
      StreamCRLResponse,
      StreamCRLResponse.fromPartial({
        authority: 'x',
        event: { $case: 'snapshotEnd', value: { crlNumber: 3n } },
      }),
    )
    assert.deepEqual(json, { authority: 'x', snapshot_end: { crl_number: 3 } })
  })
})

describe('names in one cell', () => {
  it('are all shown while they fit, and counted where they do not', () => {
    assert.equal(formatNames([]), '-')
    assert.equal(formatNames(['bob.user.read', 'bob.user.write']), 'bob.user.read bob.user.write')
    const many = Array.from({ length: 256 }, (_, i) => `bob.user.scope-${i}`)
    assert.equal(formatNames(many), 'bob.user.scope-0 bob.user.scope-1 bob.user.scope-2 +253')
  })

  it('never make a cell wider than the bound, however long they are', () => {
    const long = `${'a'.repeat(64)}.`.repeat(3) + 'b'.repeat(60)
    for (const names of [[long], [long, 'b'], Array<string>(256).fill(long)]) {
      const cell = formatNames(names)
      assert.equal(cell.length, 60)
      assert.ok(cell.startsWith('aaa'))
      assert.match(cell, names.length === 1 ? /a…$/ : new RegExp(`a… \\+${names.length - 1}$`))
    }
  })
})
