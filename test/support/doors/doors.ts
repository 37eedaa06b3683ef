import { verifyRequest } from '../../../src/authority/verify-request.ts'
import type { VerifyDependencies } from '../../../src/authority/verify-request.ts'
import { answerOfDecision, answerOfDomainError, type Answer } from './answer.ts'
import { openAuthRequestDoor } from './auth-request-door.ts'
import { openGrpcDoors } from './grpc-doors.ts'
import { openIntrospectionDoor } from './introspection-door.ts'
import type { Question } from './questions.ts'
import type { DoorWorld } from './world.ts'

/** One way to ask for a decision. */
export interface Door {
  readonly name: string
  /** Why this question cannot be asked here; `undefined` if it can. */
  cannot(question: Question): string | undefined
  ask(question: Question): Promise<Answer>
  close(): Promise<void>
}

/** Every door there is, each with a real socket and a service of its own behind it; first the use case itself, without any. */
export async function openDoors(world: DoorWorld): Promise<readonly Door[]> {
  return [
    createInnerDoor(await world.instance()),
    ...(await openGrpcDoors(world)),
    await openAuthRequestDoor(world),
    await openIntrospectionDoor(world),
  ]
}

/** Asks the use case in this process. */
function createInnerDoor(deps: VerifyDependencies): Door {
  return {
    name: 'verifyRequest itself',
    cannot: () => undefined,
    ask: ({ caller, input }) =>
      verifyRequest(
        deps,
        {
          clientId: caller,
          scopes: ['chancery.requests.verify'],
          authorityId: 'issuing-1',
          serialNumber: '01',
        },
        input,
      ).then(answerOfDecision, answerOfDomainError),
    close: () => Promise.resolve(),
  }
}
