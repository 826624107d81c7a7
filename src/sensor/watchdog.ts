/** What systemd is told: that we are ready, what we are doing in words, and that we are alive. */

import type { Addon } from '../capture/addon.js'

/** A status is one line that fits a terminal. */
const STATUS_MAX = 200
const MICROS_PER_MS = 1000

export class Watchdog {
  private readonly notify: Addon['notify']
  private readonly alive: () => boolean
  private readonly timer: NodeJS.Timeout | undefined

  /**
   * Says that we are alive twice in every `interval_us` (systemd's $WATCHDOG_USEC), as long as
   * `alive` agrees; without an interval nobody wants to know.
   */
  constructor(notify: Addon['notify'], interval_us: number, alive: () => boolean) {
    this.notify = notify
    this.alive = alive
    if (!(interval_us > 0)) return
    this.timer = setInterval(() => this.bark(), interval_us / MICROS_PER_MS / 2)
    this.timer.unref()
  }

  ready(status: string): void {
    this.notify(`READY=1\nSTATUS=${oneLine(status)}\nMAINPID=${String(process.pid)}`)
  }

  status(words: string): void {
    this.notify(`STATUS=${oneLine(words)}`)
  }

  reloading(): void {
    // systemd wants the monotonic clock's time of the reload, in microseconds.
    const micros = process.hrtime.bigint() / BigInt(MICROS_PER_MS)
    this.notify(`RELOADING=1\nMONOTONIC_USEC=${String(micros)}`)
  }

  stopping(): void {
    clearInterval(this.timer)
    this.notify('STOPPING=1\nSTATUS=stopping')
  }

  private bark(): void {
    if (this.alive()) this.notify('WATCHDOG=1')
  }
}

/** The interval that systemd asked for, if it asked us. */
export function watchdogInterval(
  environment: Readonly<Record<string, string | undefined>>,
  pid: number,
): number {
  const { WATCHDOG_USEC, WATCHDOG_PID } = environment
  if (WATCHDOG_PID !== undefined && Number(WATCHDOG_PID) !== pid) return 0
  const interval = Number(WATCHDOG_USEC ?? 0)
  return Number.isFinite(interval) && interval > 0 ? interval : 0
}

const oneLine = (words: string): string => words.replace(/\s+/g, ' ').slice(0, STATUS_MAX)
