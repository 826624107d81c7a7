/** Secrets that are given out once: tokens and sessions. Only their hashes are kept. */

import { createHash, randomBytes } from 'node:crypto'

const SECRET_BYTES = 32
const TOKEN = /^onl_[A-Za-z0-9_-]{43}$/
const SESSION = /^[A-Za-z0-9_-]{43}$/

export const newSession = (): string => randomBytes(SECRET_BYTES).toString('base64url')
export const newToken = (): string => `onl_${newSession()}`
export const newId = (): string => randomBytes(8).toString('hex')

export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex')

/** The hash of the token in an Authorization header; '' where there is none that could be ours. */
export function bearerHash(authorization: string): string {
  const [scheme = '', token = ''] = authorization.split(' ')
  return scheme.toLowerCase() === 'bearer' && TOKEN.test(token) ? hashOf(token) : ''
}

/** A name that only TLS and this host may set, where there is TLS. */
const cookieName = (secure: boolean): string => (secure ? '__Host-onlooker' : 'onlooker')

/** The hash of the session in a Cookie header; '' where there is none, or more than one. */
export function cookieHash(cookies: string, secure: boolean): string {
  const name = cookieName(secure)
  const values = cookies
    .split(';')
    .map(pair => pair.trim())
    .filter(pair => pair.startsWith(`${name}=`))
    .map(pair => pair.slice(name.length + 1))
  return values.length === 1 && SESSION.test(values[0]!) ? hashOf(values[0]!) : ''
}

/** What sets the session in a browser; '' takes it away. */
export function setCookie(session: string, secure: boolean, age_s: number): string {
  const age = session === '' ? 0 : age_s
  const flags = `Path=/; HttpOnly; SameSite=Strict; Max-Age=${String(age)}`
  return `${cookieName(secure)}=${session}; ${flags}${secure ? '; Secure' : ''}`
}
