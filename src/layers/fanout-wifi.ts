/** The fanout program's 802.11, as access points tunnel it. As in `wifi.ts`. */

import * as c from './cbpf.js'
import type { Label } from './cbpf.js'
import * as f from './fanout-writer.js'
import type { Level, Writer } from './fanout-writer.js'
import * as s from './steps.js'

/** The frame control's two bytes, by what they hold. */
const LOW = f.KIND
const HIGH = f.FLAGS

const TYPE_MASK = 0x0c
const CONTROL_TYPE = 0x04
const DATA_TYPE = 0x08
const WAY_MASK = 3
const FROM_STATION = 2
const PROTECTED = 0x40
const ORDERED = 0x80
const QOS = 0x80
const EMPTY = 0x40

export function wifi(w: Writer, level: Level): void {
  const { asm } = w
  const [usual, known] = [asm.label(), asm.label()]
  asm.place(level.next(s.WIFI))
  w.room(24)
  w.byte(0)
  w.bits(3, { no: usual })
  // Some send the two bytes swapped.
  w.store(HIGH)
  w.byte(1)
  w.store(LOW)
  asm.op(c.AND, 0x0f)
  w.only(DATA_TYPE)
  asm.jump(known)
  asm.place(usual)
  w.store(LOW)
  w.byte(1)
  w.store(HIGH)
  asm.place(known)
  w.load(LOW)
  asm.op(c.AND, TYPE_MASK)
  w.equals(CONTROL_TYPE, w.done)
  addresses(w)
  data(w, level)
}

/** Which of three or four addresses is the sender's depends on who relays. */
function addresses(w: Writer): void {
  const { asm } = w
  const [second, third, fourth, known] = [asm.label(), asm.label(), asm.label(), asm.label()]
  asm.when(c.JEQ, DATA_TYPE, { no: second })
  w.load(HIGH)
  asm.op(c.AND, WAY_MASK)
  w.equals(WAY_MASK, fourth)
  w.equals(FROM_STATION, third)
  place(w, second, 12, known)
  place(w, third, 18, known)
  asm.place(fourth)
  w.room(30)
  w.word(26)
  asm.place(known)
  w.store(f.MAC)
  w.store(f.WORD)
}

function place(w: Writer, label: Label, offset: number, known: Label): void {
  w.asm.place(label)
  w.word(offset)
  w.asm.jump(known)
}

function data(w: Writer, level: Level): void {
  const { asm } = w
  const [plain, four, sized] = [asm.label(), asm.label(), asm.label()]
  w.load(LOW)
  asm.op(c.AND, TYPE_MASK)
  w.only(DATA_TYPE)
  w.load(LOW)
  w.bits(EMPTY, { yes: w.done })
  w.load(HIGH)
  w.bits(PROTECTED, { yes: w.done })
  asm.op(c.AND, WAY_MASK)
  w.equals(WAY_MASK, four)
  w.advance(24)
  asm.jump(sized)
  asm.place(four)
  w.advance(30)
  asm.place(sized)
  w.load(LOW)
  w.bits(QOS, { no: plain })
  quality(w)
  asm.place(plain)
  padding(w, level)
}

/** Two bytes of quality of service, and four more where frames are kept in order. */
function quality(w: Writer): void {
  const { asm } = w
  const none = asm.label()
  w.room(2)
  w.byte(0)
  w.bits(0x80, { yes: w.done })
  w.advance(2)
  w.load(HIGH)
  w.bits(ORDERED, { no: none })
  w.room(4)
  w.advance(4)
  asm.place(none)
}

/** Some radios align what follows to four bytes: LLC tells whether they did. */
function padding(w: Writer, level: Level): void {
  const none = level.next(f.LLC)
  w.room(5, none)
  w.word(0)
  w.asm.when(c.JEQ, 0x0000aaaa, { no: none })
  w.advance(2)
  w.asm.jump(none)
}
