import { IssueTokenRequest, TokenServiceService } from '../../../../src/gen/chancery/v1/token_service.ts'
import { PATIENCE_MS } from '../../../../test/support/patience.ts'
import { type ClientIdentity, connectAuthority } from '../../src/index.ts'
import type { TestAuthority } from '../../src/testing/index.ts'

/** So many times what an answer took when nothing was wrong. */
const PER_ANSWER = 20
const DEADLINE = { minMs: 400, maxMs: 4_000 }

/** What a connection and a token take here and now, in milliseconds. */
async function measureAnswer({ address, ports }: TestAuthority, identity: ClientIdentity): Promise<number> {
  const connection = connectAuthority({ address, identity, ports, deadlineMs: PATIENCE_MS })
  const began = performance.now()
  await connection.call(TokenServiceService.issueToken, IssueTokenRequest.create())
  connection.close()
  return performance.now() - began
}

/** A deadline for tokens that is long enough on this machine, with what else it does, and no longer: there are outages that cost one for each try. */
export async function fitDeadline(authority: TestAuthority, identity: ClientIdentity): Promise<number> {
  const measured: number[] = []
  for (let i = 0; i < 3; i++) measured.push(await measureAnswer(authority, identity))
  return Math.min(DEADLINE.maxMs, Math.max(DEADLINE.minMs, PER_ANSWER * Math.max(...measured)))
}
