/** The tables of who may do what: users, tokens, sessions, and the log of what people did. */

import type { Time } from '../model/device.js'
import type { Connection } from './connection.js'
import { DAY_MS } from './limits.js'
import type { Transactions } from './transactions.js'

export interface User {
  readonly name: string
  /** Hashed, with its salt and cost. */
  readonly password: string
  readonly role: string
  readonly created: Time
  readonly changed: Time
  readonly last_login: Time | null
  readonly disabled: boolean
}

export interface Token {
  readonly id: string
  /** Of the secret, which nobody keeps. */
  readonly hash: string
  readonly name: string
  readonly user: string
  readonly permissions: readonly string[]
  readonly created: Time
  readonly expires: Time | null
  readonly last_used: Time | null
}

export interface Session {
  readonly hash: string
  readonly user: string
  readonly csrf: string
  readonly address: string
  readonly created: Time
  readonly expires: Time
  readonly last_used: Time
}

export interface AuditEntry {
  readonly at: Time
  readonly who: string
  readonly what: string
  readonly about: string
  readonly outcome: string
  readonly detail: string
}

type Row = Readonly<Record<string, unknown>>

/** How much of the log is kept. */
const AUDIT_DAYS = 400
const AUDIT_ROWS_MAX = 1000
const COLUMNS = {
  users: ['name', 'password', 'role', 'created', 'changed', 'last_login', 'disabled'],
  tokens: ['id', 'hash', 'name', 'user', 'permissions', 'created', 'expires', 'last_used'],
  sessions: ['hash', 'user', 'csrf', 'address', 'created', 'expires', 'last_used'],
} as const

export class People {
  private readonly db: Connection
  private readonly transactions: Transactions

  constructor(db: Connection, transactions: Transactions) {
    this.db = db
    this.transactions = transactions
  }

  user(name: string): User | undefined {
    const row = this.db.prepare<unknown[], Row>('SELECT * FROM users WHERE name = ?').get(name)
    return row && userOf(row)
  }

  users(): User[] {
    return this.db.prepare<unknown[], Row>('SELECT * FROM users ORDER BY name').all().map(userOf)
  }

  putUser(user: User): void {
    this.put('users', { ...user, disabled: user.disabled ? 1 : 0 })
  }

  /** Tokens and sessions go too. */
  removeUser(name: string): boolean {
    return this.change('DELETE FROM users WHERE name = ?', name) > 0
  }

  tokenByHash(hash: string): Token | undefined {
    const row = this.db.prepare<unknown[], Row>('SELECT * FROM tokens WHERE hash = ?').get(hash)
    return row && tokenOf(row)
  }

  tokens(): Token[] {
    return this.db.prepare<unknown[], Row>('SELECT * FROM tokens ORDER BY id').all().map(tokenOf)
  }

  putToken(token: Token): void {
    this.put('tokens', { ...token, permissions: JSON.stringify(token.permissions) })
  }

  removeToken(id: string): boolean {
    return this.change('DELETE FROM tokens WHERE id = ?', id) > 0
  }

  session(hash: string): Session | undefined {
    return this.db.prepare<unknown[], Session>('SELECT * FROM sessions WHERE hash = ?').get(hash)
  }

  putSession(session: Session): void {
    this.put('sessions', { ...session })
  }

  removeSession(hash: string): boolean {
    return this.change('DELETE FROM sessions WHERE hash = ?', hash) > 0
  }

  removeSessionsOf(user: string): number {
    return this.change('DELETE FROM sessions WHERE user = ?', user)
  }

  log({ at, who, what, about, outcome, detail }: AuditEntry): void {
    this.change(
      'INSERT INTO audit_log (at, who, what, about, outcome, detail) VALUES (?, ?, ?, ?, ?, ?)',
      ...[at, who, what, about, outcome, detail],
    )
  }

  /** The newest first; `before` is the number of the last one seen. */
  audit(before = Number.MAX_SAFE_INTEGER, limit = AUDIT_ROWS_MAX): (AuditEntry & Numbered)[] {
    return this.db
      .prepare<unknown[], AuditEntry & Numbered>(
        'SELECT * FROM audit_log WHERE number < ? ORDER BY number DESC LIMIT ?',
      )
      .all(before, Math.min(limit, AUDIT_ROWS_MAX))
  }

  /** Drops sessions and tokens that have ended, and what the log need no longer know. */
  tidy(now: Time): number {
    return this.transactions.run(() => {
      const ended = this.db.prepare('DELETE FROM sessions WHERE expires < ?').run(now).changes
      const out = this.db.prepare('DELETE FROM tokens WHERE expires < ?').run(now).changes
      const old = this.db
        .prepare(
          `DELETE FROM audit_log WHERE number IN
          (SELECT number FROM audit_log WHERE at < ? ORDER BY at LIMIT ?)`,
        )
        .run(now - AUDIT_DAYS * DAY_MS, AUDIT_ROWS_MAX).changes
      return ended + out + old
    })
  }

  private put(table: keyof typeof COLUMNS, row: Row): void {
    const columns = COLUMNS[table]
    const [key, ...others] = columns
    const values = others.map(column => `${column} = excluded.${column}`).join(', ')
    this.change(
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})
      ON CONFLICT (${key}) DO UPDATE SET ${values}`,
      ...columns.map(column => row[column]),
    )
  }

  private change(sql: string, ...values: unknown[]): number {
    return this.transactions.run(() => this.db.prepare(sql).run(...values).changes)
  }
}

export interface Numbered {
  readonly number: number
}

const userOf = (row: Row): User => ({ ...(row as unknown as User), disabled: row.disabled === 1 })

const tokenOf = (row: Row): Token => ({
  ...(row as unknown as Token),
  permissions: JSON.parse(String(row.permissions)) as string[],
})
