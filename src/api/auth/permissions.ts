/** What an account may do: permissions are the unit, and a role is a set of them with a name. */

export const PERMISSIONS = [
  'read',
  'triage',
  'edit',
  'sensors',
  'rules_and_feeds',
  'users',
  'settings_and_plan',
  'erase',
] as const
export type Permission = (typeof PERMISSIONS)[number]

/** Whom a route is for: `anyone`, who is `known`, or who has a permission. */
export type Wanted = Permission | 'anyone' | 'known'

export const ROLES: Readonly<Record<string, readonly Permission[]>> = {
  reader: ['read'],
  analyst: ['read', 'triage', 'edit'],
  admin: PERMISSIONS,
}

export const ROLE_NAMES = Object.keys(ROLES)

/** A role that is no longer known may do nothing. */
export const permissionsOf = (role: string): readonly Permission[] =>
  Object.hasOwn(ROLES, role) ? ROLES[role]! : []

/** Who asks. */
export interface Caller {
  /** '' is nobody. */
  readonly name: string
  readonly role: string | null
  readonly permissions: readonly Permission[]
  readonly by: 'nothing' | 'session' | 'token' | 'socket'
  /** By what the session or token is found; never the secret itself. */
  readonly hash: string
}

export const NOBODY: Caller = { name: '', role: null, permissions: [], by: 'nothing', hash: '' }

export function may({ by, permissions }: Caller, wanted: Wanted): boolean {
  if (wanted === 'anyone') return true
  return by !== 'nothing' && (wanted === 'known' || permissions.includes(wanted))
}
