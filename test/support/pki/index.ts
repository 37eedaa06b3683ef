/**
 * A small PKI for tests, built on our own DER writer and node:crypto: well-formed by default, and able to be wrong in any
 * single way. `makeRoot()`, `makeCa(parent)`, `makeLeaf(parent)` and `makeCrl(signer)` return parsed objects that are good at
 * `NOW`; their options say what is to be different, and the functions of `extensions.ts` make any extension.
 */
export * from './certificates.ts'
export * from './crls.ts'
export * from './extensions.ts'
export * from './keys.ts'
export * from './names.ts'
export * from './validation.ts'
