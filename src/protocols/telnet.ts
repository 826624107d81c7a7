/**
 * Telnet (RFC 854, 855, 1091): whether a device lets anybody in, what it says of itself before it
 * asks for a name, and whether names and passwords were taken or refused.
 *
 * Nothing a client typed is ever noted: what is told of the server ends at its first prompt, and
 * what is told of the client comes from negotiations alone.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text, type Fact } from '../model/fact.js'
import type { Notes, Protocol, Talk } from './protocol.js'
import {
  GREETING,
  Line,
  LOGIN,
  MENU,
  PASSWORD,
  PLAIN,
  REFUSAL,
  SHELL,
  type Kind,
} from './telnet-line.js'
import {
  BREAK,
  END,
  NEGOTIATION,
  nextPiece,
  OPAQUE,
  optionOf,
  SUBNEGOTIATION,
  subnegotiation,
  verbOf,
} from './telnet-stream.js'
import { Typed } from './telnet-typed.js'

/** What each side asked for before its first word: `do24,do32,will1`. */
const options = fact('telnet.options', text, 'set')
const clientOptions = fact('telnet.client_options', text, 'set')
/** The client's terminal: `xterm-256color`. */
const terminal = fact('telnet.terminal', text, 'set')
/** The server's words before its first prompt. */
const banner = fact('telnet.banner', text, 'set')
/** What it asked first (`login`, `password`, `shell` or `menu`), and in which words. */
const prompt = fact('telnet.prompt', text)
const question = fact('telnet.question', text, 'set')
/** `required` once a password was asked for, `name` if a name was enough, `none` if nothing was. */
const authentication = fact('telnet.authentication', text)
/** How tries to come in ended: `open`, `asked`, `accepted` or `refused`. */
const login = fact('telnet.login', text, 'set')
/** Where Telnet is spoken indeed (`tcp/23`), and what opens that door: `tcp/23 none`. */
const serves = fact('telnet.serves', text, 'set')
const door = fact('telnet.door', text, 'set')

const BANNER_MAX = 256
const OPTIONS_MAX = 32
const TERMINAL_MAX = 64
const TERMINAL_TYPE = 24
const TERMINAL_IS = 0
/** Here even words that are no prompt are Telnet's. */
const PORT = 23
/** A server that wrote so many control characters before any prompt writes no text. */
const CONTROLS_MAX = 3
/** A refusal comes soon after the password; later lines may be news of the day. */
const REFUSAL_LINES_MAX = 4
const SIGNS_MAX = 4
/** Prompts on one line, when what was typed is not echoed. */
const PROMPTS_MAX = 4
const SPACE = 32

const PROMPTS: Readonly<Partial<Record<Kind, string>>> = {
  [LOGIN]: 'login',
  [PASSWORD]: 'password',
  [SHELL]: 'shell',
  [MENU]: 'menu',
}

/** How far a session got. */
const BEFORE = 0
const NAME_ASKED = 1
const PASSWORD_ASKED = 2
const SETTLED = 3

const line = new Line()
const typed = new Typed()

/** What was read so far, filled again for each opening. */
const session = {
  /** The server's. */
  port: 0,
  phase: BEFORE,
  optionsAt: 0,
  optionCount: 0,
  negotiating: true,
  bannerAt: -1,
  /** Where its last line ends that can't hold an echo; whether it goes no further. */
  bannerSure: -1,
  /** Where the first line begins that looks like a shell's prompt and a command. */
  bannerSession: -1,
  /** The hash of the prompt of the last such line. */
  commanded: 0,
  bannerShut: false,
  controls: 0,
  refused: false,
  lines: 0,
}

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  begin(notes)
  session.port = talk.from
  if (talk.side === 'server') fromServer(c, notes, talk)
  else fromClient(c, notes, talk)
}

function begin(notes: Notes): void {
  line.clear()
  session.phase = BEFORE
  session.optionsAt = notes.here
  session.optionCount = 0
  session.negotiating = true
  session.bannerAt = -1
  session.bannerSure = -1
  session.bannerSession = -1
  session.commanded = 0
  session.bannerShut = false
  session.controls = 0
  session.refused = false
  session.lines = 0
}

function fromClient(c: Cursor, notes: Notes, talk: Talk): void {
  let piece = NEGOTIATION
  while (piece !== END && piece !== BREAK) {
    piece = nextPiece(c)
    if (piece >= NEGOTIATION) addOption(notes, piece)
    else if (piece === SUBNEGOTIATION) addTerminal(notes)
    else if (piece !== END) closeOptions(notes, clientOptions)
  }
  if (piece === END && !talk.ended) more(c)
}

function addTerminal(notes: Notes): void {
  const { option, at, kind, length } = subnegotiation
  if (option !== TERMINAL_TYPE || kind !== TERMINAL_IS || length > TERMINAL_MAX) return
  notes.add(terminal, at + 1, length - 1)
}

function addOption(notes: Notes, piece: number): void {
  if (!session.negotiating || session.optionCount === OPTIONS_MAX) return
  if (session.optionCount++ > 0) notes.write(',')
  notes.write(verbOf(piece))
  notes.writeNumber(optionOf(piece))
}

function closeOptions(notes: Notes, said: Fact): void {
  if (session.negotiating) notes.add(said, session.optionsAt, notes.here - session.optionsAt)
  session.negotiating = false
}

/** Asks to be called again when more was heard. */
const more = (c: Cursor): void => void c.take(c.left + 1)

function fromServer(c: Cursor, notes: Notes, talk: Talk): void {
  typed.read(talk.other)
  let piece = BREAK
  while (piece !== END && session.phase !== SETTLED) {
    piece = nextPiece(c)
    if (piece >= NEGOTIATION) addOption(notes, piece)
    else if (piece >= 0) readLetter(c, notes, piece)
    else if (piece === BREAK) endLine(c, notes)
    else if (piece === OPAQUE) session.phase = SETTLED
  }
  const isOurs = isTelnet(c)
  if (session.phase !== SETTLED && isOurs) endOpening(c, notes, talk)
  typed.forget()
  if (isOurs && hasSpoken()) sayDoor(notes, serves, '')
}

/** A server that negotiates or prompts speaks Telnet; at its own port, one that writes lines does. */
const hasSpoken = (): boolean =>
  session.optionCount > 0 ||
  session.phase !== BEFORE ||
  (session.port === PORT && session.bannerAt >= 0)

/** `tcp/23`, and what opens it, if that is told. */
function sayDoor(notes: Notes, said: Fact, opens: string): void {
  const at = notes.here
  if (!notes.write('tcp/') || !notes.writeNumber(session.port)) return
  if (opens !== '' && !(notes.put(SPACE) && notes.write(opens))) return
  notes.add(said, at, notes.here - at)
}

function sayAuthentication(notes: Notes, opens: string): void {
  notes.say(authentication, opens)
  sayDoor(notes, door, opens)
}

const isTelnet = (c: Cursor): boolean => c.fault === '' || c.fault === 'short'

function readLetter(c: Cursor, notes: Notes, letter: number): void {
  closeOptions(notes, options)
  const isControl = letter < 8 || (letter > 15 && letter < 27)
  if (isControl && session.phase === BEFORE && ++session.controls > CONTROLS_MAX) {
    c.fail('not text')
  }
  line.add(letter)
}

/** Reads a line that has come to its end. */
function endLine(c: Cursor, notes: Notes): void {
  if (line.length === 0) return
  const isFirst = session.phase === BEFORE && session.bannerAt < 0 && session.optionCount === 0
  if (isFirst && line.isForeign()) return c.fail('other protocol')
  if (!readLine(notes, false, false)) addBanner(notes)
  line.clear()
}

/** Reads the line that was not ended: a server that waits for an answer ends none. */
function endOpening(c: Cursor, notes: Notes, talk: Talk): void {
  if (line.length > 0) readLine(notes, true, talk.ended)
  if (!talk.ended && session.phase !== SETTLED) more(c)
}

/** False if the line belongs to the banner. Prompts may follow each other without a line's end. */
function readLine(notes: Notes, isOpen: boolean, isLast: boolean): boolean {
  let prompts = 0
  while (line.length > 0 && session.phase !== SETTLED && prompts < PROMPTS_MAX) {
    const kind = promptOf(isOpen, isLast)
    const isAsked = kind === LOGIN || kind === PASSWORD
    if (session.phase !== BEFORE) goOn(notes, kind)
    else if (isAsked || kind === SHELL || kind === MENU) meet(notes, kind)
    else return false
    if (!isAsked) return true
    line.dropPrompt()
    prompts++
  }
  return true
}

/**
 * What this line is. The words of a login are enough; a shell's prompt and a menu must also have
 * been waited at. An echo behind them proves that, or the same prompt before an earlier command,
 * or that the connection ended there.
 */
function promptOf(isOpen: boolean, isLast: boolean): Kind {
  const kind = line.kind()
  if (kind === LOGIN || kind === PASSWORD) return kind
  if (session.phase !== BEFORE && (kind === GREETING || (kind === REFUSAL && !isOpen))) return kind
  if (isOpen && line.waiting(line.length) !== PLAIN) {
    const isRepeated = !typed.isEmpty && line.promptHash(line.length) === session.commanded
    if (isRepeated || (isLast && line.isPlainPrompt(session.phase === BEFORE ? 2 : 5)))
      return wait(line.length)
  }
  let nth = 0
  while (nth < SIGNS_MAX) {
    const end = line.behindSign(nth++)
    if (end < 0) break
    if (line.waiting(end) !== PLAIN && typed.isEchoed(line, end, isOpen)) return wait(end)
  }
  if (line.looksCommanded()) session.commanded = line.promptHash(line.behindSign(0))
  return PLAIN
}

function wait(end: number): Kind {
  line.promptEnd = end
  line.isPersonal = false
  return line.waiting(end)
}

function addBanner(notes: Notes): void {
  if (session.bannerSession < 0 && line.looksCommanded()) session.bannerSession = notes.here
  if (isAnswered()) session.bannerShut = true
  if (session.bannerShut) return
  if (session.bannerAt < 0) session.bannerAt = notes.here
  else notes.put(SPACE)
  const room = BANNER_MAX - (notes.here - session.bannerAt)
  addLetters(notes, Math.min(room, line.length))
  session.bannerShut = line.length >= room
  if (!line.looksAnswered()) session.bannerSure = notes.here
}

/** Whether an unknown prompt was answered here: behind one of its signs stands an echo. */
function isAnswered(): boolean {
  let at = 0
  let nth = 0
  while (at >= 0) {
    if (typed.isEchoed(line, at, false)) return true
    at = line.behindSign(nth++)
  }
  return false
}

function addLetters(notes: Notes, length: number): void {
  let i = 0
  while (i < length) notes.put(line.letters[i++]!)
}

/**
 * Before anything but a name is asked for, the last lines may have been prompts in words unknown
 * here, with a name typed behind: such lines are left out. So is a session whose prompt was not
 * recognised, since nothing was echoed.
 */
function closeBanner(notes: Notes, next: Kind): void {
  if (session.bannerAt < 0) return
  const isLogin = next === LOGIN || next === PASSWORD
  let end = next === LOGIN ? notes.here : session.bannerSure
  if (!isLogin && session.bannerSession >= 0) end = Math.min(end, session.bannerSession)
  notes.add(banner, session.bannerAt, end - session.bannerAt)
}

/** The first prompt: all before it is the banner, nothing behind it is told in words. */
function meet(notes: Notes, kind: Kind): void {
  closeBanner(notes, kind)
  notes.say(prompt, PROMPTS[kind]!)
  addQuestion(notes)
  if (kind === SHELL || kind === MENU) {
    sayAuthentication(notes, 'none')
    notes.say(login, 'open')
    session.phase = SETTLED
    return
  }
  if (kind === PASSWORD) sayAuthentication(notes, 'required')
  notes.say(login, 'asked')
  session.phase = kind === PASSWORD ? PASSWORD_ASKED : NAME_ASKED
}

function addQuestion(notes: Notes): void {
  if (line.isPersonal) return
  const at = notes.here
  addLetters(notes, line.promptEnd)
  notes.add(question, at, notes.here - at)
}

/** A line after the first prompt. */
function goOn(notes: Notes, kind: Kind): void {
  const tried = session.phase === PASSWORD_ASKED
  session.lines++
  if (kind === SHELL || kind === MENU || (kind === GREETING && tried)) accept(notes, tried)
  else if (kind === REFUSAL && session.lines <= REFUSAL_LINES_MAX) refuse(notes)
  else if (kind === LOGIN || kind === PASSWORD) {
    if (tried) refuse(notes)
    else if (kind === PASSWORD) sayAuthentication(notes, 'required')
    session.phase = kind === PASSWORD ? PASSWORD_ASKED : NAME_ASKED
    session.lines = 0
  }
}

function accept(notes: Notes, tried: boolean): void {
  if (!tried) sayAuthentication(notes, 'name')
  notes.say(login, 'accepted')
  session.phase = SETTLED
}

function refuse(notes: Notes): void {
  if (!session.refused) notes.say(login, 'refused')
  session.refused = true
}

export const telnet: Protocol = {
  name: 'telnet',
  standard: 'RFC 854, 855, 1091',
  tells: 'banners of devices, and whether a login is asked for at all',
  heard: ['tcp/23', 'tcp/2323', 'tcp "\\xff\\xfd"', 'tcp "\\xff\\xfb"'],
  facts: [
    ...[options, clientOptions, terminal, banner, prompt, question, authentication, login],
    ...[serves, door],
  ],
  parse,
}
