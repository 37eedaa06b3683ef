import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createLog } from '../../../src/telemetry/log.ts'
import { createMetrics } from '../../../src/telemetry/metrics.ts'

function capture() {
  const lines: string[] = []
  return { lines, stream: { write: (line: string) => void lines.push(line) } }
}

describe('the log', () => {
  it('writes one JSON object per line', () => {
    const { lines, stream } = capture()
    createLog('info', 'json', stream).info({ client_id: 'alice', ms: 1.5 }, 'call')
    const line = JSON.parse(lines[0] ?? '') as Record<string, unknown>
    assert.equal(line['level'], 'info')
    assert.equal(line['client_id'], 'alice')
    assert.equal(line['msg'], 'call')
  })

  it('drops what is below its level', () => {
    const { lines, stream } = capture()
    const log = createLog('warn', 'json', stream)
    log.info({}, 'quiet')
    log.warn({}, 'loud')
    assert.equal(lines.length, 1)
  })

  it('keeps the stack of an error, and drops fields with the names of secrets', () => {
    const { lines, stream } = capture()
    const log = createLog('info', 'json', stream)
    log.error({ err: new Error('x'), passphrase: 'horse', request: { token: 'horse' } }, 'failed')
    const [line = ''] = lines
    assert.ok(line.includes('telemetry.test.ts'))
    assert.ok(!line.includes('horse'))
  })

  it('writes text for people, and lets no value start a line of its own', () => {
    const { lines, stream } = capture()
    createLog('info', 'text', stream).info({ method: '/a.B/C', odd: 'x\n00:00 INFO forged', n: 1 }, 'call')
    assert.match(
      lines[0] ?? '',
      /^\d\d:\d\d:\d\d\.\d{3} INFO {2}call method=\/a\.B\/C odd="x\\n00:00 INFO forged" n=1\n$/,
    )
  })
})

describe('the metrics', () => {
  const now = new Date('2026-05-01T12:00:00Z')

  it('count what the use cases and the server report', async () => {
    const metrics = createMetrics({ now: () => now })
    metrics.certificateIssued('client')
    metrics.certificatesRevoked('keyCompromise', 3)
    metrics.requestDecided('DENY', 'NONCE_REPLAYED')
    metrics.crlPublished('issuing', 17n, 5, 0.01)
    metrics.crlAdvanced('issuing', 18n, 2)
    metrics.crlAdvanced('issuing', 19n, 1)
    metrics.callStarted('/a.B/C')
    metrics.callStarted('/a.B/C')
    metrics.callEnded('/a.B/C', 'OK', 0.002)
    const text = await metrics.render()
    for (const line of [
      'chancery_certificates_issued_total{profile="client"} 1',
      'chancery_certificates_revoked_total{reason="keyCompromise"} 3',
      'chancery_decisions_total{decision="DENY",reason="NONCE_REPLAYED"} 1',
      'chancery_crl_number{authority="issuing"} 19',
      'chancery_crl_complete_number{authority="issuing"} 17',
      'chancery_crl_delta_entries_total{authority="issuing"} 3',
      'chancery_crl_entries{authority="issuing"} 5',
      'chancery_grpc_open_calls{method="/a.B/C"} 1',
      'chancery_grpc_calls_total{method="/a.B/C",code="OK"} 1',
      'chancery_grpc_call_seconds_count{method="/a.B/C"} 1',
    ]) {
      assert.ok(text.split('\n').includes(line), line)
    }
    assert.match(text, /nodejs_eventloop_lag/)
  })

  it('read the time left of each list when they are scraped', async () => {
    const metrics = createMetrics({ now: () => now })
    let deadlines: { authority: string; nextUpdate: Date | undefined }[] = [
      { authority: 'root', nextUpdate: new Date(now.getTime() + 3_600_000) },
    ]
    metrics.watchCrls(() => deadlines)
    assert.match(await metrics.render(), /chancery_crl_seconds_to_next_update\{authority="root"\} 3600\n/)
    deadlines = [{ authority: 'issuing', nextUpdate: new Date(now.getTime() - 1000) }]
    const text = await metrics.render()
    assert.match(text, /chancery_crl_seconds_to_next_update\{authority="issuing"\} -1\n/)
    assert.ok(!text.includes('next_update{authority="root"}'))
    deadlines = [{ authority: 'root', nextUpdate: undefined }]
    assert.match(await metrics.render(), /chancery_crl_seconds_to_next_update\{authority="root"\} 0\n/)
  })

  it('read how far the slowest verifier is behind when they are scraped', async () => {
    const metrics = createMetrics({ now: () => now })
    metrics.watchVerifiers(() => [{ authority: 'issuing', verifiers: 3, lag: 7 }])
    const text = await metrics.render()
    assert.match(text, /^chancery_verifiers\{authority="issuing"\} 3$/m)
    assert.match(text, /^chancery_verifier_lag_max\{authority="issuing"\} 7$/m)
  })

  it('have a registry of their own', async () => {
    const one = createMetrics({ now: () => now })
    const two = createMetrics({ now: () => now })
    one.certificateIssued('client')
    assert.ok(!(await two.render()).includes('issued_total{profile="client"}'))
  })
})
