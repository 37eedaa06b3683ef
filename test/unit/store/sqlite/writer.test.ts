import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Worker } from 'node:worker_threads'
import { startWriter } from '../../../../src/store/sqlite/writer.ts'
import { StoreError } from '../../../../src/store/store.ts'
import { auditEntry } from '../../../support/store-fixtures.ts'

/** A writer thread that runs the given code for each message; `port` is its side of the channel. */
function threadOf(onMessage: string, onStart = `port.postMessage('ready')`): Worker {
  const code = `
    const { parentPort: port } = require('node:worker_threads')
    port.on('message', (message) => { ${onMessage} })
    ${onStart}`
  return new Worker(code, { eval: true })
}

describe('the writer', () => {
  it('rejects what was pending and all that follows when the thread dies', async () => {
    const writer = await startWriter(threadOf('process.exit(1)'), () => undefined)
    const pending = await Promise.allSettled(Array.from({ length: 5 }, () => writer.execute('ping')))
    for (const result of pending)
      assert.ok(result.status === 'rejected' && result.reason instanceof StoreError)
    await assert.rejects(writer.execute('ping'), StoreError)
    await assert.rejects(writer.close(), StoreError)
  })

  it('rejects when the thread throws', async () => {
    const writer = await startWriter(threadOf(`throw new Error('broken')`), () => undefined)
    await assert.rejects(writer.execute('ping'), StoreError)
    await assert.rejects(writer.execute('ping'), StoreError)
  })

  it('rejects when the thread dies while it is closed', async () => {
    const writer = await startWriter(threadOf('process.exit(1)'), () => undefined)
    const pending = assert.rejects(writer.execute('ping'), StoreError)
    await Promise.all([pending, writer.close()])
  })

  it('does not start with a thread that dies first', async () => {
    await assert.rejects(
      startWriter(threadOf('', `throw new Error('no disk')`), () => undefined),
      StoreError,
    )
    await assert.rejects(
      startWriter(threadOf('', 'process.exit(0)'), () => undefined),
      StoreError,
    )
  })

  it('sends what is asked for together in one batch, in order, and the rest in the next', async () => {
    const echo = `
      if (message === 'close') port.close()
      else port.postMessage(message.map(({ args }) => ({ ok: true, value: message.length + ':' + args[0]?.subject })))`
    const writer = await startWriter(threadOf(echo), () => undefined)
    const ask = (subject: string) => writer.execute('audit.append', auditEntry({ subject }))
    assert.deepEqual(await Promise.all(['a', 'b', 'c'].map(ask)), ['3:a', '3:b', '3:c'])
    assert.deepEqual(await Promise.all(['d'].map(ask)), ['1:d'])
    const many = await Promise.all(Array.from({ length: 1_500 }, (_, i) => ask(String(i))))
    assert.equal(many[0], '1000:0')
    assert.equal(many[1_499], '500:1499')
    await writer.close()
    await assert.rejects(ask('late'), StoreError)
  })

  it('refuses at once when too many writes wait, instead of filling the memory', async () => {
    const slow = `if (message === 'close') port.close(); else port.postMessage(message.map(() => ({ ok: true })))`
    const writer = await startWriter(threadOf(slow), () => undefined)
    const results = await Promise.allSettled(Array.from({ length: 20_010 }, () => writer.execute('ping')))
    assert.equal(results.filter(({ status }) => status === 'rejected').length, 10)
    await writer.execute('ping')
    await writer.close()
  })
})
