/** Who asks, by cookie, token or socket; and how accounts, tokens and sessions come and go. */

import type { Time } from '../../model/device.js'
import { StoreError } from '../../store/errors.js'
import type { People, Session, Token, User } from '../../store/people.js'
import { Refusal } from '../errors.js'
import { Attempts } from './attempts.js'
import { checkPassword, type Passwords } from './passwords.js'
import { NOBODY, permissionsOf, type Caller, type Permission, PERMISSIONS } from './permissions.js'
import { bearerHash, cookieHash, hashOf, newId, newSession, newToken } from './secrets.js'

const DAY_MS = 86_400_000
export const SESSION_MS = 7 * DAY_MS
const IDLE_MS = DAY_MS / 2
/** When something was used last is written down this often. */
const USED_MS = 60_000
export const USERS_MAX = 1000
export const TOKENS_MAX = 1000
export const TOKEN_DAYS = { least: 1, usual: 90, most: 3650 } as const
const NAME = /^[a-z0-9][a-z0-9._@-]{0,63}$/

export interface AuthorityParts {
  readonly people: People
  readonly passwords: Passwords
  readonly now: () => Time
}

/** What a request shows of who sent it. */
export interface Shown {
  readonly authorization: string | undefined
  readonly cookie: string | undefined
  readonly secure: boolean
}

export interface NewToken {
  readonly name: string
  readonly user: string
  readonly permissions: readonly Permission[]
  readonly days: number
}

export class Authority {
  private readonly people: People
  private readonly passwords: Passwords
  private readonly now: () => Time
  private readonly attempts = new Attempts()

  constructor({ people, passwords, now }: AuthorityParts) {
    this.people = people
    this.passwords = passwords
    this.now = now
  }

  /** Nobody, where nothing is shown; a Refusal where what is shown no longer holds. */
  identify({ authorization, cookie, secure }: Shown): Caller {
    if (authorization !== undefined) return this.byToken(bearerHash(authorization))
    const hash = cookie === undefined ? '' : cookieHash(cookie, secure)
    return hash === '' ? NOBODY : this.bySession(hash)
  }

  /** Whether somebody who was let in still may be: asked again while an answer goes on and on. */
  stillKnows({ by, hash, name }: Caller): boolean {
    if (by === 'socket') return true
    try {
      const again = by === 'token' ? this.byToken(hash) : this.bySession(hash)
      return again.name === name
    } catch {
      return false
    }
  }

  /** The secret of a new session; the one that was shown ends. */
  async login(name: string, password: string, shown: Shown & { address: string }): Promise<string> {
    const { address } = shown
    const wait_ms = this.attempts.wait_ms(address, name, this.now())
    if (wait_ms > 0) {
      throw new Refusal('too-many-attempts', undefined, undefined, Math.ceil(wait_ms / 1000))
    }
    this.attempts.begin(address, name, this.now())
    const known = NAME.test(name) ? this.people.user(name) : undefined
    const fits = await this.passwords.fits(password, known?.password)
    // While it was compared, it may have been changed.
    const user = known && this.people.user(name)
    if (!fits || user === undefined || user.disabled || user.password !== known!.password) {
      throw new Refusal('wrong-login')
    }
    this.attempts.succeeded(address, name)
    if (shown.cookie !== undefined)
      this.people.removeSession(cookieHash(shown.cookie, shown.secure))
    return this.begin(user, address)
  }

  logout({ by, hash }: Caller): void {
    if (by === 'session') this.people.removeSession(hash)
  }

  async addUser(name: string, password: string, role: string): Promise<User> {
    if (!NAME.test(name)) {
      const mend = 'use up to 64 of a-z 0-9 . _ @ -, and begin with a letter or digit'
      throw new Refusal('wrong-value', 'this cannot be a user name', mend)
    }
    this.refuseKnown(name)
    if (this.people.users().length >= USERS_MAX) throw new Refusal('conflict', 'too many users')
    checkPassword(password, name)
    const hash = await this.passwords.hash(password)
    this.refuseKnown(name)
    const now = this.now()
    const user = { name, password: hash, role, created: now, changed: now, last_login: null }
    this.people.putUser({ ...user, disabled: false })
    return { ...user, disabled: false }
  }

  /** Whoever is changed has to log in again. */
  async changeUser(
    name: string,
    change: { password?: string; role?: string; disabled?: boolean },
  ): Promise<{ before: User; after: User }> {
    if (change.password !== undefined) checkPassword(change.password, name)
    this.user(name)
    const hash =
      change.password === undefined ? undefined : await this.passwords.hash(change.password)
    const before = this.user(name)
    const after = {
      ...before,
      password: hash ?? before.password,
      role: change.role ?? before.role,
      disabled: change.disabled ?? before.disabled,
      changed: this.now(),
    }
    this.people.putUser(after)
    this.people.removeSessionsOf(name)
    return { before, after }
  }

  /** A user's own password; the old one is asked for as at a login. */
  async changeOwnPassword(caller: Caller, old: string, fresh: string, from: string): Promise<void> {
    const { name } = caller
    const wait_ms = this.attempts.wait_ms(from, name, this.now())
    if (wait_ms > 0) {
      throw new Refusal('too-many-attempts', undefined, undefined, Math.ceil(wait_ms / 1000))
    }
    this.attempts.begin(from, name, this.now())
    if (!(await this.passwords.fits(old, this.people.user(name)?.password))) {
      throw new Refusal('wrong-login', 'the old password is wrong')
    }
    this.attempts.succeeded(from, name)
    await this.changeUser(name, { password: fresh })
  }

  removeUser(name: string): User {
    const user = this.user(name)
    this.people.removeUser(name)
    return user
  }

  /** The secret, which nobody can be told again, and what is kept of it. */
  addToken({ name, user, permissions, days }: NewToken): { secret: string; token: Token } {
    this.user(user)
    if (this.people.tokens().length >= TOKENS_MAX) throw new Refusal('conflict', 'too many tokens')
    const secret = newToken()
    const created = this.now()
    const expires = created + days * DAY_MS
    const kept = { id: newId(), hash: hashOf(secret), name, user, permissions }
    const token = { ...kept, created, expires, last_used: null }
    this.people.putToken(token)
    return { secret, token }
  }

  user(name: string): User {
    const user = this.people.user(name)
    if (user === undefined) throw new Refusal('no-such-user')
    return user
  }

  private refuseKnown(name: string): void {
    if (this.people.user(name) === undefined) return
    throw new Refusal('conflict', 'there is a user of this name', 'choose another name')
  }

  private begin(user: User, address: string): string {
    const secret = newSession()
    const now = this.now()
    const times = { created: now, expires: now + SESSION_MS, last_used: now }
    // Requests are told from those of other pages by their origin, so no further secret is needed.
    this.people.putSession({ hash: hashOf(secret), user: user.name, csrf: '', address, ...times })
    this.people.putUser({ ...user, last_login: now })
    return secret
  }

  private byToken(hash: string): Caller {
    const token = hash === '' ? undefined : this.people.tokenByHash(hash)
    if (token === undefined) throw new Refusal('not-signed-in', 'no such token', 'send another one')
    const now = this.now()
    if (token.expires !== null && token.expires <= now) {
      throw new Refusal('not-signed-in', 'the token has expired', 'make another one')
    }
    const { role, disabled } = this.people.user(token.user) ?? { role: '', disabled: true }
    if (disabled) throw new Refusal('not-signed-in', 'the account is closed')
    if (now - (token.last_used ?? 0) > USED_MS) {
      noted(() => this.people.putToken({ ...token, last_used: now }))
    }
    // Whoever loses a permission loses it in tokens too.
    const own = permissionsOf(role)
    const permissions = PERMISSIONS.filter(
      one => own.includes(one) && token.permissions.includes(one),
    )
    return { name: token.user, role, permissions, by: 'token', hash }
  }

  private bySession(hash: string): Caller {
    const session = this.people.session(hash)
    if (session === undefined) throw new Refusal('not-signed-in', 'no such session', 'log in again')
    const now = this.now()
    if (hasEnded(session, now)) {
      noted(() => this.people.removeSession(hash))
      throw new Refusal('not-signed-in', 'the session has ended', 'log in again')
    }
    const { role, disabled } = this.people.user(session.user) ?? { role: '', disabled: true }
    if (disabled) throw new Refusal('not-signed-in', 'the account is closed')
    if (now - session.last_used > USED_MS) {
      noted(() => this.people.putSession({ ...session, last_used: now }))
    }
    return { name: session.user, role, permissions: permissionsOf(role), by: 'session', hash }
  }
}

/** A clock that jumped back ends a session too. */
const hasEnded = ({ created, expires, last_used }: Session, now: Time): boolean =>
  now >= expires || now < created - IDLE_MS || now - last_used >= IDLE_MS

/** Nobody is turned away because the disk is full. */
function noted(write: () => void): void {
  try {
    write()
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
  }
}
