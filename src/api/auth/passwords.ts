/** Passwords as they are kept: scrypt with a salt of their own, made off the main thread, few at once. */

import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto'
import { Refusal } from '../errors.js'

export const PASSWORD_CHARACTERS = { min: 10, max: 256 } as const
/** Each takes 128 MiB while it is made. */
const AT_ONCE = 2
const WAITING_MAX = 16
const COST_LOG2 = 17
/** Costs that a stored hash may name. */
const COSTS_LOG2 = { min: 10, max: 20 } as const
const BLOCK = 8
const SALT_BYTES = 16
const HASH_BYTES = 32

interface Kept {
  readonly cost_log2: number
  readonly salt: Buffer
  readonly hash: Buffer
}

export class Passwords {
  private readonly cost_log2: number
  private readonly nobodys: Kept
  private running = 0
  private readonly waiting: (() => void)[] = []

  constructor(cost_log2 = COST_LOG2) {
    this.cost_log2 = cost_log2
    const [salt, hash] = [randomBytes(SALT_BYTES), randomBytes(HASH_BYTES)]
    this.nobodys = { cost_log2, salt, hash }
  }

  /** `scrypt$17$8$1$salt$hash`. */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(SALT_BYTES)
    const hash = await this.derive(password, { cost_log2: this.cost_log2, salt })
    const words = ['scrypt', this.cost_log2, BLOCK, 1, salt.toString('base64url')]
    return [...words, hash.toString('base64url')].join('$')
  }

  /** Takes as long where there is no such user: `kept` is undefined then. */
  async fits(password: string, kept: string | undefined): Promise<boolean> {
    const known = kept === undefined ? undefined : read(kept)
    const { hash, ...how } = known ?? this.nobodys
    const given = await this.derive(password, how)
    return timingSafeEqual(given, hash) && known !== undefined
  }

  private async derive(password: string, how: Omit<Kept, 'hash'>): Promise<Buffer> {
    await this.turn()
    try {
      return await derived(password.normalize('NFKC'), how)
    } finally {
      // Whoever waits takes this one's place, before somebody else can.
      const next = this.waiting.shift()
      if (next === undefined) this.running--
      else next()
    }
  }

  private async turn(): Promise<void> {
    if (this.running < AT_ONCE) {
      this.running++
      return
    }
    if (this.waiting.length >= WAITING_MAX) {
      throw new Refusal('crowded', 'too many log in at once', undefined, 2)
    }
    await new Promise<void>(resolve => this.waiting.push(resolve))
  }
}

function derived(password: string, { cost_log2, salt }: Omit<Kept, 'hash'>): Promise<Buffer> {
  const N = 2 ** cost_log2
  const options: ScryptOptions = { N, r: BLOCK, p: 1, maxmem: 256 * N * BLOCK }
  return new Promise((resolve, reject) =>
    scrypt(password, salt, HASH_BYTES, options, (error, hash) =>
      error ? reject(error) : resolve(hash),
    ),
  )
}

/** undefined where somebody has damaged it. */
function read(kept: string): Kept | undefined {
  const [form, cost, block, lanes, salt = '', hash = ''] = kept.split('$')
  const cost_log2 = Number(cost)
  const isSound =
    form === 'scrypt' &&
    Number.isInteger(cost_log2) &&
    cost_log2 >= COSTS_LOG2.min &&
    cost_log2 <= COSTS_LOG2.max &&
    Number(block) === BLOCK &&
    lanes === '1'
  const known = { cost_log2, salt: Buffer.from(salt, 'base64url'), hash: bytesOf(hash) }
  return isSound && known.hash.length === HASH_BYTES ? known : undefined
}

const bytesOf = (text: string): Buffer => Buffer.from(text, 'base64url')

/** Throws where it is too short or too long, or says the user's own name. */
export function checkPassword(password: string, name: string): void {
  const { min, max } = PASSWORD_CHARACTERS
  const length = [...password.normalize('NFKC')].length
  if (length < min || length > max) {
    throw new Refusal(
      'wrong-value',
      'the password is too short or too long',
      `use ${min} to ${max} characters`,
    )
  }
  if (password.toLowerCase().includes(name.toLowerCase()) && length < 2 * min) {
    throw new Refusal('wrong-value', 'the password says the user name', 'choose another one')
  }
}
