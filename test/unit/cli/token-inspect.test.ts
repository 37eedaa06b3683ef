import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { after, describe, it } from 'node:test'
import { EXIT } from '../../../src/cli/exit-code.ts'
import { runCli } from '../../../src/cli/run-cli.ts'
import { generateFixtureKeys } from '../../support/decision-fixture.ts'
import { fakeCliIo } from '../../support/fake-cli-io.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { fixtureJwks, signToken } from '../../support/token-fixture.ts'

const keys = generateFixtureKeys()
const folder = createTemporaryFolder()
after(folder.remove)
const jwks = folder.file('jwks.json')
writeFileSync(jwks, JSON.stringify(fixtureJwks(keys)))

async function inspect(token: string, ...options: readonly string[]) {
  const io = fakeCliIo({ stdin: `${token}\n` })
  const code = await runCli(['token', 'inspect', '-', ...options], io)
  return { code, output: io.output(), errors: io.errors() }
}

describe('token inspect', () => {
  it('shows what is in a token, and does not say that it is good', async () => {
    const { code, output } = await inspect(signToken(keys))
    assert.equal(code, EXIT.yes)
    assert.match(output, /alice/)
    assert.match(output, /bob\.user\.write/)
    assert.match(output, /not checked/)
  })

  it('checks the signature with a JWK set, and answers by its exit code', async () => {
    const good = await inspect(signToken(keys), '--jwks', jwks, '-o', 'json')
    assert.equal(good.code, EXIT.yes)
    assert.equal((JSON.parse(good.output) as { signature: string }).signature, 'good')
    const bad = await inspect(signToken(keys, { signer: keys.stranger }), '--jwks', jwks)
    assert.equal(bad.code, EXIT.no)
    assert.match(bad.output, /bad/)
  })

  it('says what cannot be read, and never repeats it', async () => {
    const { code, errors, output } = await inspect('Bearer secret.secret.secret')
    assert.equal(code, EXIT.failure)
    assert.doesNotMatch(errors + output, /secret/)
  })
})
