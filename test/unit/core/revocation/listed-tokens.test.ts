import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { TokenIssuer, TokenStanding } from '../../../../src/core/decision/token-trust.ts'
import { createFollowedRevocation } from '../../../../src/core/revocation/followed-revocation.ts'
import type { RevocationView } from '../../../../src/core/revocation/revocation-view.ts'
import type { StalePolicy } from '../../../../src/core/revocation/stale-policy.ts'
import { clientStandIn, tokenStandIn } from '../../../../src/core/revocation/stand-in-serial.ts'
import type { CrlReason } from '../../../../src/core/x509/types.ts'
import { LIST_START, createListAuthority } from '../../../support/list-authority.ts'

const HOUR_MS = 60 * 60 * 1000
const authority = createListAuthority()
const after = (milliseconds: number) => new Date(LIST_START.getTime() + milliseconds)
const issuer: TokenIssuer = { issuer: 'https://x', audience: 'y', keys: [], authorityId: 'issuing-1' }

const token = (id: string) => ({ serialNumber: tokenStandIn(id), reason: undefined })
const client = (id: string, reason: CrlReason) => ({ serialNumber: clientStandIn(id), reason })

/** A view that has taken one list with these entries, and then one delta for each further set. */
async function following(...steps: readonly (readonly object[])[]): Promise<RevocationView> {
  const view = authority.view()
  for (const [i, revoked] of steps.entries()) {
    const change = { revoked: revoked as never }
    const update =
      i === 0
        ? await view.verifyComplete(authority.complete(0, [], change), after(0))
        : await view.verifyDelta(authority.delta(i - 1, i, [], change))
    assert.ok('commit' in update)
    await update.commit()
  }
  return view
}

function standing(
  view: RevocationView | undefined,
  clientId: string,
  options: { at?: number; policy?: StalePolicy; tokenId?: string; issuer?: TokenIssuer } = {},
) {
  const { at = HOUR_MS, policy = { kind: 'strict' }, tokenId = 'fresh' } = options
  const { tokens } = createFollowedRevocation({
    trust: authority.trust,
    tokenIssuers: [issuer],
    lists: (id) => (id === 'issuing-1' ? view : undefined),
    now: () => after(at),
    stalePolicy: policy,
  })
  // From lists it is known at once.
  return tokens.standing({ tokenId, clientId, scopes: [] }, options.issuer ?? issuer) as TokenStanding
}

const GOOD = { standing: 'good', clientState: undefined, until: after(24 * HOUR_MS) }

describe('tokens by followed lists', () => {
  it('are good until the lists end, unless the lists name them or their client', async () => {
    const view = await following([
      token('spent'),
      client('carol', 'certificateHold'),
      client('dave', 'cessationOfOperation'),
    ])
    assert.deepEqual(standing(view, 'alice'), GOOD)
    assert.deepEqual(standing(view, 'alice', { tokenId: 'spent' }), { standing: 'revoked' })
    assert.deepEqual(standing(view, 'carol'), { standing: 'good', clientState: 'locked' })
    assert.deepEqual(standing(view, 'dave'), { standing: 'good', clientState: 'missing' })
    assert.deepEqual(standing(view, 'carol', { tokenId: 'spent' }), { standing: 'revoked' })
  })
  it('are good again when a delta says that their client was unlocked, and revoked when one says so', async () => {
    const locked = [client('carol', 'certificateHold'), client('dave', 'certificateHold')]
    const view = await following(locked, [client('carol', 'removeFromCRL')], [token('spent')])
    assert.deepEqual(standing(view, 'carol'), {
      ...GOOD,
      until: after(24 * HOUR_MS + 2000),
    })
    assert.deepEqual(standing(view, 'dave'), { standing: 'good', clientState: 'locked' })
    assert.equal(standing(view, 'carol', { tokenId: 'spent' }).standing, 'revoked')
  })
  it('stay revoked, and their clients locked, whatever the time and the policy', async () => {
    const view = await following([token('spent'), client('carol', 'certificateHold')])
    for (const at of [-HOUR_MS, 0, 1000 * HOUR_MS]) {
      assert.equal(standing(view, 'alice', { at, tokenId: 'spent' }).standing, 'revoked')
      assert.deepEqual(standing(view, 'carol', { at }), { standing: 'good', clientState: 'locked' })
    }
  })
  it('are unknown past the end of the lists, when the policy says so', async () => {
    const view = await following([])
    const at = (hours: number, policy: StalePolicy) =>
      standing(view, 'alice', { at: hours * HOUR_MS, policy })
    assert.equal(at(24, { kind: 'strict' }).standing, 'good')
    assert.equal(at(24.01, { kind: 'strict' }).standing, 'unknown')
    assert.deepEqual(at(24.5, { kind: 'bounded', graceSeconds: 3600 }), {
      ...GOOD,
      until: after(25 * HOUR_MS),
    })
    assert.equal(at(25.01, { kind: 'bounded', graceSeconds: 3600 }).standing, 'unknown')
    assert.deepEqual(at(10_000, { kind: 'best_effort' }), { ...GOOD, until: undefined })
  })
  it('are unknown without lists, by a clock that is behind them, and of an issuer that names no authority', async () => {
    assert.deepEqual(standing(undefined, 'alice'), { standing: 'unknown' })
    const view = await following([])
    assert.deepEqual(standing(view, 'alice', { at: -HOUR_MS }), { standing: 'unknown' })
    for (const authorityId of [undefined, 'elsewhere']) {
      assert.deepEqual(standing(view, 'alice', { issuer: { ...issuer, authorityId } }), {
        standing: 'unknown',
      })
    }
  })
})
