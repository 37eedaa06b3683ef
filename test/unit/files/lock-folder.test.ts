import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { FolderInUseError, lockFolder } from '../../../src/files/lock-folder.ts'
import { type TemporaryFolder, createTemporaryFolder } from '../../support/temporary-folder.ts'

let folder: TemporaryFolder
beforeEach(() => {
  folder = createTemporaryFolder()
})
afterEach(() => folder.remove())

const locks = (path: string) => readdirSync(path).filter((name) => name.startsWith('lock.'))

describe('a lock on a folder', () => {
  it('keeps a second user out for as long as it is held, and leaves nothing behind', async () => {
    const path = folder.file('state')
    const release = await lockFolder(path)
    await assert.rejects(lockFolder(path), FolderInUseError)
    await assert.rejects(lockFolder(`${path}/../state/.`), FolderInUseError)
    assert.equal(locks(path).length, 1)
    await release()
    assert.deepEqual(readdirSync(path), [])
    await (
      await lockFolder(path)
    )()
  })

  it('is given to one at most of many that ask at once', async () => {
    const asked = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(folder.path)))
    const given = asked.filter((one) => one.status === 'fulfilled')
    assert.ok(given.length <= 1)
    for (const { value } of given) await value()
    await (
      await lockFolder(folder.path)
    )()
    assert.deepEqual(locks(folder.path), [])
  })

  it('holds however long the path is', async () => {
    const path = join(folder.path, 'deep'.repeat(40), 'deeper'.repeat(20))
    const release = await lockFolder(path)
    await assert.rejects(lockFolder(path), FolderInUseError)
    await release()
  })

  it('ends with its process, also when that is killed', async () => {
    const code = `import { lockFolder } from ${JSON.stringify(import.meta.resolve('../../../src/files/lock-folder.ts'))}
      await lockFolder(${JSON.stringify(folder.path)})
      console.log('held')
      setInterval(() => undefined, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout, 'data')
    await assert.rejects(lockFolder(folder.path), FolderInUseError)
    child.kill('SIGKILL')
    await once(child, 'exit')
    const release = await lockFolder(folder.path)
    assert.equal(locks(folder.path).length, 1)
    await release()
  })
})
