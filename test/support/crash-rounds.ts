/** How often crash tests kill what they test: enough to meet most windows each time, and more where CHANCERY_CRASH_ROUNDS says so, as `.ci/run` does. */
export const CRASH_ROUNDS = Number(process.env['CHANCERY_CRASH_ROUNDS'] ?? 12)
