import { MAX_NONCE_LENGTH, MIN_NONCE_LENGTH } from '../limits.ts'

/** True if the text can serve as a nonce: 16-128 visible ASCII characters. */
export function isNonce(text: string): boolean {
  return text.length >= MIN_NONCE_LENGTH && text.length <= MAX_NONCE_LENGTH && /^[\x21-\x7e]+$/.test(text)
}
