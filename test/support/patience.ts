/** How long a test waits for what must come. Only a test that fails waits so long: on a busy machine everything takes its time. */
export const PATIENCE_MS = 60_000
