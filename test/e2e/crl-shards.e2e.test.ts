import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import { EXIT } from '../../src/cli/exit-code.ts'
import { parseHex } from '../../src/core/bytes.ts'
import { formatPem } from '../../src/core/pem.ts'
import { shardOf } from '../../src/core/revocation/crl-shard.ts'
import { parseCertificate } from '../../src/core/x509/certificate.ts'
import { parseCrl } from '../../src/core/x509/crl.ts'
import {
  AuthorizationServiceService as Authorization,
  RevokeCertificateRequest,
} from '../../src/gen/chancery/v1/authorization_service.ts'
import { runCommand } from '../support/cli-service.ts'
import { describeWithSystemTool } from '../support/external-tool.ts'
import { type RunningService, call, startRunningService } from '../support/running-service.ts'

const COUNT = 4
const WAIT_MS = 10_000
const POLL_MS = 20

type Enrolled = Awaited<ReturnType<RunningService['enrol']>>

/** The URL that a certificate names, as RFC 5280 section 4.2.1.13 has it. */
function namedUrl({ issued }: Enrolled): string {
  const [point, ...others] = parseCertificate(issued.certificateDer).crlDistributionPoints ?? []
  const [name] = point?.name?.type === 'full' ? point.name.names : []
  assert.equal(others.length, 0)
  return name?.type === 'uri' ? name.value : assert.fail('no URI')
}

/** Passes on what it is asked for. */
function createFront(target: () => string) {
  const server = createServer(({ url, headers }, answer) => {
    const kept = { 'if-none-match': headers['if-none-match'] ?? '' }
    fetch(`http://${target()}${url}`, { headers: kept }).then(
      async (response) => {
        answer.writeHead(response.status, Object.fromEntries(response.headers))
        answer.end(Buffer.from(await response.arrayBuffer()))
      },
      (error: unknown) => answer.destroy(error as Error),
    )
  })
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    listen: () => new Promise<string>((resolve) => server.listen(0, '127.0.0.1', () => resolve(url()))),
    close: () => server.close(),
  }
}

describeWithSystemTool('openssl', 'shards of a running service, by openssl verify', (openssl) => {
  const environment: Record<string, string> = {
    CHANCERY_CRL_SHARDS: String(COUNT),
    CHANCERY_CRL_COMPLETE_SECONDS: '0',
  }
  let running: RunningService
  const clients: Enrolled[] = []
  before(async () => {
    environment['CHANCERY_PUBLIC_URL'] = await front.listen()
    running = await startRunningService(environment)
    for (let i = 0; i < 6; i++) clients.push(await running.enrol(`client-${i}`, []))
  })
  after(async () => {
    await running.close()
    front.close()
  })

  /** What certificates name: it stays where it is when the service comes back on another port. */
  const front = createFront(() => running.service.httpAddress)
  async function list(url: string): Promise<Uint8Array> {
    const answer = await fetch(url)
    assert.equal(answer.status, 200, url)
    return new Uint8Array(await answer.arrayBuffer())
  }

  const write = async (name: string, text: string): Promise<string> => {
    await writeFile(running.file(name), text)
    return running.file(name)
  }

  /** What openssl says of a certificate by one list of its issuer: `good`, or its complaint. */
  async function verify({ issued }: Enrolled, crl: Uint8Array): Promise<string> {
    const args = [
      ...['verify', '-x509_strict', '-crl_check', '-purpose', 'sslclient'],
      ...['-CAfile', await write('root.pem', running.caPem)],
      ...[
        '-untrusted',
        await write('chain.pem', issued.chainDer.map((der) => formatPem('CERTIFICATE', der)).join('')),
      ],
      ...['-CRLfile', await write('crl.pem', formatPem('X509 CRL', crl))],
      await write('leaf.pem', formatPem('CERTIFICATE', issued.certificateDer)),
    ]
    return new Promise((resolve) => {
      execFile(openssl, args, (error, stdout, stderr) => resolve(error === null ? 'good' : stdout + stderr))
    })
  }

  async function revoke({ issued: { serialNumber } }: Enrolled): Promise<void> {
    const request = { target: { $case: 'serial', value: { serialNumber, authority: '' } } } as const
    await call(
      running,
      running.admin,
      Authorization.revokeCertificate,
      RevokeCertificateRequest.fromPartial(request),
    )
  }

  async function until(url: string, names: (der: Uint8Array) => boolean): Promise<Uint8Array> {
    for (const end = Date.now() + WAIT_MS; ; await new Promise((resolve) => setTimeout(resolve, POLL_MS))) {
      const der = await list(url)
      if (names(der)) return der
      assert.ok(Date.now() < end, `${url} in time`)
    }
  }

  it('are what the certificate names; it is good by its own, and by no other', async () => {
    for (const client of clients) {
      const { index } = shardOf(parseHex(client.issued.serialNumber)!, COUNT)
      const own = `${front.url()}/crl/issuing-1/shard/${COUNT}-${index}.crl`
      assert.equal(namedUrl(client), own)
      assert.equal(await verify(client, await list(own)), 'good')
      for (let other = 0; other < COUNT; other++) {
        if (other === index) continue
        const complaint = await verify(client, await list(own.replace(`-${index}.crl`, `-${other}.crl`)))
        assert.match(complaint, /different CRL scope/i)
      }
    }
  })

  it('refuse a revoked certificate as the whole list does, and no other certificate', async () => {
    const [revoked, ...others] = clients
    await revoke(revoked!)
    const serial = parseHex(revoked!.issued.serialNumber)!
    const own = await until(namedUrl(revoked!), (der) => parseCrl(der).find(serial) !== undefined)
    assert.match(await verify(revoked!, own), /certificate revoked/)
    const whole = await list(`${front.url()}/crl/issuing-1.crl`)
    assert.match(await verify(revoked!, whole), /certificate revoked/)
    for (const other of others) {
      assert.equal(await verify(other, await list(namedUrl(other))), 'good')
      assert.equal(await verify(other, whole), 'good')
    }
  })

  it('are kept by caches as the whole list is; there are no others', async () => {
    const url = namedUrl(clients[0]!)
    const first = await fetch(url)
    await first.arrayBuffer()
    assert.equal(first.headers.get('content-type'), 'application/pkix-crl')
    const again = await fetch(url, { headers: { 'if-none-match': first.headers.get('etag') ?? '' } })
    assert.equal(again.status, 304)
    for (const absent of [`${COUNT}-${COUNT}`, '8-0', '256-255'])
      assert.equal((await fetch(`${front.url()}/crl/issuing-1/shard/${absent}.crl`)).status, 404)
    assert.equal((await fetch(`${front.url()}/crl/root/shard/${COUNT}-0.crl`)).status, 404)
  })

  it('are fetched and shown by the command line, for the certificate that names them', async () => {
    const [revoked, other] = clients
    const fetchShard = async ({ issued }: Enrolled, ...more: readonly string[]) => {
      const leaf = await write('named.pem', formatPem('CERTIFICATE', issued.certificateDer))
      return runCommand([
        ...['crl', 'fetch', '--shard', leaf, '--address', running.service.grpcAddress, '-o', 'json'],
        ...['--identity', join(running.dataDir, 'identities', 'admin'), ...more],
      ])
    }
    const fetched = await fetchShard(revoked!, '--out', running.file('shard.crl'), '--der')
    assert.equal(fetched.exitCode, EXIT.yes, fetched.errors)
    const [shown] = JSON.parse(fetched.output) as Record<string, unknown>[]
    assert.deepEqual([shown!['authority'], shown!['entry_count']], ['issuing-1', 1])
    assert.deepEqual(shown!['distribution_point'], [`uri:${namedUrl(revoked!)}`])
    const { output } = await runCommand(['crl', 'inspect', running.file('shard.crl')])
    assert.match(
      output,
      new RegExp(`^speaks of +user certificates that name uri:${namedUrl(revoked!)}$`, 'm'),
    )
    assert.match(output, new RegExp(`^${revoked!.issued.serialNumber} `, 'm'))
    assert.equal((await fetchShard(other!, '--authority', 'issuing-1')).exitCode, EXIT.usage)
  })

  it('stay under their name after a restart with another number, beside the new ones', async () => {
    const [revoked] = clients
    const serial = parseHex(revoked!.issued.serialNumber)!
    const before = parseCrl(await list(namedUrl(revoked!)))
    environment['CHANCERY_CRL_SHARDS'] = '16'
    await running.restart()
    const own = await list(namedUrl(revoked!))
    assert.match(await verify(revoked!, own), /certificate revoked/)
    assert.ok(parseCrl(own).crlNumber! >= before.crlNumber!)
    const young = await running.enrol('young', [])
    assert.match(namedUrl(young), /\/shard\/16-\d+\.crl$/)
    assert.equal(await verify(young, await list(namedUrl(young))), 'good')
    const { index } = shardOf(serial, 16)
    const finer = await list(`${front.url()}/crl/issuing-1/shard/16-${index}.crl`)
    assert.match(await verify(revoked!, finer), /different CRL scope/i)
  })
})
