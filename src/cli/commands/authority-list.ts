import type { Command } from 'commander'
import { Authority, AuthorityRole, AuthorityServiceService } from '../../gen/chancery/v1/authority_service.ts'
import type { Run } from '../command-context.ts'
import { EXIT } from '../exit-code.ts'
import { messageToJson } from '../format-json.ts'
import { formatTable } from '../format-table.ts'
import { formatInstantWithDistance } from '../format-time.ts'
import { addVerb } from '../verb.ts'

/** `chancery authority list`. */
export function addAuthorityList(parent: Command, run: Run): void {
  addVerb(parent, 'list', 'list the certificate authorities, the root first', [
    'authority list',
    'authority list -o json',
  ]).action((_options: unknown, command: Command) =>
    run(command, async (context) => {
      const rpc = await context.connect()
      const { authorities } = await rpc.call(AuthorityServiceService.listAuthorities, {})
      const now = context.io.now()
      context.printResult(
        () => authorities.map((authority) => messageToJson(Authority, authority)),
        () =>
          formatTable(
            ['ID', 'ROLE', 'SUBJECT', 'NOT AFTER', 'CRL', 'ENTRIES', 'NEXT UPDATE'],
            authorities.map((authority) => [
              authority.id,
              roleName(authority.role),
              authority.subject,
              formatInstantWithDistance(authority.notAfter, now),
              authority.crl === undefined ? '-' : String(authority.crl.crlNumber),
              String(authority.crlEntryCount),
              formatInstantWithDistance(authority.crl?.nextUpdate, now),
            ]),
          ),
      )
      return EXIT.yes
    }),
  )
}

function roleName(role: AuthorityRole): string {
  switch (role) {
    case AuthorityRole.AUTHORITY_ROLE_ROOT:
      return 'root'
    case AuthorityRole.AUTHORITY_ROLE_ISSUING:
      return 'issuing'
    case AuthorityRole.AUTHORITY_ROLE_UNSPECIFIED:
    case AuthorityRole.UNRECOGNIZED:
      return 'unknown'
  }
}
