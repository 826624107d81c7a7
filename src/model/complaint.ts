/** The one line in which a fault is told to people. */

/** What happened, and how to mend it. */
export type Complaint = readonly [what: string, mend: string]

/** `what happened (detail): where: how to mend it`. */
export const complaintLine = ([what, mend]: Complaint, where: string, detail = ''): string =>
  `${what}${detail === '' ? '' : ` (${detail})`}: ${where}: ${mend}`
