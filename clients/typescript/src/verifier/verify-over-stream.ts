import type { ClientDuplexStream } from '@grpc/grpc-js'
import {
  AuthorizationServiceService,
  type VerifyRequestsRequest,
  type VerifyRequestsResponse,
} from '../../../../src/gen/chancery/v1/authorization_service.ts'
import { errorReasonToJSON } from '../../../../src/gen/chancery/v1/error_reason.ts'
import type { VerifyRequestInput } from '../../../../src/core/decision/read-query.ts'
import { MAX_QUESTIONS_ON_STREAM, MAX_WAITING_QUESTIONS } from '../limits.ts'
import type { AuthorityRpc } from '../authority/authority-rpc.ts'
import { errorReason, explainFailure } from './explain-failure.ts'
import { fromWireAnswer } from './from-wire-answer.ts'
import { NoDecisionError } from './no-decision-error.ts'
import { toWireVerifyRequest } from './to-wire-question.ts'
import type { Verification } from './verification.ts'
import type { DecisionEngine } from './verify-remotely.ts'

type Stream = ClientDuplexStream<VerifyRequestsRequest, VerifyRequestsResponse>

interface Asked {
  readonly question: VerifyRequestInput
  readonly resolve: (verification: Verification) => void
  readonly reject: (error: NoDecisionError) => void
  timer: NodeJS.Timeout | undefined
}

/**
 * Asks all questions over one VerifyRequests stream, and opens it again with the next question after it ended. At most 128 questions are on their way; the next 1024 wait, and more are
 * refused with VERIFIER_BUSY. What has no answer when the stream ends was not decided, and is not asked again: its nonce may be spent.
 */
export function createStreamEngine(rpc: Pick<AuthorityRpc, 'duplex'>, timeoutMs: number): DecisionEngine {
  const asked = new Map<bigint, Asked>()
  const waiting = new Set<Asked>()
  let stream: Stream | undefined
  let nextId = 1n
  let lastHeardMs = 0
  let isClosed = false

  function settle(id: bigint): Asked | undefined {
    const one = asked.get(id)
    if (one === undefined) return undefined
    asked.delete(id)
    clearTimeout(one.timer)
    return one
  }

  function end(over: Stream, error: unknown): void {
    if (stream !== over) return
    stream = undefined
    const failure = explainFailure(error)
    for (const id of [...asked.keys()]) settle(id)?.reject(failure)
    sendWaiting()
  }

  function connect(): Stream {
    lastHeardMs = performance.now()
    const opened = rpc.duplex(AuthorizationServiceService.verifyRequests)
    opened.on('data', (answer: VerifyRequestsResponse) => {
      lastHeardMs = performance.now()
      const one = settle(answer.id)
      if (one) answerTo(one, answer)
      sendWaiting()
    })
    opened.on('error', (error) => {
      end(opened, error)
    })
    opened.on('end', () => {
      end(opened, new NoDecisionError('AUTHORITY_UNREACHABLE', 'The authority ended the stream.'))
    })
    opened.on('drain', sendWaiting)
    return opened
  }

  function sendWaiting(): void {
    for (const one of waiting) {
      if (asked.size >= MAX_QUESTIONS_ON_STREAM || stream?.writableNeedDrain === true) return
      waiting.delete(one)
      const id = nextId++
      asked.set(id, one)
      try {
        stream ??= connect()
        stream.write({ id, request: toWireVerifyRequest(one.question) })
      } catch (error) {
        settle(id)?.reject(explainFailure(error))
      }
    }
  }

  /** An answer that comes after this is to a question that nobody asks any more. A stream on which none came for as long is left. */
  function giveUp(one: Asked): void {
    waiting.delete(one)
    const slow = new NoDecisionError('AUTHORITY_SLOW', 'The authority did not answer in time.')
    one.reject(slow)
    const silent = stream
    if (silent === undefined || performance.now() - lastHeardMs < timeoutMs) return
    end(silent, slow)
    silent.cancel()
  }

  return {
    verify(question) {
      return new Promise((resolve, reject) => {
        if (isClosed) {
          reject(new NoDecisionError('VERIFIER_CLOSED', 'The verifier was closed.'))
          return
        }
        if (waiting.size >= MAX_WAITING_QUESTIONS) {
          reject(new NoDecisionError('VERIFIER_BUSY', `${waiting.size} questions wait for the authority.`))
          return
        }
        const one: Asked = { question, resolve, reject, timer: undefined }
        one.timer = setTimeout(giveUp, timeoutMs, one)
        waiting.add(one)
        sendWaiting()
      })
    },
    close() {
      isClosed = true
      const error = new NoDecisionError('VERIFIER_CLOSED', 'The verifier was closed.')
      for (const one of waiting) {
        clearTimeout(one.timer)
        one.reject(error)
      }
      waiting.clear()
      const open = stream
      if (open) {
        end(open, error)
        open.cancel()
      }
    },
  }
}

function answerTo(one: Asked, { result }: VerifyRequestsResponse): void {
  try {
    if (result?.$case === 'response') {
      one.resolve(fromWireAnswer(result.value))
      return
    }
    const error = result?.value
    const reason = error && errorReason(errorReasonToJSON(error.reason))
    one.reject(
      new NoDecisionError(
        reason ?? 'AUTHORITY_UNREACHABLE',
        error?.message ?? 'The authority sent an empty answer.',
      ),
    )
  } catch (error) {
    one.reject(explainFailure(error))
  }
}
