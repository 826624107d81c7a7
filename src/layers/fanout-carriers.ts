/** The fanout program's carriers: PPPoE, PPP, MPLS, NSH. As in `carriers.ts` and `tags.ts`. */

import * as c from './cbpf.js'
import type { Label } from './cbpf.js'
import * as f from './fanout-writer.js'
import type { Level, Writer } from './fanout-writer.js'
import * as s from './steps.js'

/** How many labels are followed to the bottom of the stack, outside and inside tunnels. */
const LABELS = 6
const LABELS_INSIDE = 3

export function pppoe(w: Writer, level: Level): void {
  w.asm.place(level.next(s.PPPOE))
  w.room(6)
  w.byte(1)
  w.only(0)
  w.half(4)
  w.asm.op(c.ADD, 6)
  w.asm.op(c.ADD_X)
  w.trim()
  w.advance(6)
}

/** Follows PPPoE. */
export function ppp(w: Writer, level: Level): void {
  const { asm } = w
  const [bare, short, known, bridged] = [asm.label(), asm.label(), asm.label(), asm.label()]
  asm.place(level.next(s.PPP))
  w.room(2)
  w.half(0)
  asm.when(c.JEQ, 0xff03, { no: bare })
  w.advance(2)
  w.room(2)
  asm.place(bare)
  w.byte(0)
  w.bits(1, { yes: short })
  w.half(0)
  w.store(f.KIND)
  w.advance(2)
  asm.jump(known)
  asm.place(short)
  w.store(f.KIND)
  w.advance(1)
  asm.place(known)
  w.load(f.KIND)
  w.equals(0x0021, level.next(s.IP4))
  w.equals(0x0057, level.next(s.IP6))
  w.equals(0x0281, level.next(s.MPLS))
  w.equals(0x0283, level.next(s.MPLS))
  asm.when(c.JEQ, 0x0031, { yes: bridged, no: w.done })
  asm.place(bridged)
  w.room(2)
  w.byte(1)
  w.only(1)
  w.advance(2)
  asm.jump(level.inside(s.ETHERNET))
}

export function mpls(w: Writer, level: Level): void {
  const { asm } = w
  const bottom = asm.label()
  asm.place(level.next(s.MPLS))
  for (let i = 0; i < level.many(LABELS, LABELS_INSIDE); i++) {
    const further = asm.label()
    w.room(4 * i + 4)
    w.byte(4 * i + 2)
    w.bits(1, { no: further })
    asm.op(c.LD_IMM, 4 * i + 4)
    asm.jump(bottom)
    asm.place(further)
  }
  asm.jump(w.done)
  asm.place(bottom)
  w.advanceLoaded()
  w.room(1)
  w.byte(0)
  asm.op(c.RSH, 4)
  w.store(f.KIND)
  const [wire, packet] = [asm.label(), asm.label()]
  w.looksEthernet(0, wire, packet)
  behindLabels(w, level, { wire, packet })
}

function behindLabels(w: Writer, level: Level, at: { wire: Label; packet: Label }): void {
  const { asm } = w
  const [shifted, here, four, six] = [asm.label(), asm.label(), asm.label(), asm.label()]
  asm.place(at.packet)
  w.load(f.KIND)
  w.equals(4, level.next(s.IP4))
  w.equals(6, level.next(s.IP6))
  asm.when(c.JEQ, 0, { yes: shifted, no: w.done })
  asm.place(at.wire)
  w.load(f.KIND)
  w.equals(4, four)
  asm.when(c.JEQ, 6, { yes: six, no: here })
  asm.place(four)
  fits(w, { field: 2, header: 0 }, level.next(s.IP4), here)
  asm.place(six)
  fits(w, { field: 4, header: 40 }, level.next(s.IP6), here)
  asm.place(here)
  const sure = asm.label()
  w.looksEthernet(4, shifted, sure)
  asm.place(shifted)
  w.room(4)
  w.advance(4)
  asm.place(sure)
  pseudowire(w, level)
}

/** Whether an IP packet here would say that it fits into what is there. */
function fits(w: Writer, ip: { field: number; header: number }, yes: Label, no: Label): void {
  const { asm } = w
  const long = asm.label()
  w.half(ip.field)
  asm.op(c.ADD, ip.header)
  asm.op(c.ADD_X)
  asm.op(c.STX, f.AT)
  asm.op(c.LDX_MEM, f.END)
  asm.when(c.JGT_X, 0, { yes: long })
  asm.op(c.LDX_MEM, f.AT)
  asm.jump(yes)
  asm.place(long)
  asm.op(c.LDX_MEM, f.AT)
  asm.jump(no)
}

/** An Ethernet frame, if its type or length makes sense. */
function pseudowire(w: Writer, level: Level): void {
  const { asm } = w
  w.room(14)
  w.half(12)
  asm.when(c.JGE, 0x0600, { yes: level.inside(s.ETHERNET) })
  asm.op(c.ADD, 14)
  asm.op(c.ADD_X)
  asm.op(c.STX, f.AT)
  asm.op(c.LDX_MEM, f.END)
  asm.when(c.JGT_X, 0, { yes: w.done })
  asm.op(c.LDX_MEM, f.AT)
  asm.jump(level.inside(s.ETHERNET))
}

export function nsh(w: Writer, level: Level): void {
  const { asm } = w
  asm.place(level.next(s.NSH))
  w.room(8)
  w.byte(0)
  w.bits(0xc0, { yes: w.done })
  w.byte(3)
  w.store(f.KIND)
  w.byte(1)
  asm.op(c.AND, 0x3f)
  asm.op(c.LSH, 2)
  w.atLeast(8)
  w.advanceLoaded()
  w.load(f.KIND)
  nextProtocol(w, level)
}

/** What the next-protocol numbers of NSH and VXLAN-GPE lead to. */
export function nextProtocol(w: Writer, level: Level): void {
  for (const [i, layer] of [s.IP4, s.IP6, s.ETHERNET, s.NSH, s.MPLS].entries()) {
    w.equals(i + 1, level.inside(layer))
  }
  w.asm.jump(w.done)
}
