import type { DecisionQuery } from '../../../../src/core/decision/decision.ts'
import type { VerifyRequestInput } from '../../../../src/core/decision/read-query.ts'
import { AuthorizationServiceService } from '../../../../src/gen/chancery/v1/authorization_service.ts'
import type { AuthorityRpc } from '../authority/authority-rpc.ts'
import { explainFailure } from './explain-failure.ts'
import { fromWireAnswer } from './from-wire-answer.ts'
import { toWireVerifyRequest } from './to-wire-question.ts'
import type { Verification } from './verification.ts'

/** One way to get a decision. */
export interface DecisionEngine {
  /**
   * @param query - the same question, read
   * @throws {@link NoDecisionError}
   */
  verify(question: VerifyRequestInput, query: DecisionQuery): Promise<Verification>
  close(): void
}

/** Asks VerifyRequest for each question. It is never asked twice: the nonce may be spent. */
export function createUnaryEngine(rpc: Pick<AuthorityRpc, 'call'>, timeoutMs: number): DecisionEngine {
  return {
    async verify(question) {
      try {
        const request = toWireVerifyRequest(question)
        return fromWireAnswer(
          await rpc.call(AuthorizationServiceService.verifyRequest, request, { deadlineMs: timeoutMs }),
        )
      } catch (error) {
        throw explainFailure(error)
      }
    },
    close: () => undefined,
  }
}
