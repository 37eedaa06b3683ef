import { MalformedError } from '../../errors.ts'

/** A value without parameters (RFC 9651 section 3.3). Text is a string in which each character is one octet, but for `display`. */
export type BareItem =
  | { readonly kind: 'integer'; readonly value: number }
  /** In thousandths, so that it is exact: a decimal has three digits after its point at most. */
  | { readonly kind: 'decimal'; readonly thousandths: number }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'token'; readonly text: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'date'; readonly seconds: number }
  | { readonly kind: 'display'; readonly text: string }

/** Parameters in their order, which is part of what is signed. */
export type Parameters = ReadonlyMap<string, BareItem>

export interface Item {
  readonly kind: 'item'
  readonly value: BareItem
  readonly parameters: Parameters
}

export interface InnerList {
  readonly kind: 'inner_list'
  readonly items: readonly Item[]
  readonly parameters: Parameters
}

/** Member of a list or of a dictionary. */
export type Member = Item | InnerList

export type List = readonly Member[]

export type Dictionary = ReadonlyMap<string, Member>

/** What a field may be declared to hold; a parser has to be told. */
export type FieldType = 'item' | 'list' | 'dictionary'

/** Largest magnitude of an integer and of a date, and of a decimal in thousandths. */
export const MAX_INTEGER = 999_999_999_999_999

/**
 * A decimal, rounded to three digits, half to even (RFC 9651 section 4.1.5).
 *
 * @throws {@link MalformedError} `structured_field.number`
 */
export function makeDecimal(value: number): BareItem {
  const scaled = value * 1000
  const floor = Math.floor(scaled)
  const isUp = scaled - floor > 0.5 || (scaled - floor === 0.5 && floor % 2 !== 0)
  const thousandths = isUp ? floor + 1 : floor
  if (!(Math.abs(thousandths) <= MAX_INTEGER))
    throw new MalformedError(
      'structured_field.number',
      'a decimal has more than twelve digits before its point',
    )
  return { kind: 'decimal', thousandths }
}
