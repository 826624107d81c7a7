/**
 * The API as the sensor runs it: one set of routes behind up to three doors. The first is for people
 * and programs with accounts, the second for the command line, the third for monitoring alone.
 */

import { join } from 'node:path'
import { readListen } from '../settings/listen.js'
import { SOCKET_FILE } from '../settings/places.js'
import type { Settings } from '../settings/schema.js'
import type { Queries } from '../store/queries.js'
import { StoreError } from '../store/errors.js'
import type { Store } from '../store/store.js'
import { Authority } from './auth/authority.js'
import { Passwords } from './auth/passwords.js'
import { NOBODY, type Wanted } from './auth/permissions.js'
import type { Counsel, Decisions, Desk, Sensor } from './call.js'
import { Copies } from './copies.js'
import { openDoor, type Door } from './doors.js'
import { Feed } from './feed.js'
import { isLoopback, LOCAL, type Reach } from './hosts.js'
import { allRoutes } from './routes/index.js'
import { frontRoutes } from './routes/status.js'
import { Jobs } from './jobs.js'
import { apiApp, type App } from './server.js'
import { certificateFor, fingerprint, knowsBy } from './tls.js'

const SOCKET_MODE = 0o660
/** Sessions and tokens that have ended, and what the log need no longer know, go this often. */
const TIDY_MS = 3_600_000
const EVERYBODY = (): boolean => true

export interface ApiParts {
  readonly settings: Settings
  /** Where the sensor keeps what it knows: the socket and a certificate of its own are there. */
  readonly folder: string
  readonly sensor: Sensor
  readonly store: Store
  readonly queries: Queries
  readonly decisions: Decisions
  readonly counsel: Counsel
  readonly now?: () => number
  /** An answer failed: our mistake, which belongs in the log. */
  readonly onError?: (error: Error) => void
  /** What passwords cost, as a power of two. */
  readonly password_cost_log2?: number
}

/** Where it answers, and what a person should know of it. */
export interface Answering {
  readonly places: readonly string[]
  /** Lines for the log. */
  readonly notes: readonly string[]
}

export class Api {
  private readonly parts: ApiParts
  private readonly desk: Desk
  private readonly onError: (error: Error) => void
  private readonly apps = new Set<App>()
  private doors: Door[] = []
  private timer: NodeJS.Timeout | undefined

  constructor(parts: ApiParts) {
    const { sensor, store, queries, decisions, counsel, now = () => Date.now() } = parts
    this.parts = parts
    this.onError = parts.onError ?? (() => undefined)
    const passwords = new Passwords(parts.password_cost_log2)
    const jobs = new Jobs()
    this.desk = {
      ...{ sensor, store, queries, decisions, counsel, now, jobs },
      copies: new Copies({ path: store.path, jobs, onError: this.onError }),
      authority: new Authority({ people: store.people, passwords, now }),
      feed: new Feed({ queries, store, now, onError: error => this.feedFailed(error) }),
      exports: { count: 0 },
    }
  }

  /** How many listen to events, and how many were dropped because they were slow. */
  get listeners(): { readonly now: number; readonly dropped: number } {
    return { now: this.desk.feed.size, dropped: this.desk.feed.dropped }
  }

  /** Opens all doors; throws if one can't be, with none left open. */
  async start(settings = this.parts.settings): Promise<Answering> {
    this.timer = setInterval(() => this.tidy(), TIDY_MS).unref()
    return this.open(settings)
  }

  /** Answers where these settings say, and no more where it answered before. */
  async reopen(settings: Settings, old: Settings): Promise<Answering> {
    await this.closeDoors()
    try {
      return await this.open(settings)
    } catch (error) {
      await this.open(old)
      throw error
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.timer)
    this.desk.feed.close()
    await this.closeDoors()
    await this.desk.jobs.close()
    this.desk.copies.close()
  }

  private async open(settings: Settings): Promise<Answering> {
    try {
      const app = this.app(metricsFor(settings))
      const main = await this.openMain(app, settings)
      const socket = await this.openSocket(app, settings)
      const monitoring = await this.openMonitoring(settings)
      const notes = [...main, ...socket, ...monitoring, ...this.firstSteps(settings)]
      return { places: this.doors.map(({ place }) => place), notes }
    } catch (error) {
      await this.closeDoors()
      throw error
    }
  }

  /** For people and programs, with accounts. */
  private async openMain(app: App, { http }: Settings): Promise<string[]> {
    const { listen } = http
    const certificate = certificateFor(http, this.parts.folder, this.desk.now())
    const knows = certificate === undefined ? LOCAL.knows : knowsBy(certificate)
    // A proxy answers for the names it is asked by, and talks to the sensor by a socket.
    const reach: Reach =
      listen.path === ''
        ? { secure: certificate !== undefined, trusted: false, knows }
        : { secure: true, trusted: false, knows: EVERYBODY }
    this.doors.push(await openDoor(app, { listen, reach, certificate }))
    if (certificate === undefined || http.certificate !== 'self-signed') return []
    return [`its own certificate has the SHA-256 fingerprint ${fingerprint(certificate)}`]
  }

  /** For the command line: the system lets in whoever may write to it. */
  private async openSocket(app: App, { http }: Settings): Promise<string[]> {
    if (http.socket === 'off') return []
    const path = http.socket === 'auto' ? join(this.parts.folder, SOCKET_FILE) : http.socket
    const listen = readListen(path)
    if (typeof listen === 'string') {
      return [`no socket for the command line: ${path}: ${listen}; set http.socket`]
    }
    const rights = { mode: SOCKET_MODE, group: http.socket_group }
    const reach: Reach = { secure: false, trusted: true, knows: EVERYBODY }
    this.doors.push(await openDoor(app, { listen, reach, rights }))
    return []
  }

  /** For Prometheus and its like elsewhere: nothing that needs an account is there. */
  private async openMonitoring({ metrics }: Settings): Promise<string[]> {
    if (metrics.listen === 'off') return []
    const { sensor } = this.parts
    const { onError } = this
    const usual: Reach = { ...LOCAL, knows: EVERYBODY }
    const desk = { sensor }
    const routes = frontRoutes('anyone')
    const app = apiApp({ routes, desk, identify: () => NOBODY, usual, onError })
    this.apps.add(app)
    this.doors.push(await openDoor(app, { listen: metrics.listen, reach: usual }))
    return []
  }

  private app(metrics: Wanted): App {
    const { desk, onError } = this
    const { authority } = desk
    const routes = allRoutes(metrics)
    const app = apiApp({ routes, desk, identify: shown => authority.identify(shown), onError })
    this.apps.add(app)
    return app
  }

  /** Without an account nobody can ask at the first door. */
  private firstSteps({ http }: Settings): string[] {
    if (this.parts.store.people.users().length > 0) return []
    const mend =
      http.socket === 'off'
        ? 'set http.socket, by which the first is made'
        : 'onlooker user add NAME --role admin makes the first'
    return [`nobody has an account yet: ${mend}`]
  }

  private tidy(): void {
    try {
      this.desk.store.people.tidy(this.desk.now())
    } catch (error) {
      // A full disk: what has ended is refused all the same.
      if (!(error instanceof StoreError)) this.onError(error as Error)
    }
  }

  /** A store that is busy or closed is told of elsewhere. */
  private feedFailed(error: Error): void {
    if (!(error instanceof StoreError)) this.onError(error)
  }

  private async closeDoors(): Promise<void> {
    await Promise.all(this.doors.map(door => door.close()))
    await Promise.all([...this.apps].map(({ server }) => server.close()))
    this.doors = []
    this.apps.clear()
  }
}

/** Who may see metrics without being asked who they are. */
function metricsFor({ http, metrics }: Settings): Wanted {
  // Behind the socket of a proxy may be anybody.
  const isNear = http.listen.path === '' && isLoopback(http.listen.host)
  const isOpen = metrics.open === 'auto' ? isNear : metrics.open === 'always'
  return isOpen ? 'anyone' : 'read'
}
