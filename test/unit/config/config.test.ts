import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Config, ConfigError, parseConfig } from '../../../src/config/config.ts'
import { environmentName } from '../../../src/config/env.ts'
import { CONFIG_KEYS } from '../../../src/config/keys.ts'

interface Given {
  flags?: Record<string, unknown>
  environment?: Record<string, string>
  file?: unknown
}

function parse({ flags = {}, environment = {}, file }: Given): Config {
  return parseConfig({ flags, environment, file, fileName: 'chancery.yaml' })
}

function problemsOf(given: Given): readonly string[] {
  try {
    parse(given)
  } catch (error) {
    assert.ok(error instanceof ConfigError)
    return error.problems
  }
  return []
}

describe('the configuration', () => {
  it('has a default for everything, and the defaults pass their own checks', () => {
    const config = parse({})
    assert.deepEqual(config.listen, { host: '127.0.0.1', port: 8443 })
    assert.deepEqual(config.serverNames, ['localhost', '127.0.0.1'])
    assert.equal(config.publicUrl, undefined)
    assert.equal(config.keyPassphrase, undefined)
    for (const [name, { fallback }] of Object.entries(CONFIG_KEYS)) {
      if (fallback === undefined) continue
      assert.deepEqual(
        parse({ flags: { [name]: fallback } })[name as keyof Config],
        config[name as keyof Config],
      )
    }
  })

  it('takes flags over environment over file over defaults', () => {
    const file = { logLevel: 'warn', checkpointSeconds: 20, listen: '127.0.0.1:1' }
    const environment = { CHANCERY_CHECKPOINT_SECONDS: '30', CHANCERY_LISTEN: '127.0.0.1:2' }
    const flags = { listen: '[::1]:3', http: undefined }
    const config = parse({ file, environment, flags })
    assert.equal(config.logLevel, 'warn')
    assert.equal(config.checkpointSeconds, 30)
    assert.deepEqual(config.listen, { host: '::1', port: 3 })
    assert.equal(config.http.port, 8080)
  })

  it('names the variable of each key', () => {
    assert.equal(environmentName('crlLifetimeSeconds'), 'CHANCERY_CRL_LIFETIME_SECONDS')
    assert.equal(environmentName('publicUrl'), 'CHANCERY_PUBLIC_URL')
  })

  it('refuses unknown keys and says which was probably meant', () => {
    const problems = problemsOf({ file: { crlLifetimeSecond: 1000, zzz: 1 }, flags: { lisen: 'x' } })
    assert.equal(problems.length, 3)
    assert.match(problems.join(), /crlLifetimeSeconds/)
    assert.match(problems.join(), /mean listen/)
  })

  it('does not stumble over variables that an orchestrator puts beside ours', () => {
    assert.deepEqual(
      problemsOf({ environment: { CHANCERY_SERVICE_HOST: '10.0.0.1', CHANCERY_ADDRESS: 'x:1' } }),
      [],
    )
  })

  it('says everything that is wrong at once, and where it was said', () => {
    const problems = problemsOf({
      file: { checkpointSeconds: 0, logLevel: 'loud' },
      environment: { CHANCERY_BACKDATE_SECONDS: '1e3', CHANCERY_LISTEN: 'localhost' },
      flags: { admin: ':9090' },
    })
    assert.equal(problems.length, 5)
    for (const source of ['chancery.yaml', 'CHANCERY_BACKDATE_SECONDS', 'CHANCERY_LISTEN', 'flag']) {
      assert.ok(
        problems.some((problem) => problem.includes(`(${source})`)),
        source,
      )
    }
  })

  it('takes neither secrets nor the place of the file from the file, and secrets not from flags either', () => {
    const problems = problemsOf({ file: { keyPassphrase: 'correct horse battery', dataDir: '/x' } })
    assert.equal(problems.length, 2)
    assert.ok(!problems.join().includes('horse'))
    assert.equal(problemsOf({ flags: { keyPassphrase: 'correct horse battery' } }).length, 1)
    assert.equal(
      parse({ environment: { CHANCERY_KEY_PASSPHRASE: 'correct horse' } }).keyPassphrase,
      'correct horse',
    )
  })

  it('does not repeat a secret that is refused', () => {
    assert.ok(
      !problemsOf({ environment: { CHANCERY_KEY_PASSPHRASE: 'short' } })
        .join()
        .includes('short'),
    )
  })

  const bad: Record<string, unknown[]> = {
    listen: [
      '8443',
      'localhost:',
      'localhost:65536',
      '::1:8443',
      '[localhost]:1',
      'a b:1',
      'x:-1',
      8443,
      '999.1.1.1.1:x',
    ],
    publicUrl: [
      'ftp://x',
      'http://x/',
      'http://u:p@x',
      'http://x?q',
      'http://x#f',
      'x',
      'http://a b',
      `http://${'x'.repeat(300)}`,
    ],
    trustDomain: ['', 'Upper.example', 'a b', '-a', 'a.', 'x'.repeat(256)],
    serverNames: [[], [''], ['a b'], ['*.example'], 'localhost', [1], Array.from({ length: 33 }, () => 'a')],
    crlLifetimeSeconds: [59, 1.5, '60', NaN, Infinity, -1, 31 * 86_400 + 1],
    crlShards: [-1, 1.5, 257, '4', NaN],
    maxStoredNonces: [0, 1e12],
    auth: ['8443', 'localhost:'],
    authSocket: ['relative.sock', '', `/${'x'.repeat(107)}`, 1, '/a\0b'],
    authSocketMode: ['0666', 600, ''],
    trustedProxies: [
      'unix:auth',
      ['unix:other'],
      'bob',
      ['Bob'],
      [''],
      [1],
      ['*'],
      Array.from({ length: 65 }, () => 'a'),
    ],
    logFormat: ['xml', ''],
    dataDir: [''],
  }
  for (const [name, values] of Object.entries(bad)) {
    it(`refuses ${name} out of bounds`, () => {
      for (const value of values) {
        const given = name === 'dataDir' ? { flags: { [name]: value } } : { file: { [name]: value } }
        assert.equal(problemsOf(given).length, 1, JSON.stringify(value))
      }
    })
  }

  it('reads lists and numbers from text', () => {
    const environment = {
      CHANCERY_SERVER_NAMES: 'a.example, 10.0.0.1,::1',
      CHANCERY_CRL_COALESCE_MS: '0',
      CHANCERY_TRUSTED_PROXIES: 'edge, bob',
    }
    const config = parse({ environment })
    assert.deepEqual(config.serverNames, ['a.example', '10.0.0.1', '::1'])
    assert.equal(config.crlCoalesceMs, 0)
    assert.deepEqual(config.trustedProxies, ['edge', 'bob'])
    assert.deepEqual(parse({ environment: { CHANCERY_TRUSTED_PROXIES: '' } }).trustedProxies, [])
  })

  it('refuses a checkpoint that comes later than the end of the list it confirms', () => {
    assert.equal(problemsOf({ file: { checkpointSeconds: 120, crlLifetimeSeconds: 60 } }).length, 1)
  })

  it('takes shards in powers of two, if there is a URL that certificates can name', () => {
    const publicUrl = 'http://ca.example'
    for (const crlShards of [0, 2, 16, 256])
      assert.equal(parse({ file: { crlShards, publicUrl } }).crlShards, crlShards)
    for (const crlShards of [1, 3, 12, 255])
      assert.equal(problemsOf({ file: { crlShards, publicUrl } }).length, 1)
    assert.equal(problemsOf({ file: { crlShards: 16 } }).length, 1)
  })

  it('refuses a file that is not keys and values', () => {
    for (const file of [[], 'text', 5]) assert.equal(problemsOf({ file }).length, 1)
    assert.equal(problemsOf({ file: null }).length, 0)
  })
})
