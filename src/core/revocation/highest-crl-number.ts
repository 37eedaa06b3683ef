/** The number of the list in which all of these stand; 0 if none is revoked. */
export function highestCrlNumber(
  certificates: readonly { readonly revocation: { readonly crlNumber: bigint } | undefined }[],
): bigint {
  let highest = 0n
  for (const { revocation } of certificates) {
    if (revocation !== undefined && revocation.crlNumber > highest) highest = revocation.crlNumber
  }
  return highest
}
