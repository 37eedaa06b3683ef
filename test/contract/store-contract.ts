import { auditContract } from './store/audit-contract.ts'
import { certificateContract } from './store/certificate-contract.ts'
import { clientContract } from './store/client-contract.ts'
import { crlContract } from './store/crl-contract.ts'
import { crlShardContract } from './store/crl-shard-contract.ts'
import { tokenKeyContract } from './store/token-key-contract.ts'
import { foundationContract } from './store/foundation-contract.ts'
import { holdContract } from './store/hold-contract.ts'
import { inventoryContract } from './store/inventory-contract.ts'
import { liveCertificatesContract } from './store/live-certificates-contract.ts'
import { nonceContract } from './store/nonce-contract.ts'
import { revocationContract } from './store/revocation-contract.ts'
import { tokenContract } from './store/token-contract.ts'
import { tokenRecordContract } from './store/token-record-contract.ts'
import type { WithStore } from './store/with-store.ts'

/** Holds an implementation to each sentence of `src/store/store.ts`. */
export function storeContract(withStore: WithStore): void {
  foundationContract(withStore)
  tokenKeyContract(withStore)
  clientContract(withStore)
  certificateContract(withStore)
  inventoryContract(withStore)
  revocationContract(withStore)
  holdContract(withStore)
  liveCertificatesContract(withStore)
  crlContract(withStore)
  crlShardContract(withStore)
  tokenContract(withStore)
  tokenRecordContract(withStore)
  nonceContract(withStore)
  auditContract(withStore)
}
