/** Routes of backups and restores. Accounts are in them, so they are for those who manage accounts. */

import { audit } from '../auditing.js'
import { ok, type Answer, type Call, type Desk, type Route } from '../call.js'
import type { Copy } from '../copies.js'
import { count, doneSchema, oneOf, orNull, record, text, textOrNull, time } from '../schemas.js'
import { timeText } from '../views.js'

/** Of one request: a backup is brought in parts, so that none takes long. */
export const PART_BYTES_MAX = 8_388_608
const BYTES = 'application/octet-stream'
const PERMISSION = 'users'

const copySchema = record({
  state: oneOf('none', 'bringing', 'working', 'ready', 'failed'),
  step: textOrNull,
  done: count,
  total: count,
  why: textOrNull,
  backup: orNull(record({ sensor: text, made: time, devices: count, bytes: count })),
})

const view = ({ backup, ...copy }: Copy): object => ({
  ...copy,
  backup: backup === null ? null : { ...backup, made: timeText(backup.made) },
})

function file(call: Call, desk: Desk): Answer {
  const { stream, bytes } = desk.copies.read()
  audit(call, desk, { what: 'backup.fetch', about: 'store', after: { bytes } })
  const disposition = 'attachment; filename="onlooker.backup"'
  const headers = { 'content-disposition': disposition, 'content-length': String(bytes) }
  return { status: 200, type: BYTES, headers, body: stream }
}

async function bring({ query, body }: Call, { copies }: Desk): Promise<Answer> {
  const { at = 0 } = query as { at?: number }
  return ok(view(await copies.bring(at, (body ?? []) as readonly Uint8Array[])))
}

export const copyRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/api/v1/backup',
    summary: 'Begins a copy of all that is kept.',
    permission: PERMISSION,
    answers: { 202: copySchema },
    answer(call, desk) {
      const copy = desk.copies.beginBackup()
      audit(call, desk, { what: 'backup.begin', about: 'store' })
      return { status: 202, body: view(copy) }
    },
  },
  {
    method: 'GET',
    path: '/api/v1/backup',
    summary: 'How far the copy is.',
    permission: PERMISSION,
    answers: { 200: copySchema },
    answer: (_call, { copies }) => ok(view(copies.backup)),
  },
  {
    method: 'GET',
    path: '/api/v1/backup/file',
    summary: 'The copy, while it is there: until it is removed, or ten minutes.',
    permission: PERMISSION,
    answers: { 200: undefined },
    answer: file,
  },
  {
    method: 'DELETE',
    path: '/api/v1/backup',
    summary: 'Removes the copy.',
    permission: PERMISSION,
    answers: { 200: doneSchema },
    answer: async (_call, { copies }) => ok({ done: (await copies.dropBackup(), true) }),
  },
  {
    method: 'POST',
    path: '/api/v1/restore',
    summary: 'Brings a part of a backup: its bytes from `at` on. `at=0` begins anew.',
    permission: PERMISSION,
    query: { at: { type: 'integer', minimum: 0 } },
    upload: { bytes_max: PART_BYTES_MAX, types: [BYTES] },
    answers: { 200: copySchema },
    answer: bring,
  },
  {
    method: 'POST',
    path: '/api/v1/restore/check',
    summary:
      'Looks at the backup that was brought; if it is sound, it holds from the next start on.',
    permission: PERMISSION,
    answers: { 202: copySchema },
    answer(call, desk) {
      const copy = desk.copies.beginRestore()
      audit(call, desk, { what: 'restore.begin', about: 'store' })
      return { status: 202, body: view(copy) }
    },
  },
  {
    method: 'GET',
    path: '/api/v1/restore',
    summary: 'How far the restore is.',
    permission: PERMISSION,
    answers: { 200: copySchema },
    answer: (_call, { copies }) => ok(view(copies.restore)),
  },
  {
    method: 'DELETE',
    path: '/api/v1/restore',
    summary: 'Forgets the backup that was brought.',
    permission: PERMISSION,
    answers: { 200: doneSchema },
    async answer(call, desk) {
      await desk.copies.dropRestore()
      audit(call, desk, { what: 'restore.drop', about: 'store' })
      return ok({ done: true })
    },
  },
]
