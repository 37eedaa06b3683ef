import type { Command } from 'commander'
import { AuthorityServiceService, ListVerifiersResponse } from '../../gen/chancery/v1/authority_service.ts'
import type { Run } from '../command-context.ts'
import { EXIT } from '../exit-code.ts'
import { messageToJson } from '../format-json.ts'
import { formatTable } from '../format-table.ts'
import { formatInstantWithDistance } from '../format-time.ts'
import { addVerb } from '../verb.ts'

/** `chancery authority status`. */
export function addAuthorityStatus(parent: Command, run: Run): void {
  addVerb(parent, 'status', 'list the verifiers, the list that each is at, and how far it is behind', [
    'authority status',
    'authority status -o json',
  ]).action((_options: unknown, command: Command) =>
    run(command, async (context) => {
      const rpc = await context.connect()
      const response = await rpc.call(AuthorityServiceService.listVerifiers, {})
      const now = context.io.now()
      context.printResult(
        () => messageToJson(ListVerifiersResponse, response),
        () => formatVerifiers(response, now),
      )
      return EXIT.yes
    }),
  )
}

function formatVerifiers({ verifiers }: ListVerifiersResponse, now: Date): string {
  const rows = verifiers.flatMap(({ clientId, verifierId, lastSeen, positions }) =>
    positions.map(({ authority, crlNumber, lag }) => [
      clientId,
      verifierId,
      authority,
      String(crlNumber),
      String(lag),
      formatInstantWithDistance(lastSeen, now),
    ]),
  )
  return rows.length === 0
    ? NOBODY
    : formatTable(['CLIENT', 'VERIFIER', 'AUTHORITY', 'CRL', 'BEHIND', 'LAST SEEN'], rows)
}

const NOBODY = `No verifier has reported within the last hour, or since the service was started.
Verifiers report the lists that they follow by ReportVerifierStatus: \`chancery crl watch\` does, and so does the RequestVerifier of @chancery/client that decides by itself.
If there should be some, see that they run, reach this service, and have chancery.crl.read.
`
