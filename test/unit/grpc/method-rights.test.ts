import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { AuthorityServiceService } from '../../../src/gen/chancery/v1/authority_service.ts'
import { AuthorizationServiceService } from '../../../src/gen/chancery/v1/authorization_service.ts'
import { CertificateServiceService } from '../../../src/gen/chancery/v1/certificate_service.ts'
import { ClientServiceService } from '../../../src/gen/chancery/v1/client_service.ts'
import { TokenServiceService } from '../../../src/gen/chancery/v1/token_service.ts'
import { AuthorizationService as EnvoyService } from '../../../src/gen/envoy/service/auth/v3/external_auth.ts'
import { HealthService } from '../../../src/gen/grpc/health/v1/health.ts'
import { ServerReflectionService } from '../../../src/gen/grpc/reflection/v1/reflection.ts'
import { ServerReflectionService as AlphaService } from '../../../src/gen/grpc/reflection/v1alpha/reflection.ts'
import { authenticate, authorize } from '../../../src/grpc/authenticate.ts'
import { METHOD_RIGHTS } from '../../../src/grpc/method-rights.ts'

const SERVICES = [
  AuthorizationServiceService,
  ClientServiceService,
  CertificateServiceService,
  AuthorityServiceService,
  EnvoyService,
  TokenServiceService,
  HealthService,
  ServerReflectionService,
  AlphaService,
]

const caller = (...scopes: string[]) => ({
  clientId: 'alice',
  scopes,
  authorityId: 'issuing',
  serialNumber: '01',
})
const notAllowed = { name: 'DomainError', reason: 'CALLER_NOT_ALLOWED' }

describe('the table of rights', () => {
  it('has exactly the methods of the API', () => {
    const paths = SERVICES.flatMap((service) =>
      Object.values(service).map(({ path }: { path: string }) => path),
    )
    assert.deepEqual([...METHOD_RIGHTS.keys()].sort(), paths.sort())
  })

  it('refuses a method that it does not have, whatever the caller holds', () => {
    assert.throws(() => {
      authorize(caller('chancery.clients.write'), '/chancery.v1.ClientService/Forgotten')
    }, notAllowed)
  })

  for (const [method, needed] of METHOD_RIGHTS) {
    if (needed === 'authenticated') {
      it(`lets any caller call ${method}`, () => {
        authorize(caller(), method)
      })
      continue
    }
    it(`lets a caller with ${needed.right} call ${method}, and ${needed.orSelf === true ? 'leaves others to the use case' : 'nobody else'}`, () => {
      authorize(caller(needed.right), method)
      if (needed.orSelf === true) authorize(caller(), method)
      else {
        for (const scope of ['', 'chancery', `${needed.right}.more`, needed.right.toUpperCase()]) {
          assert.throws(() => {
            authorize(caller(scope), method)
          }, notAllowed)
        }
      }
    })
  }
})

describe('authenticate', () => {
  it('does not even ask about a connection that is gone or shows no certificate', async () => {
    const authenticator = { authenticate: () => assert.fail('asked') }
    const bare = { chainDer: [], address: '', proven: false, destroy: () => undefined }
    for (const connection of [undefined, bare]) {
      await assert.rejects(authenticate(authenticator, connection), { reason: 'CALLER_UNAUTHENTICATED' })
    }
  })
})
