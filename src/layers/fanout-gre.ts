/** The fanout program's GRE, and what is told by it: ERSPAN, PPTP, EoIP. As in `gre.ts`. */

import * as c from './cbpf.js'
import type { Label } from './cbpf.js'
import * as f from './fanout-writer.js'
import type { Level, Writer } from './fanout-writer.js'
import * as s from './steps.js'

const CHECKSUM = 0x8000
const ROUTED = 0x4000
const KEY = 0x2000
const SEQUENCE = 0x1000
const ACKNOWLEDGED = 0x0080

const NUMBERED_ERSPAN = 0x88be
const ERSPAN3 = 0x22eb

/** Source routes, which nobody uses any more, are not followed. */
export function gre(w: Writer, level: Level): void {
  const { asm } = w
  const enhanced = asm.label()
  asm.place(level.next(s.GRE))
  w.room(4)
  w.half(2)
  w.store(f.KIND)
  w.half(0)
  w.store(f.FLAGS)
  asm.op(c.AND, 7)
  w.equals(1, enhanced)
  w.only(0)
  w.load(f.FLAGS)
  w.bits(ROUTED, { yes: w.done })
  w.advance(4)
  for (const flag of [CHECKSUM, KEY, SEQUENCE]) optional(w, flag)
  // No option may have led past the end.
  asm.op(c.TXA)
  w.reach()
  carried(w, level)
  asm.place(enhanced)
  version1(w, level)
}

/** Four bytes that are there if a flag says so. */
function optional(w: Writer, flag: number): void {
  const none = w.asm.label()
  w.load(f.FLAGS)
  w.bits(flag, { no: none })
  w.advance(4)
  w.asm.place(none)
}

function carried(w: Writer, level: Level): void {
  const { asm } = w
  const [labelled, mirrored, numbered, cache] = [asm.label(), asm.label(), asm.label(), asm.label()]
  w.load(f.KIND)
  common(w, level)
  w.equals(NUMBERED_ERSPAN, mirrored)
  w.equals(ERSPAN3, numbered)
  w.equals(0x883e, cache)
  w.equals(0x8909, labelled)
  asm.when(c.JGE, 0x8200, { no: w.done })
  asm.when(c.JGE, 0x8400, { yes: w.done, no: level.next(s.WIFI) })
  asm.place(labelled)
  w.room(8)
  w.half(0)
  w.store(f.KIND)
  w.advance(8)
  w.load(f.KIND)
  common(w, level)
  asm.jump(w.done)
  asm.place(cache)
  webCache(w, level)
  erspan(w, level, { mirrored, numbered })
}

function common(w: Writer, level: Level): void {
  const layers: [number, number][] = [
    [0x0800, s.IP4],
    [0x86dd, s.IP6],
    [0x6558, s.ETHERNET],
    [0x8847, s.MPLS],
    [0x8848, s.MPLS],
    [0x880b, s.PPP],
    [0x8881, s.PPP],
    [0x88d2, s.PPP],
    [0x894f, s.NSH],
  ]
  for (const [type, layer] of layers) w.equals(type, level.next(layer))
}

/** Version 2 has a word before the packet, version 1 has none. */
function webCache(w: Writer, level: Level): void {
  const { asm } = w
  w.room(5)
  w.byte(0)
  asm.op(c.RSH, 4)
  w.equals(4, level.next(s.IP4))
  w.advance(4)
  asm.jump(level.next(s.IP4))
}

/** Type I has no header of its own, II has 8 bytes, III has 12 or 20. */
function erspan(w: Writer, level: Level, at: { mirrored: Label; numbered: Label }): void {
  const { asm } = w
  const [second, third] = [asm.label(), asm.label()]
  const first = level.next(s.ETHERNET)
  asm.place(at.mirrored)
  w.load(f.FLAGS)
  w.bits(SEQUENCE, { no: first })
  asm.place(at.numbered)
  w.room(1, first)
  w.byte(0)
  asm.op(c.RSH, 4)
  w.equals(1, second)
  asm.when(c.JEQ, 2, { yes: third, no: first })
  asm.place(second)
  w.room(8)
  w.advance(8)
  asm.jump(first)
  asm.place(third)
  w.room(12)
  w.byte(10)
  asm.op(c.AND, 31 << 2)
  w.store(f.KIND)
  w.byte(11)
  // One bit becomes the eight bytes that the platform adds.
  asm.op(c.AND, 1)
  asm.op(c.LSH, 3)
  asm.op(c.ADD, 12)
  w.advanceLoaded()
  w.load(f.KIND)
  w.equals(0, first)
  asm.when(c.JEQ, 2 << 2, { yes: level.next(s.IP), no: w.done })
}

/** PPTP's, and MikroTik's Ethernet over IP. */
function version1(w: Writer, level: Level): void {
  const { asm } = w
  const [eoip, none] = [asm.label(), asm.label()]
  w.room(8)
  w.load(f.KIND)
  w.equals(0x6400, eoip)
  w.only(0x880b)
  w.half(4)
  w.equals(0, w.done)
  w.store(f.BEHIND)
  w.load(f.FLAGS)
  w.bits(SEQUENCE, { no: w.done })
  w.advance(12)
  w.load(f.FLAGS)
  w.bits(ACKNOWLEDGED, { no: none })
  w.advance(4)
  asm.place(none)
  asm.op(c.TXA)
  w.reach()
  w.load(f.BEHIND)
  asm.op(c.ADD_X)
  w.trim()
  asm.jump(level.next(s.PPP))
  asm.place(eoip)
  w.half(4)
  w.equals(0, w.done)
  w.advance(8)
  asm.jump(level.next(s.ETHERNET))
}

export function etherIp(w: Writer, level: Level): void {
  w.asm.place(level.next(s.ETHERIP))
  w.room(2)
  w.advance(2)
  w.asm.jump(level.next(s.ETHERNET))
}
