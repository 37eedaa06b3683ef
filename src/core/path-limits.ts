/** The limits of building and validating certification paths, as in `limits.ts`. */

/** Certificates in one path, leaf and anchor included. */
export const MAX_PATH_CERTIFICATES = 12

/**
 * Signature verifications spent on one path. Stops hostile meshes of cross-certificates, in which the number of
 * paths grows exponentially (CVE-2024-0567 and its kin).
 */
export const MAX_PATH_SIGNATURE_CHECKS = 128

/**
 * The same for the chain of a credential, which has eight certificates at most and needs one check for each. Eight that claim the name of one of our
 * authorities, with keys that take half a millisecond each, would else ask for 36 in 3 KiB.
 */
export const MAX_OFFERED_SIGNATURE_CHECKS = 10

/** Candidate issuers looked at while building one path. */
export const MAX_PATH_STEPS = 1024

/** Name-constraint comparisons per path: names times constraints. Stops the quadratic blow-up of CVE-2018-16875. */
export const MAX_NAME_CONSTRAINT_COMPARISONS = 250_000
