/** What the API answers of accounts, tokens and the log, and what it takes, as JSON Schema. */

import { TOKEN_DAYS } from './auth/authority.js'
import { PASSWORD_CHARACTERS } from './auth/passwords.js'
import { PERMISSIONS, ROLE_NAMES } from './auth/permissions.js'
import {
  anything,
  body,
  count,
  flag,
  line,
  list,
  oneOf,
  record,
  text,
  textOrNull,
  time,
  timeOrNull,
  type Schema,
} from './schemas.js'

/** Longer than any that can be set: what is wrong with it is told where it is set. */
const password: Schema = { type: 'string', minLength: 1, maxLength: 4 * PASSWORD_CHARACTERS.max }
const name: Schema = { type: 'string', minLength: 1, maxLength: 64 }
const permission = oneOf(...PERMISSIONS)
const role = oneOf(...ROLE_NAMES)

export const loginBody = body({ name, password }, 'name', 'password')
export const ownPasswordBody = body({ old: password, new: password }, 'old', 'new')
export const newUserBody = body({ name, password, role }, 'name', 'password', 'role')
export const userBody = body({ password, role, disabled: flag })
export const newTokenBody = body(
  {
    name: line(64),
    user: name,
    permissions: { type: 'array', minItems: 1, uniqueItems: true, maxItems: 16, items: permission },
    days: { type: 'integer', minimum: TOKEN_DAYS.least, maximum: TOKEN_DAYS.most },
  },
  'name',
  'permissions',
)

export const meSchema = record({
  name: text,
  role: textOrNull,
  permissions: list(permission),
  by: oneOf('session', 'token', 'socket'),
})

export const userSchema = record({
  name: text,
  role: text,
  created: time,
  changed: time,
  last_login: timeOrNull,
  disabled: flag,
})

const tokenProperties = {
  id: text,
  name: text,
  user: text,
  permissions: list(text),
  created: time,
  expires: timeOrNull,
  last_used: timeOrNull,
}

export const tokenSchema = record(tokenProperties)

/** The only time that the secret is told. */
export const newTokenSchema = record({ ...tokenProperties, token: text })

export const auditSchema = record({
  number: count,
  at: time,
  who: text,
  what: text,
  about: text,
  outcome: text,
  from: textOrNull,
  by: textOrNull,
  before: anything,
  after: anything,
})
