import { AuthorizationServiceService } from '../../../../src/gen/chancery/v1/authorization_service.ts'
import type { UnaryCaller } from '../../../../src/rpc/unary-caller.ts'
import { connectAuthority } from '../../src/authority/connect-authority.ts'
import { openIdentity } from '../../src/identity/client-identity.ts'
import { renewOnce } from '../../src/renewal/renew-once.ts'

/** Renews one certificate after another, to be killed at any moment, and prints how far it is. Arguments: identity folder, address of the authority. */
const [, , directory = '', address = ''] = process.argv
const say = (line: string) => process.stdout.write(`${line}\n`)
const identity = await openIdentity(directory)
const authority = connectAuthority({ address, identity })
const telling: UnaryCaller = {
  async call(method, request) {
    const isIssue = method.path === AuthorizationServiceService.issueCertificate.path
    if (isIssue) say('asking')
    const answer = await authority.call(method, request)
    if (isIssue) say('answered')
    return answer
  },
}
for (;;) {
  say('beginning')
  await renewOnce(identity, telling, { onPendingRefused: say })
  say('renewed')
}
