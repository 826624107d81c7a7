/**
 * One line of a Telnet session as it comes, and what kinds of line there are: prompts, refusals and
 * greetings, known by a short list of words in several languages and by several vendors.
 */

import { Cursor } from '../bytes/cursor.js'
import { hashBytes } from '../bytes/hash.js'

export const PLAIN = 0
export const LOGIN = 1
export const PASSWORD = 2
export const SHELL = 3
export const MENU = 4
export const REFUSAL = 5
export const GREETING = 6
export type Kind = 0 | 1 | 2 | 3 | 4 | 5 | 6

/** Lower case, as UTF-8 has it on the wire. */
const onWire = (words: readonly string[]): readonly string[] =>
  words.map(word => String.fromCharCode(...Buffer.from(word)))

const LOGINS = onWire([
  ...['login:', 'login :', 'login>', 'logon:', 'login name:', 'login id:', 'user:', 'user :'],
  ...['username:', 'username :', 'username>', 'user name:', 'user-name:', 'user id:', 'userid:'],
  ...['user name :', 'account:', 'benutzer:', 'benutzername:', 'utilisateur:', 'identifiant:'],
  ...['usuario:', 'usuário:', 'utente:', 'gebruikersnaam:', 'användarnamn:', 'użytkownik:'],
  ...['kullanıcı adı:', 'логин:', 'пользователь:', '用户名:', '用户名：', 'ユーザー名:'],
])
const PASSWORDS = onWire([
  ...['password:', 'password :', 'password>', 'password?', 'passwd:', 'passcode:', 'pass:'],
  ...['passwort:', 'kennwort:', 'mot de passe:', 'mot de passe :', 'contraseña:', 'senha:'],
  ...['wachtwoord:', 'lösenord:', 'hasło:', 'parola:', 'пароль:', '密码:', '密码：'],
  ...['パスワード:'],
])
/** A password asked for by name: `password for root:`. */
const PASSWORD_FOR = onWire(['password for ', "'s password"])
/** Menus whose choices one may make; `press any key` is none, a login may come behind it. */
const MENUS = onWire([
  ...['selection:', 'selection?', 'choice:', 'choice?', 'your choice', 'select option'],
  ...['select an option', 'enter option', 'option:', 'command:', 'cmd:', 'enter command'],
])
const REFUSALS = onWire([
  ...['incorrect', 'invalid', 'denied', 'failed', 'failure', 'wrong', 'bad password', 'bad user'],
  ...['% bad', 'not authorized', 'rejected', 'not valid', 'login error', 'falsch', 'ungültig'],
  ...['inválid', 'refusé', 'errato', 'неверный', '错误'],
])
/** Said only to who came in; some contain words of a prompt or refusal. */
const GREETINGS = onWire([
  ...['last login', 'last failed login', 'last successful login', 'since the last successful'],
  ...['since last login', 'built-in shell', 'login successful', 'login succe', 'login ok'],
  ...['new password', 'password has expired', 'password will expire', 'logged in successfully'],
])
/** Other protocols that speak text where Telnet might. */
const FOREIGN = onWire(['ssh-', 'http/', 'rtsp/', 'rfb 0', '+ok ', '* ok ', 'smtp '])

const LINE_MAX = 160
const SHELL_MAX = 64
const SHELL_SPACES_MAX = 4

const BACKSPACE = 8
const TAB = 9
const SPACE = 32
const DELETE = 127
const SLASH = 0x2f
const COLON = 0x3a
const QUESTION = 0x3f
const HASH = 0x23
const DOLLAR = 0x24
const PERCENT = 0x25
const LESS = 0x3c
const GREATER = 0x3e

interface Word {
  readonly word: string
  readonly kind: Kind
}

const words: readonly Word[] = [
  ...GREETINGS.map(word => ({ word, kind: GREETING })),
  ...REFUSALS.map(word => ({ word, kind: REFUSAL })),
  ...[...PASSWORDS, ...PASSWORD_FOR].map(word => ({ word, kind: PASSWORD })),
  ...LOGINS.map(word => ({ word, kind: LOGIN })),
  ...MENUS.map(word => ({ word, kind: MENU })),
] as readonly Word[]

/** The same words by their first byte, so that a line is gone through once. */
const byFirst: readonly (readonly Word[])[] = Array.from({ length: 256 }, (_, byte) =>
  words.filter(({ word }) => word.charCodeAt(0) === byte),
)

export class Line {
  length = 0
  /** As it was sent, and in lower case. */
  readonly letters = new Uint8Array(LINE_MAX)
  readonly lower = new Uint8Array(LINE_MAX)
  /** Where the words of the prompt that was found end. */
  promptEnd = 0
  /** That prompt names somebody: `password for root:`. */
  isPersonal = false

  private readonly reader = new Cursor()
  private found = 0
  private prompt: Kind = PLAIN

  clear(): void {
    this.length = 0
  }

  /** Leaves only what stands behind the prompt that was found. */
  dropPrompt(): void {
    let from = this.promptEnd
    while (from < this.length && this.lower[from] === SPACE) from++
    this.letters.copyWithin(0, from, this.length)
    this.lower.copyWithin(0, from, this.length)
    this.length -= from
  }

  /** Adds a letter, or takes one back as a backspace does; lines are cut at 160 letters. */
  add(letter: number): void {
    if (letter === BACKSPACE || letter === DELETE) this.length -= this.length > 0 ? 1 : 0
    const letterShown = letter === TAB ? SPACE : letter
    if (letterShown < SPACE || letterShown === DELETE || this.length === LINE_MAX) return
    if (letterShown === SPACE && this.length === 0) return
    this.letters[this.length] = letterShown
    this.lower[this.length++] =
      letterShown >= 0x41 && letterShown <= 0x5a ? letterShown + 32 : letterShown
  }

  /** What the words of this line make of it; of several prompts, the first. */
  kind(): Kind {
    this.scan()
    if (this.has(GREETING)) return GREETING
    if (this.prompt !== PLAIN) return this.prompt
    return this.has(REFUSAL) ? REFUSAL : this.has(MENU) ? MENU : PLAIN
  }

  isForeign(): boolean {
    this.reader.over(this.lower, 0, this.length)
    return FOREIGN.some(word => this.reader.starts(word))
  }

  /** What the server waits with, if the first `length` letters are all of the line: SHELL or MENU. */
  waiting(length: number): Kind {
    let end = length
    while (end > 0 && this.lower[end - 1] === SPACE) end--
    const last = end > 0 ? this.lower[end - 1]! : 0
    if ((last === COLON || last === QUESTION) && this.has(MENU)) return MENU
    return end <= SHELL_MAX && this.isShell(end, last) ? SHELL : PLAIN
  }

  /** Like a prompt beyond doubt: a name before the sign, or a blank behind it; few words. */
  isPlainPrompt(wordsMax: number): boolean {
    if (this.has(MENU)) return true
    let named = false
    let words = 1
    let i = 0
    while (i < this.length) {
      const letter = this.lower[i++]!
      if (letter === SPACE && i < this.length) words++
      named ||= (letter >= 0x61 && letter <= 0x7a) || letter === SLASH || letter === SPACE
    }
    return named && words <= wordsMax
  }

  /** Tells prompts apart: a hash of the first `length` letters without blanks at their end. */
  promptHash(length: number): number {
    let end = length
    while (end > 0 && this.lower[end - 1] === SPACE) end--
    return hashBytes(1, this.lower, 0, end)
  }

  /** Where what follows the `nth` sign that may end a prompt begins, or -1. */
  behindSign(nth: number): number {
    let i = 0
    let signs = 0
    while (i < this.length && i < SHELL_MAX) {
      if (isSign(this.lower[i]!) && signs++ === nth) {
        return this.lower[i + 1] === SPACE && i + 1 < this.length ? i + 2 : i + 1
      }
      i++
    }
    return -1
  }

  /** `Something: answer`, as it looks when an unknown prompt's answer was echoed. */
  looksAnswered(): boolean {
    let at = this.behindSign(0)
    while (at >= 0 && at < this.length && isBlank(this.lower[at]!)) at++
    return at >= 0 && at < this.length
  }

  /** A shell's prompt, and something behind it. */
  looksCommanded(): boolean {
    return this.looksAnswered() && this.waiting(this.behindSign(0)) === SHELL
  }

  private has(kind: Kind): boolean {
    return (this.found & (1 << kind)) !== 0
  }

  private scan(): void {
    this.found = 0
    this.prompt = PLAIN
    let at = 0
    while (at < this.length) {
      const candidates = byFirst[this.lower[at]!]!
      if (candidates.length > 0) this.match(candidates, at)
      at++
    }
  }

  private match(candidates: readonly Word[], at: number): void {
    this.reader.over(this.lower, at, this.length)
    let i = 0
    while (i < candidates.length) {
      const { word, kind } = candidates[i++]!
      if (!this.reader.starts(word)) continue
      if (kind === LOGIN || kind === PASSWORD) this.meet(word, kind, at)
      else this.found |= 1 << kind
    }
  }

  private meet(word: string, kind: Kind, at: number): void {
    if (this.prompt !== PLAIN) return
    this.prompt = kind
    this.isPersonal = PASSWORD_FOR.includes(word)
    this.promptEnd = this.isPersonal ? this.length : at + word.length
  }

  /** `Router>`, `root@host:~# `, `[admin@MikroTik] > `; no rule of `####`, no `100%`, no markup. */
  private isShell(end: number, last: number): boolean {
    if (last !== GREATER && last !== HASH && last !== DOLLAR && last !== PERCENT) return false
    const before = end > 1 ? this.lower[end - 2]! : 0
    if (before === last || (last === PERCENT && before >= 0x30 && before <= 0x39)) return false
    if (end > 1 && last === HASH && this.lower[0] === HASH) return false
    let spaces = 0
    let i = 0
    while (i < end) {
      if (this.lower[i] === SPACE) spaces++
      if (this.lower[i] === LESS && i > 0) return false
      i++
    }
    return spaces <= SHELL_SPACES_MAX
  }
}

const isBlank = (letter: number): boolean => letter === SPACE || isSign(letter)

const isSign = (letter: number): boolean =>
  letter === COLON ||
  letter === QUESTION ||
  letter === GREATER ||
  letter === HASH ||
  letter === DOLLAR ||
  letter === PERCENT
