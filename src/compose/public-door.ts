import { createAnswerOcsp } from '../authority/answer-ocsp.ts'
import type { Authorities } from '../authority/issuing-authority.ts'
import { type OcspRespondersDependencies, createOcspResponders } from '../authority/ocsp-responders.ts'
import type { Metrics } from '../authority/ports.ts'
import type { AuthoritySettings } from '../authority/settings.ts'
import type { Address } from '../grpc/server.ts'
import type { HttpRoute } from '../http/answer.ts'
import { createHttpListener } from '../http/listener.ts'
import { OCSP_ALLOWANCE, createOcspRoute, isOcspPath } from '../http/ocsp.ts'
import { createMemoryKeyStore } from '../signer/memory-key-store.ts'

/** What anyone may ask over plain HTTP: lists, certificates, and OCSP. */
export interface PublicDoor {
  /** Has an OCSP responder certified for each authority, then listens; returns where. */
  bind(address: Address, connectionsPerAddress?: number): Promise<Address>
  close(timeoutMs: number): Promise<void>
}

export interface PublicDoorDependencies extends Omit<OcspRespondersDependencies, 'authorities' | 'keys'> {
  readonly authorities: Authorities
  readonly metrics: Metrics
  readonly settings: Pick<AuthoritySettings, 'ocspLifetimeSeconds'>
}

/** @param artefacts - everything but OCSP */
export function createPublicDoor(deps: PublicDoorDependencies, artefacts: HttpRoute): PublicDoor {
  const { clock, log } = deps
  const authorities = deps.authorities.all
  // In memory only: nothing on disk can be stolen that signs "good".
  const responders = createOcspResponders({ ...deps, authorities, keys: createMemoryKeyStore() })
  const ocsp = createOcspRoute(createAnswerOcsp({ ...deps, authorities, responders }), clock)
  const listener = createHttpListener(
    (question) => (isOcspPath(question.path) ? ocsp(question) : artefacts(question)),
    log,
    OCSP_ALLOWANCE,
  )
  return {
    async bind(address, connectionsPerAddress) {
      await responders.start()
      return listener.bind(address, connectionsPerAddress)
    },
    async close(timeoutMs) {
      responders.stop()
      await listener.close(timeoutMs)
    },
  }
}
