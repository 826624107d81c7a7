/** How much recommendations hold in memory, and how sure silence must be. */

const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS

/** Devices of which statements are kept. */
export const DEVICES_MAX = 200_000
/** Statements about one device. */
export const STATEMENTS_MAX = 256
/** Statements that one conclusion shows. */
export const PROOFS_MAX = 8
/** Findings of others (vulnerabilities, alerts) that are kept. */
export const FRAMED_MAX = 200_000

/**
 * A statement that is made all the time is told again within this time; so what was told longer ago
 * was not made since, if its device was heard at all.
 */
export const RETOLD_MS = 80 * 60_000
/** Silence counts only where conversations were heard both ways for so long since. */
export const HEARD_SECONDS_MIN = 24 * 3600
