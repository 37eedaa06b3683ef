import assert from 'node:assert/strict'
import { createPublicKey } from 'node:crypto'
import { watch } from 'node:fs'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, it } from 'node:test'
import * as grpc from '@grpc/grpc-js'
import * as jose from 'jose'
import { writeAdminIdentity } from '../../src/cli/admin-identity.ts'
import { initialize, verifyAudit } from '../../src/compose.ts'
import {
  AuthorizationServiceService as Authorization,
  VerifyRequestRequest,
  denyReasonToJSON,
} from '../../src/gen/chancery/v1/authorization_service.ts'
import { ClientServiceService } from '../../src/gen/chancery/v1/client_service.ts'
import {
  IssueTokenRequest,
  type TokenKey,
  TokenKeyRotation,
  TokenServiceService,
} from '../../src/gen/chancery/v1/token_service.ts'
import { loadIdentity } from '../../src/identity/identity-folder.ts'
import { CRASH_ROUNDS } from '../support/crash-rounds.ts'
import { type ServeProcess, requireConnectionLost, startServeProcess } from '../support/serve-process.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { type TestClient, connect } from '../support/test-client.ts'

const CALLERS = 6
/** A rotation begins after so many tokens, so that the kill meets tokens of several keys. */
const TOKENS_PER_ROTATION = 4
/** Far more than a service answers until it is killed. */
const MAX_TURNS = 10_000
/** Tokens that expire soon are not asked about any more: the reason would be another. */
const MARGIN_MS = 60_000

const { TOKEN_KEY_ROTATION_SCHEDULED, TOKEN_KEY_ROTATION_AT_ONCE, TOKEN_KEY_ROTATION_COMPROMISED } =
  TokenKeyRotation
const ROTATIONS = [
  TOKEN_KEY_ROTATION_SCHEDULED,
  TOKEN_KEY_ROTATION_AT_ONCE,
  TOKEN_KEY_ROTATION_COMPROMISED,
] as const
type Rotation = (typeof ROTATIONS)[number]

/** What the service has said, so that it must hold whatever happened since. */
interface Acknowledged {
  /** Tokens by the key that signed them. */
  readonly tokens: Map<string, { readonly token: string; readonly expiresAt: Date }[]>
  /** Keys as the last answer listed them. */
  keys: readonly TokenKey[]
  /** Keys that were withdrawn as compromised. */
  readonly withdrawn: Set<string>
  /** The rotation that was asked for and not answered when the service was killed. */
  pending: Rotation | undefined
}

const MOMENTS = ['at any moment', 'while a key file changes', 'once a rotation is answered'] as const
type Moment = (typeof MOMENTS)[number]

/** Called with how many tokens and rotations, or rotations alone, were answered; something of it kills the service. */
interface Hooks {
  readonly answered?: (count: number) => void
  readonly rotated?: (count: number) => void
}

for (const moment of MOMENTS) {
  const rounds = Math.ceil(CRASH_ROUNDS / MOMENTS.length)
  it(`kill -9 ${moment}, ${rounds} times while keys for tokens are rotated under load, loses no rotation and no token`, (t) =>
    killInRotations(t, moment, rounds))
}

async function killInRotations(t: TestContext, moment: Moment, rounds: number): Promise<void> {
  const folder = createTemporaryFolder()
  t.after(() => folder.remove())
  const dataDir = join(folder.path, 'data')
  await initialize({ dataDir, trustDomain: 'chancery.example' })
  const identity = await loadIdentity(
    await writeAdminIdentity({ dataDir, passphrase: undefined, publicUrl: undefined }, 'create'),
  )
  const channel = grpc.credentials.createSsl(identity.caPem, identity.keyPem, identity.certificatePem)
  const acknowledged: Acknowledged = {
    tokens: new Map(),
    keys: [],
    withdrawn: new Set(),
    pending: undefined,
  }
  let killsInRotation = 0

  for (let round = 0; round <= rounds; round++) {
    const child = await startServeProcess(dataDir)
    const client = connect(child, channel)
    const { process, exited } = child
    const isRotating = () => acknowledged.pending !== undefined
    const kill = () => {
      if (!process.killed && isRotating()) killsInRotation++
      process.kill('SIGKILL')
    }
    try {
      if (round === 0) await addClient(client)
      await checkKeys(client, child, acknowledged, dataDir)
      await checkTokens(client, acknowledged)
      if (round === rounds) break
      const hooks = hooksOf(moment, round, { kill, isRotating, exited, dataDir })
      await storm(client, acknowledged, round % ROTATIONS.length, hooks)
    } finally {
      client.close()
      process.kill('SIGKILL')
      await exited
    }
  }
  // Those for which the kill waits.
  const wanted: Readonly<Record<Moment, number>> = {
    'at any moment': Math.ceil(rounds / 2),
    'while a key file changes': rounds,
    'once a rotation is answered': 0,
  }
  assert.ok(killsInRotation >= wanted[moment], `${killsInRotation} kills met a rotation`)
  assert.ok((await verifyAudit({ dataDir })).ok)
}

/** A service that is to be killed. */
interface Victim {
  readonly kill: () => void
  /** A rotation was asked for and not answered yet. */
  readonly isRotating: () => boolean
  readonly exited: Promise<unknown>
  readonly dataDir: string
}

/** When the service is killed: after a number of answers or changes, not after a time, spread over start, middle and full load; every other time not before it rotates. */
function hooksOf(moment: Moment, round: number, victim: Victim): Hooks {
  const { kill, isRotating } = victim
  switch (moment) {
    case 'at any moment':
      return {
        answered(count) {
          if (count > (round * 17) % 40 && (round % 2 === 1 || isRotating())) kill()
        },
      }
    case 'once a rotation is answered':
      return {
        rotated(count) {
          if (count > round % 4) kill()
        },
      }
    case 'while a key file changes':
      killAtChange(victim, 1 + ((round * 5) % 7))
      return {}
  }
}

async function addClient(client: TestClient): Promise<void> {
  await client.call(ClientServiceService.createClient, {
    clientId: 'storm',
    displayName: '',
    grantedScopes: ['x.read'],
    profiles: [],
    dnsNames: [],
  })
}

/** Kills the service at a change of the files of keys for tokens while it rotates: made under another name, linked, unlinked, removed. */
function killAtChange({ kill, isRotating, exited, dataDir }: Victim, changes: number): void {
  const over = new AbortController()
  let seen = 0
  watch(join(dataDir, 'keys'), { signal: over.signal }, (_, name) => {
    if (name?.startsWith('tokens-') === true && ++seen >= changes && isRotating()) kill()
  })
  void exited.then(() => over.abort())
}

/** Issues tokens from several callers at once, and rotates from one, until every call has failed. */
async function storm(
  client: TestClient,
  acknowledged: Acknowledged,
  firstRotation: number,
  hooks: Hooks,
): Promise<void> {
  let answers = 0
  let isOver = false
  let wake: () => void = () => undefined
  const answered = () => {
    answers++
    hooks.answered?.(answers)
    wake()
  }
  const caller = async () => {
    for (let turn = 0; turn < MAX_TURNS; turn++) {
      const { token, expiresAt } = await issue(client)
      const keyId = jose.decodeProtectedHeader(token).kid!
      const known = acknowledged.tokens.get(keyId) ?? []
      acknowledged.tokens.set(keyId, [...known, { token, expiresAt: expiresAt! }])
      answered()
    }
  }
  const rotator = async () => {
    for (let turn = 0; turn < MAX_TURNS; turn++) {
      const rotation = ROTATIONS[(firstRotation + turn) % ROTATIONS.length]!
      acknowledged.pending = rotation
      const { keys } = await client.call(TokenServiceService.rotateTokenKey, { rotation })
      acknowledged.pending = undefined
      checkRotated(acknowledged, keys, rotation)
      hooks.rotated?.(turn + 1)
      answered()
      const due = answers + TOKENS_PER_ROTATION
      while (answers < due && turn > 0 && !isOver) await new Promise<void>((resolve) => (wake = resolve))
    }
  }
  const callers = Promise.allSettled(Array.from({ length: CALLERS }, caller))
  const rotated = Promise.allSettled([rotator()])
  const ends = [...(await callers)]
  // The rotator waits for tokens: when nobody gets one any more, there is nothing to wait for.
  isOver = true
  wake()
  ends.push(...(await rotated))
  requireConnectionLost(ends)
}

function issue(client: TestClient) {
  return client.call(TokenServiceService.issueToken, IssueTokenRequest.fromPartial({ clientId: 'storm' }))
}

const idsOf = (keys: readonly TokenKey[]) => keys.map(({ keyId }) => keyId)

/** What an answer says of a rotation follows from what the answer before said. */
function checkRotated(acknowledged: Acknowledged, keys: readonly TokenKey[], rotation: Rotation): void {
  const before = idsOf(acknowledged.keys)
  const signing = keys.findIndex(({ signs }) => signs)
  if (rotation === TOKEN_KEY_ROTATION_COMPROMISED) {
    assert.equal(keys.length, 1)
    for (const keyId of before) acknowledged.withdrawn.add(keyId)
  } else {
    assert.deepEqual(idsOf(keys).slice(0, before.length), before)
    assert.equal(rotation === TOKEN_KEY_ROTATION_AT_ONCE, signing === keys.length - 1)
  }
  acknowledged.keys = keys
}

/** The keys are those of the last answer, or what the rotation that had none yet makes of them, and every way to ask for them says the same. */
async function checkKeys(
  client: TestClient,
  { httpPort }: ServeProcess,
  acknowledged: Acknowledged,
  dataDir: string,
): Promise<void> {
  const { keys } = await client.call(TokenServiceService.listTokenKeys, {})
  const ids = idsOf(keys)
  assert.equal(new Set(ids).size, ids.length, 'a key is there twice')
  assert.equal(keys.filter(({ signs }) => signs).length, 1, 'not one key signs')
  for (const keyId of ids) assert.ok(!acknowledged.withdrawn.has(keyId), `${keyId} came back`)

  const before = idsOf(acknowledged.keys)
  const added = ids.filter((keyId) => !before.includes(keyId))
  const lost = before.filter((keyId) => !ids.includes(keyId))
  assert.ok(added.length <= (acknowledged.pending === undefined && before.length > 0 ? 0 : 1))
  if (lost.length > 0) {
    assert.equal(acknowledged.pending, TOKEN_KEY_ROTATION_COMPROMISED, `${lost.join()} was lost`)
    assert.deepEqual([lost, added], [before, ids], 'a part of the keys was withdrawn')
    for (const keyId of lost) acknowledged.withdrawn.add(keyId)
  }
  for (const { keyId, signsFrom } of acknowledged.keys) {
    const now = keys.find((key) => key.keyId === keyId)
    if (now) assert.deepEqual(now.signsFrom, signsFrom)
  }

  const jwks = await fetch(`http://127.0.0.1:${httpPort}/.well-known/jwks.json`)
  const published = (await jwks.json()) as jose.JSONWebKeySet
  assert.deepEqual(
    published.keys.map(({ kid }) => kid),
    ids,
  )
  // What was withdrawn leaves no private key behind, under no name.
  for (const name of await readdir(join(dataDir, 'keys'))) {
    if (!name.startsWith('tokens-')) continue
    const pem = await readFile(join(dataDir, 'keys', name))
    if (pem.length === 0) continue
    const jwk = createPublicKey(pem).export({ format: 'jwk' }) as jose.JWK
    const keyId = await jose.calculateJwkThumbprint(jwk)
    assert.ok(!acknowledged.withdrawn.has(keyId), `${name} is the key ${keyId}, which was withdrawn`)
  }
  acknowledged.keys = keys
  acknowledged.pending = undefined
}

/** Every token is good, for the service and by the key set, unless its key was withdrawn; and new ones are made. */
async function checkTokens(client: TestClient, { tokens, keys, withdrawn }: Acknowledged): Promise<void> {
  const { token: fresh } = await issue(client)
  assert.equal(jose.decodeProtectedHeader(fresh).kid, keys.find(({ signs }) => signs)!.keyId)
  assert.equal(await judge(client, fresh), 'DENY_REASON_UNSPECIFIED')
  for (const [keyId, issued] of tokens) {
    const isWithdrawn = withdrawn.has(keyId)
    assert.ok(isWithdrawn || idsOf(keys).includes(keyId), `tokens of ${keyId} were lost`)
    const living = issued.filter(({ expiresAt }) => expiresAt.getTime() - Date.now() > MARGIN_MS)
    const reasons = await Promise.all(living.map(({ token }) => judge(client, token)))
    const expected = isWithdrawn ? 'DENY_REASON_TOKEN_KEY_UNKNOWN' : 'DENY_REASON_UNSPECIFIED'
    for (const reason of reasons) assert.equal(reason, expected)
    // They are denied for good: to ask once is enough.
    if (isWithdrawn) tokens.delete(keyId)
  }
}

async function judge(client: TestClient, token: string): Promise<string> {
  const { denyReason } = await client.call(
    Authorization.verifyRequest,
    VerifyRequestRequest.fromPartial({
      credential: { $case: 'bearerToken', value: { token } },
      requiredScopes: ['x.read'],
    }),
  )
  return denyReasonToJSON(denyReason)
}
