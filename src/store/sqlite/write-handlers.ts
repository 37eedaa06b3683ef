import type { Database } from 'better-sqlite3'
import { createAppendAudit } from './audit.ts'
import { createAuthorityWrites } from './authorities.ts'
import { createCertificateWrites } from './certificates.ts'
import { createClientWrites } from './clients.ts'
import type { WriteHandlers } from './commands.ts'
import { createCrlShardings } from './crl-shardings.ts'
import { createCrlWrites } from './crls.ts'
import { createLiveCertificates } from './live-certificates.ts'
import { createLiveTokenWrites, createWithdrawTokens } from './live-tokens.ts'
import { createMetaWrites } from './meta.ts'
import { createNonceWrites } from './nonces.ts'
import { createRelease, createUnrevoke } from './end-revocation.ts'
import { createRevoke, createRevokeCommand } from './revoke.ts'
import { createStandIns } from './stand-ins.ts'
import { createRevokeToken, createTokenWrites } from './tokens.ts'
import { createTokenKeyWrites } from './token-keys.ts'

/** Prepares every write on one connection. */
export function createWriteHandlers(database: Database): WriteHandlers {
  const appendAudit = createAppendAudit(database)
  const live = createLiveCertificates(database)
  const revoke = createRevoke(database, live)
  const release = createRelease(database)
  const standIns = createStandIns(database)
  const revokeToken = createRevokeToken(database, standIns)
  const tokens = createTokenWrites(database, appendAudit, revokeToken)
  const liveTokens = createLiveTokenWrites(database, appendAudit)
  const withdrawTokens = createWithdrawTokens(database, revokeToken)
  const clients = createClientWrites(database, appendAudit, { revoke, release, standIns, withdrawTokens })
  const crls = createCrlWrites(database)
  const nonces = createNonceWrites(database)
  const tokenKeys = createTokenKeyWrites(database, appendAudit)
  const countPing = database.prepare(`UPDATE counters SET value = value + 1 WHERE name = 'pings'`)
  return {
    'meta.create': createMetaWrites(database, appendAudit).create,
    'authorities.create': createAuthorityWrites(database, appendAudit).create,
    'clients.create': clients.create,
    'clients.setScopes': clients.setScopes,
    'clients.setState': clients.setState,
    'clients.remove': clients.remove,
    'certificates.insert': createCertificateWrites(database, appendAudit, live).insert,
    'certificates.revoke': createRevokeCommand(database, appendAudit, revoke),
    'certificates.unrevoke': createUnrevoke(database, appendAudit, release),
    'crls.reserveNumber': crls.reserveNumber,
    'crls.skipTo': crls.skipTo,
    'crls.startOver': crls.startOver,
    'crls.useSharding': createCrlShardings(database).useSharding,
    'crls.publish': crls.publish,
    'tokens.record': liveTokens.record,
    'tokens.pruneRecorded': liveTokens.pruneRecorded,
    'tokens.revoke': tokens.revoke,
    'tokens.prune': tokens.prune,
    'nonces.claim': nonces.claim,
    'nonces.prune': nonces.prune,
    'tokenKeys.add': tokenKeys.add,
    'tokenKeys.removeBefore': tokenKeys.removeBefore,
    'audit.append': appendAudit,
    ping: () => {
      countPing.run()
    },
  }
}
