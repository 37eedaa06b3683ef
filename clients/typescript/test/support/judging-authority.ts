import { Client, Server, ServerCredentials, credentials } from '@grpc/grpc-js'
import { decide } from '../../../../src/core/decision/decide.ts'
import type { DecisionContext } from '../../../../src/core/decision/decision.ts'
import { readQuery } from '../../../../src/core/decision/read-query.ts'
import {
  GetTrustBundleResponse,
  AuthorityServiceService,
} from '../../../../src/gen/chancery/v1/authority_service.ts'
import {
  AuthorizationServiceService,
  type VerifyRequestRequest,
  type VerifyRequestResponse,
  type VerifyRequestsRequest,
} from '../../../../src/gen/chancery/v1/authorization_service.ts'
import { toWireVerifiedItem } from '../../../../src/grpc/convert-verify-item.ts'
import { fromWireVerify, toWireDecision } from '../../../../src/grpc/convert-verify.ts'
import { statusOf } from '../../../../src/grpc/status.ts'
import type { AuthorityRpc } from '../../src/authority/authority-rpc.ts'
import { rpcOver } from './rpc-over.ts'

/** An authority on a real socket that judges by what the test puts before it. */
export interface JudgingAuthority {
  readonly rpc: AuthorityRpc
  /** What the next questions are judged by. */
  context: DecisionContext
  /** How it behaves: `answers`, `hangs` without a word, or ends calls with `fails`. */
  mood: 'answers' | 'fails' | 'hangs'
  /** Questions that it was asked, by either method, and other calls. */
  asked: number
  probed: number
  close(): void
}

/** Starts it on a free port. */
export async function startJudgingAuthority(context: DecisionContext): Promise<JudgingAuthority> {
  const judge = async (request: VerifyRequestRequest) =>
    decide(readQuery(fromWireVerify(request)), authority.context)
  const server = new Server()
  server.addService(AuthorizationServiceService, {
    verifyRequest: (
      call: { request: VerifyRequestRequest },
      answer: (error: object | null, response?: VerifyRequestResponse) => void,
    ) => {
      authority.asked++
      if (authority.mood === 'hangs') return
      if (authority.mood === 'fails') {
        answer({ code: 14, details: 'out of order' })
        return
      }
      judge(call.request).then(
        (decision) => {
          answer(null, toWireDecision(decision))
        },
        (error: unknown) => {
          const { code, details, metadata } = statusOf(error, 'test')
          answer({ code, details, metadata })
        },
      )
    },
    verifyRequests: (stream: {
      on(event: 'data' | 'end', listener: (item: VerifyRequestsRequest) => void): void
      write(answer: object): void
      emit(event: 'error', error: object): void
      end(): void
    }) => {
      stream.on('data', ({ id, request }) => {
        authority.asked++
        if (authority.mood === 'hangs') return
        if (authority.mood === 'fails') {
          stream.emit('error', { code: 14, details: 'out of order' })
          return
        }
        const write = (result: Parameters<typeof toWireVerifiedItem>[0]['result']) => {
          stream.write(toWireVerifiedItem({ id, result }, (error) => statusOf(error, 'test')))
        }
        judge(request!).then(
          (decision) => {
            write({ decision })
          },
          (error: unknown) => {
            write({ error })
          },
        )
      })
      stream.on('end', () => {
        stream.end()
      })
    },
  })
  server.addService(AuthorityServiceService, {
    getTrustBundle: (
      _: object,
      answer: (error: object | null, response?: GetTrustBundleResponse) => void,
    ) => {
      authority.probed++
      if (authority.mood === 'hangs') return
      if (authority.mood === 'fails') answer({ code: 14, details: 'out of order' })
      else answer(null, GetTrustBundleResponse.create())
    },
  })
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error)
      else resolve(bound)
    })
  })
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure())
  const authority: JudgingAuthority = {
    rpc: rpcOver(() => client),
    context,
    mood: 'answers',
    asked: 0,
    probed: 0,
    close() {
      client.close()
      server.forceShutdown()
    },
  }
  return authority
}
