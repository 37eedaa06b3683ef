import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { loadConfig } from '../../../src/config/load-config.ts'

describe('loadConfig', () => {
  let data: string
  before(async () => {
    data = await mkdtemp(join(tmpdir(), 'chancery-config-'))
  })
  after(() => rm(data, { recursive: true, force: true }))

  const load = (options = {}, passphrase?: string) =>
    loadConfig({ options: { data, ...options }, passphrase, environment: {} })

  it('goes without a file', async () => {
    await rm(join(data, 'chancery.yaml'), { force: true })
    assert.equal((await load()).dataDir, data)
  })

  it('reads chancery.yaml in the data folder, and flags win over it', async () => {
    await writeFile(join(data, 'chancery.yaml'), 'logLevel: warn\nhttp: 127.0.0.1:1\n')
    const config = await load({ http: '127.0.0.1:2' })
    assert.equal(config.logLevel, 'warn')
    assert.equal(config.http.port, 2)
  })

  it('finds the data folder by the environment', async () => {
    const config = await loadConfig({ options: {}, environment: { CHANCERY_DATA_DIR: data } })
    assert.equal(config.logLevel, 'warn')
  })

  it('wants a file that was asked for by name', async () => {
    await assert.rejects(load({ config: join(data, 'none.yaml') }), { name: 'ConfigError' })
  })

  it('takes a passphrase that was typed', async () => {
    assert.equal((await load({}, 'correct horse')).keyPassphrase, 'correct horse')
  })

  for (const [what, text] of [
    ['is not YAML', 'a: [1'],
    ['says a key twice', 'logLevel: info\nlogLevel: warn\n'],
    ['uses aliases', 'logLevel: &a info\nlogFormat: *a\n'],
  ] as const) {
    it(`refuses a file that ${what}`, async () => {
      await writeFile(join(data, 'chancery.yaml'), text)
      await assert.rejects(load(), { name: 'ConfigError' })
    })
  }
})
