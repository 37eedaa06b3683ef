import { createKeySigner, generatePrivateKey } from './key-signer.ts'
import { type KeyStore, type KeyType, type Signer, SignerError } from './signer.ts'

/** Keeps keys in memory, where they end with the process: for tests and trials, and for keys that are made anew at every start. */
export function createMemoryKeyStore(): KeyStore {
  const signers = new Map<string, Promise<Signer>>()
  const checkName = (name: string): void => {
    if (!/^[a-z0-9-]{1,64}$/.test(name))
      throw new SignerError('a key name is 1-64 characters of a-z, 0-9 and -')
  }
  return {
    async create(name: string, type: KeyType): Promise<Signer> {
      checkName(name)
      if (signers.has(name)) throw new SignerError(`there is a key ${name} already`)
      // The name is taken before the key is made, so that two callers at once do not both get it.
      const signer = generatePrivateKey(type).then(createKeySigner)
      signers.set(name, signer)
      return signer
    },
    async open(name: string): Promise<Signer> {
      checkName(name)
      const signer = signers.get(name)
      if (!signer) throw new SignerError(`there is no key ${name}`)
      return signer
    },
    has: (name) => Promise.resolve(signers.has(name)),
    remove(name) {
      signers.delete(name)
      return Promise.resolve()
    },
  }
}
