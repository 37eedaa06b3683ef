import { createAnswerOcsp } from '../../src/authority/answer-ocsp.ts'
import { createClient } from '../../src/authority/create-client.ts'
import { issueCertificate } from '../../src/authority/issue-certificate.ts'
import { createOcspResponders } from '../../src/authority/ocsp-responders.ts'
import { revokeCertificate } from '../../src/authority/revoke-certificate.ts'
import type { CrlReason } from '../../src/core/x509/types.ts'
import { ADMIN, buildUseCases, issueRequest } from './build-use-cases.ts'
import { createFakeKeyStore, silentLog } from './fakes.ts'

/** The use cases with a running OCSP responder, a client alice, and a count of what was answered and signed. */
export async function buildOcsp() {
  const deps = await buildUseCases()
  await createClient(deps, ADMIN, {
    clientId: 'alice',
    displayName: '',
    grantedScopes: ['bob.user.read'],
    profiles: [],
    dnsNames: [],
  })
  const outcomes: string[] = []
  let signed = 0
  const metrics = {
    ...deps.metrics,
    ocspAnswered: (outcome: string) => void outcomes.push(outcome),
    ocspSigned: () => {
      signed++
    },
  }
  const authorities = deps.authorities.all
  const keys = createFakeKeyStore()
  const ocsp = { ...deps, authorities, keys, metrics, log: silentLog }
  const responders = createOcspResponders(ocsp)
  await responders.start()
  return {
    ...deps,
    responderKeys: keys,
    responders,
    ocsp: { ...ocsp, responders },
    answer: createAnswerOcsp({ ...ocsp, responders }),
    root: deps.authorities.root,
    issuing: deps.authorities.issuing,
    outcomes,
    get signed() {
      return signed
    },
    /** Issues a certificate to alice; returns its serial number. */
    issue: async (): Promise<string> =>
      (await issueCertificate(deps, ADMIN, issueRequest())).certificate!.serialNumber,
    async revoke(serialNumber: string, reason: CrlReason = 'unspecified'): Promise<void> {
      await revokeCertificate(deps, ADMIN, {
        target: { kind: 'serial', serialNumber, authority: '' },
        reason,
        invalidityDate: undefined,
        expectedCount: undefined,
        dryRun: false,
      })
    },
  }
}
