import assert from 'node:assert/strict'
import { TokenKeyRotation, TokenServiceService } from '../../src/gen/chancery/v1/token_service.ts'
import { type RunningService, type TestIdentity, call } from './running-service.ts'

/** True if a token verifies with the keys of a JWK set. */
export type VerifyToken = (token: string, jwks: string) => Promise<boolean>

/** Has somebody else's library check tokens of a client before, during and after a rotation, and after one because of a compromise. */
export async function verifyAcrossRotation(
  running: RunningService,
  client: TestIdentity,
  verify: VerifyToken,
): Promise<void> {
  const rotate = (rotation: TokenKeyRotation) =>
    call(running, running.admin, TokenServiceService.rotateTokenKey, { rotation })
  const issue = async () => {
    const request = { clientId: '', scopes: [], audience: '', validity: undefined, unbound: true }
    return (await call(running, client, TokenServiceService.issueToken, request)).token
  }
  const keys = async () => (await fetch(`http://${running.service.httpAddress}/.well-known/jwks.json`)).text()

  const before = await issue()
  assert.equal(await verify(before, await keys()), true)
  assert.equal(await verify(`${before.slice(0, -4)}AAAA`, await keys()), false)
  await rotate(TokenKeyRotation.TOKEN_KEY_ROTATION_SCHEDULED)
  const during = await issue()
  const keysDuring = await keys()
  for (const token of [before, during]) assert.equal(await verify(token, keysDuring), true)
  await rotate(TokenKeyRotation.TOKEN_KEY_ROTATION_AT_ONCE)
  const after = await issue()
  const keysAfter = await keys()
  for (const token of [before, during, after]) assert.equal(await verify(token, keysAfter), true)
  assert.equal(await verify(after, keysDuring), false)
  await rotate(TokenKeyRotation.TOKEN_KEY_ROTATION_COMPROMISED)
  const keysLeft = await keys()
  for (const token of [before, during, after]) assert.equal(await verify(token, keysLeft), false)
  assert.equal(await verify(await issue(), keysLeft), true)
}
