import { createRequire } from 'node:module'
import { Command, Option } from 'commander'
import { DEFAULT_ADDRESS, type Run } from './command-context.ts'
import { addAuditVerify } from './commands/audit-verify.ts'
import { addAuthorityExport } from './commands/authority-export.ts'
import { addAuthorityList } from './commands/authority-list.ts'
import { addAuthorityStatus } from './commands/authority-status.ts'
import { addBackup } from './commands/backup.ts'
import { addCertExport } from './commands/cert-export.ts'
import { addCertInspect } from './commands/cert-inspect.ts'
import { addCertIssue } from './commands/cert-issue.ts'
import { addCertList } from './commands/cert-list.ts'
import { addCertRenew } from './commands/cert-renew.ts'
import { addCertRevoke } from './commands/cert-revoke.ts'
import { addCertUnrevoke } from './commands/cert-unrevoke.ts'
import { addClientAdd } from './commands/client-add.ts'
import { addClientList } from './commands/client-list.ts'
import { addClientLock } from './commands/client-lock.ts'
import { addClientRemove } from './commands/client-remove.ts'
import { addClientSetScopes } from './commands/client-set-scopes.ts'
import { addClientShow } from './commands/client-show.ts'
import { addClientUnlock } from './commands/client-unlock.ts'
import { addCompletion } from './commands/completion.ts'
import { addConformance } from './commands/conformance.ts'
import { addCrlFetch } from './commands/crl-fetch.ts'
import { addCrlInspect } from './commands/crl-inspect.ts'
import { addCrlWatch } from './commands/crl-watch.ts'
import { addDev } from './commands/dev.ts'
import { addDoctor } from './commands/doctor.ts'
import { addInit } from './commands/init.ts'
import { addRequestSign } from './commands/request-sign.ts'
import { addRequestVerify } from './commands/request-verify.ts'
import { addServe } from './commands/serve.ts'
import { addTokenInspect } from './commands/token-inspect.ts'
import { addTokenIssue } from './commands/token-issue.ts'
import { addTokenRevoke } from './commands/token-revoke.ts'
import { addTokenKeys } from './commands/token-keys.ts'
import { addTokenRotateKey } from './commands/token-rotate-key.ts'
import { addGroup, spanOption } from './verb.ts'

const VERSION = (createRequire(import.meta.url)('../../package.json') as { readonly version: string }).version

/** Without a way to run verbs, the tree can still be described: for completion and for checking the documents. */
const runNothing: Run = () => Promise.resolve()

/** The whole command line of `chancery`. */
export function buildProgram(run: Run = runNothing): Command {
  const program = new Command('chancery')
    .description('A certificate authority that answers: may this request be served?')
    .version(VERSION, '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
    .option('--identity <dir>', 'identity to call as: key.pem, cert.pem, ca.pem (or CHANCERY_IDENTITY)')
    .option(
      '--address <host:port>',
      `where the service is (or CHANCERY_ADDRESS; default: ${DEFAULT_ADDRESS})`,
    )
    .addOption(
      new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table'),
    )
    .option('--timeout <span>', 'how long one call may take (default: 10s)', spanOption)

  addInit(program, run)
  addServe(program, run)
  addDev(program, run)

  const client = addGroup(program, 'client', 'clients and what they are granted')
  addClientAdd(client, run)
  addClientList(client, run)
  addClientShow(client, run)
  addClientSetScopes(client, run)
  addClientLock(client, run)
  addClientUnlock(client, run)
  addClientRemove(client, run)

  const cert = addGroup(program, 'cert', 'certificates')
  addCertIssue(cert, run)
  addCertRenew(cert, run)
  addCertRevoke(cert, run)
  addCertUnrevoke(cert, run)
  addCertList(cert, run)
  addCertInspect(cert, run)
  addCertExport(cert, run)

  const request = addGroup(program, 'request', 'signed requests')
  addRequestSign(request, run)
  addRequestVerify(request, run)

  const token = addGroup(program, 'token', 'access tokens')
  addTokenIssue(token, run)
  addTokenInspect(token, run)
  addTokenRevoke(token, run)
  addTokenKeys(token, run)
  addTokenRotateKey(token, run)

  const crl = addGroup(program, 'crl', 'certificate revocation lists')
  addCrlFetch(crl, run)
  addCrlWatch(crl, run)
  addCrlInspect(crl, run)

  const authority = addGroup(program, 'authority', 'certificate authorities')
  addAuthorityList(authority, run)
  addAuthorityExport(authority, run)
  addAuthorityStatus(authority, run)

  const audit = addGroup(program, 'audit', 'the audit table')
  addAuditVerify(audit, run)

  addBackup(program, run)
  addDoctor(program, run)
  addCompletion(program, run)
  addConformance(program, run)
  return program
}
