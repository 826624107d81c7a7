/** All that can be asked of the store, on a connection that can't write. */

import type {
  ConversationRecord,
  DeviceRecord,
  FactRecord,
  HistoryRecord,
  HoldingRecord,
  KeyRecord,
  MergeRecord,
} from '../model/device.js'
import {
  documentOfDevice,
  deviceOf,
  factsOf,
  keysOf,
  mergesOf,
  standing,
  type DeviceDocument,
  type Standing,
} from './about-device.js'
import { changesSince, type ChangesSince } from './changes-since.js'
import { openReading, type Connection } from './connection.js'
import { conversationOf, CONVERSATIONS, type ConversationRow } from './conversation-row.js'
import { shownRecord, type StoredDevice } from './device-row.js'
import { STORED } from './devices.js'
import { refusing } from './errors.js'
import { factPage } from './fact-pages.js'
import { CONVERSATION_FIELDS, DEVICE_FIELDS, RECOMMENDATION_FIELDS } from './fields.js'
import { conditionsOf, type Filter } from './filters.js'
import { BATCH_ROWS, ROWS_MAX } from './limits.js'
import { oneRecommendation, type AskOne, type OneRecommendation } from './one-recommendation.js'
import { keyPage, Statements, type Ask, type Listing, type Page } from './paging.js'
import { holdingPage, historyPage, type EventsAsk } from './event-pages.js'
import { QueryError, unknown } from './query-error.js'
import { findingOf, FINDINGS, type FindingRow, type StoredFinding } from './recommendations.js'

const DEVICES: Listing = {
  table: 'devices',
  unordered: 'devices NOT INDEXED',
  isOrdered: isOrderedDevices,
  fields: DEVICE_FIELDS,
  sort: '-last_seen',
  always: 'merged_into IS NULL',
  isSearched: true,
}

const TALKS: Listing = {
  table: 'conversations',
  unordered: 'conversations',
  isOrdered: (_, filter) => !['from', 'to', 'device'].some(end => end in filter),
  fields: CONVERSATION_FIELDS,
  sort: '-last_seen',
  always: '',
  isSearched: false,
}

const RECOMMENDATIONS: Listing = {
  table: 'recommendations',
  unordered: 'recommendations',
  isOrdered: () => false,
  fields: RECOMMENDATION_FIELDS,
  sort: '-severity',
  always: "standing <> 'healthy'",
  isSearched: false,
}

/** Of one category, or of all, and only what most devices are: else an index finds too little. */
function isOrderedDevices(sort: string, filter: Filter): boolean {
  if (!['last_seen', 'risk', 'name', 'id'].includes(sort)) return false
  return Object.entries(filter).every(
    ([name, value]) =>
      (name === 'category' && typeof value === 'string') ||
      (name === 'status' && value === 'active'),
  )
}

export interface Counts {
  readonly devices: number
  readonly category: Readonly<Record<string, number>>
  readonly kind: Readonly<Record<string, number>>
  readonly status: Readonly<Record<string, number>>
  readonly new: number
}

interface CountRow {
  readonly category: string
  readonly kind: string
  readonly status: string
  readonly new: number
  readonly count: number
}

/** Every question by its name: what is given, and what is answered. */
export interface Questions {
  devices: (ask: Ask) => Page<DeviceRecord>
  device: (ask: About) => DeviceRecord | null
  facts: (ask: Omit<Ask, 'q' | 'sort'>) => Page<FactRecord>
  facts_of: (ask: About) => FactRecord[]
  keys_of: (ask: About) => KeyRecord[]
  holdings_of: (ask: About & EventsAsk) => Page<HoldingRecord>
  history_of: (ask: About & EventsAsk) => Page<HistoryRecord>
  merges_of: (ask: About) => MergeRecord[]
  conversations: (ask: Ask) => Page<ConversationRecord>
  recommendations: (ask: Ask) => Page<StoredFinding>
  one_recommendation: (ask: AskOne) => OneRecommendation
  counts: (ask: { readonly filter?: Filter }) => Counts
  changes: (ask: { readonly after: number; readonly limit?: number }) => ChangesSince
  document: (ask: About) => DeviceDocument | null
  /** '' is sound; the first complaint otherwise. */
  integrity: (ask: object) => string
  /** Copies the log into the database, so that no commit has to. */
  checkpoint: (ask: object) => null
}

export type Question = keyof Questions
export type Asked<Name extends Question> = Parameters<Questions[Name]>[0]
export type Answer<Name extends Question> = ReturnType<Questions[Name]>

/** Questions whose answers come in pages. */
export type Listed = 'devices' | 'conversations' | 'facts' | 'recommendations'

export interface About {
  readonly id: string
}

export class Reading {
  private readonly db: Connection
  private readonly path: string
  private readonly statements: Statements
  private readonly checkpoint: () => void
  private readonly questions: Questions

  /** `checkpoint` is for a thread that may also write. */
  constructor(path: string, checkpoint: () => void = () => undefined) {
    this.db = openReading(path)
    this.path = path
    this.statements = new Statements(this.db)
    this.checkpoint = checkpoint
    this.questions = this.answers()
  }

  /** Throws a QueryError for a question that makes no sense, a StoreError for a disk that doesn't. */
  ask<Name extends Question>(name: Name, asked: Asked<Name>): Answer<Name> {
    if (!Object.hasOwn(this.questions, name)) {
      throw unknown('unknown_question', String(name), Object.keys(this.questions))
    }
    const answer = this.questions[name] as (asked: Asked<Name>) => Answer<Name>
    return refusing(this.path, () => answer(asked))
  }

  /** All pages, however many; one is in memory at a time. */
  *each<Name extends Listed>(name: Name, ask: Asked<Name>): Generator<ItemOf<Name>[]> {
    let cursor: string | null | undefined = ask.cursor
    do {
      const page: Page<unknown> = this.ask(name, withCursor<Name>(ask, cursor))
      yield [...page.items] as ItemOf<Name>[]
      cursor = page.cursor
    } while (cursor !== null)
  }

  close(): void {
    this.db.close()
  }

  private answers(): Questions {
    const { db } = this
    return {
      devices: ask => this.devices(ask),
      device: ask => this.about(ask, ({ number }) => deviceOf(db, number) ?? null, null),
      facts: ask => factPage(this.statements, ask),
      facts_of: ask => this.about(ask, found => factsOf(db, found), []),
      keys_of: ask => this.about(ask, found => keysOf(db, found), []),
      holdings_of: ask =>
        this.about(ask, found => holdingPage(this.statements, found, ask), NO_ROWS),
      history_of: ask =>
        this.about(ask, found => historyPage(this.statements, found, ask), NO_ROWS),
      merges_of: ask => this.about(ask, ({ id }) => mergesOf(db, id), []),
      conversations: ask => this.conversations(ask),
      recommendations: ask => this.recommendations(ask),
      one_recommendation: ask => oneRecommendation(db, ask),
      counts: ({ filter }) => this.counts(filter ?? {}),
      changes: ({ after, limit }) => changesSince(db, after, limit ?? ROWS_MAX),
      document: ({ id }) => documentOfDevice(db, textOf(id)) ?? null,
      integrity: () => this.integrity(),
      checkpoint: () => (this.checkpoint(), null),
    }
  }

  private about<T>({ id }: About, answer: (found: Standing) => T, none: T): T {
    const found = standing(this.db, textOf(id))
    return found === undefined ? none : answer(found)
  }

  private devices(ask: Ask): Page<DeviceRecord> {
    const { keys, cursor } = keyPage(this.statements, DEVICES, ask)
    const one = this.statements.get<StoredDevice>(`${STORED} WHERE number = ?`)
    return { items: keys.flatMap(key => present(one.get(key))).map(shownRecord), cursor }
  }

  private conversations(ask: Ask): Page<ConversationRecord> {
    const { keys, cursor } = keyPage(this.statements, TALKS, ask)
    const one = this.statements.get<ConversationRow>(
      `${CONVERSATIONS} WHERE conversations.number = ?`,
    )
    return { items: keys.flatMap(key => present(one.get(key))).map(conversationOf), cursor }
  }

  private recommendations(ask: Ask): Page<StoredFinding> {
    const { keys, cursor } = keyPage(this.statements, RECOMMENDATIONS, ask)
    const one = this.statements.get<FindingRow>(`${FINDINGS} WHERE number = ?`)
    return { items: keys.flatMap(key => present(one.get(key))).map(findingOf), cursor }
  }

  private counts(filter: Filter): Counts {
    const conditions = conditionsOf(filter, DEVICE_FIELDS)
    const where = ['merged_into IS NULL', ...conditions.map(({ sql }) => sql)].join(' AND ')
    const sql = `SELECT category, kind, status, new, count(*) AS count FROM devices NOT INDEXED
      WHERE ${where} GROUP BY category, kind, status, new`
    const rows = this.statements
      .get<CountRow>(sql)
      .all(...conditions.flatMap(({ values }) => values))
    return {
      devices: rows.reduce((sum, { count }) => sum + count, 0),
      category: sums(rows, 'category'),
      kind: sums(rows, 'kind'),
      status: sums(rows, 'status'),
      new: rows.reduce((sum, row) => sum + (row.new === 1 ? row.count : 0), 0),
    }
  }

  private integrity(): string {
    const lines = this.db.prepare('PRAGMA quick_check(1)').pluck().all() as string[]
    return lines[0] === 'ok' ? '' : String(lines[0])
  }
}

export type ItemOf<Name extends Listed> = Answer<Name>['items'][number]

/** The same question, a full page further on. */
export function withCursor<Name extends Listed>(
  ask: Asked<Name>,
  cursor: string | null | undefined,
): Asked<Name> {
  const { cursor: before, ...rest } = ask
  const next = cursor ?? (cursor === undefined ? before : undefined)
  return { limit: BATCH_ROWS, ...rest, ...(next ? { cursor: next } : {}) }
}

const NO_ROWS = { items: [], cursor: null }

const present = <T>(row: T | undefined): T[] => (row === undefined ? [] : [row])

function textOf(id: unknown): string {
  if (typeof id === 'string') return id
  throw new QueryError('wrong_value', 'id is a text', 'write the id of a device')
}

function sums(
  rows: readonly CountRow[],
  by: 'category' | 'kind' | 'status',
): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const row of rows) counts[row[by]] = (counts[row[by]] ?? 0) + row.count
  return counts
}
