/** The fanout program's tunnels inside UDP. As in `tunnels.ts`; each begins behind the UDP header. */

import * as c from './cbpf.js'
import type { Label } from './cbpf.js'
import { nextProtocol } from './fanout-carriers.js'
import * as f from './fanout-writer.js'
import type { Level, Writer } from './fanout-writer.js'
import * as s from './steps.js'

type Tunnel = (w: Writer, level: Level) => void

const UDP_HEADER = 8
const VALID_NETWORK = 0x08

function vxlan(w: Writer, level: Level): void {
  w.room(8)
  w.byte(0)
  w.bits(VALID_NETWORK, { no: w.done })
  w.advance(8)
  w.asm.jump(level.inside(s.ETHERNET))
}

function vxlanGpe(w: Writer, level: Level): void {
  w.room(8)
  w.byte(0)
  w.bits(0xc0, { yes: w.done })
  w.byte(3)
  w.store(f.KIND)
  w.advance(8)
  w.load(f.KIND)
  w.equals(0, level.inside(s.ETHERNET))
  nextProtocol(w, level)
}

function geneve(w: Writer, level: Level): void {
  const { asm } = w
  w.room(8)
  w.half(2)
  w.store(f.KIND)
  w.byte(0)
  w.bits(0xc0, { yes: w.done })
  asm.op(c.LSH, 2)
  asm.op(c.ADD, 8)
  w.advanceLoaded()
  w.load(f.KIND)
  w.equals(0x6558, level.inside(s.ETHERNET))
  w.equals(0x0800, level.inside(s.IP4))
  w.equals(0x86dd, level.inside(s.IP6))
  w.equals(0x8847, level.inside(s.MPLS))
  w.equals(0x894f, level.inside(s.NSH))
  asm.jump(w.done)
}

/** Neither encrypted nor in fragments. */
function capwap(w: Writer, level: Level): void {
  const { asm } = w
  w.room(8)
  w.byte(0)
  w.only(0)
  w.byte(3)
  w.bits(0x88, { yes: w.done })
  w.byte(2)
  w.store(f.KIND)
  w.byte(1)
  asm.op(c.AND, 0xf8)
  asm.op(c.RSH, 1)
  w.atLeast(8)
  w.advanceLoaded()
  w.load(f.KIND)
  w.bits(1, { yes: level.inside(s.WIFI), no: level.inside(s.ETHERNET) })
}

const USER_PACKET = 0x30ff

/** How many extension headers are followed; 5G has one. */
const EXTENSIONS = 2

function gtp(w: Writer, level: Level): void {
  const { asm } = w
  const [bare, last] = [asm.label(), asm.label()]
  w.room(8)
  w.half(0)
  asm.op(c.AND, 0xf0ff)
  w.only(USER_PACKET)
  w.half(2)
  asm.op(c.ADD, 8)
  asm.op(c.ADD_X)
  w.trim()
  w.byte(0)
  w.bits(7, { no: bare })
  w.room(12)
  w.advance(12)
  w.byte(-12)
  w.bits(4, { no: last })
  for (let i = 0; i < EXTENSIONS; i++) extension(w, last)
  w.byte(-1)
  w.only(0)
  asm.jump(last)
  asm.place(bare)
  w.advance(8)
  asm.place(last)
  w.room(1)
  packetOrFrame(w, level)
}

/** Each tells its length in words first and the next one's type last. */
function extension(w: Writer, last: Label): void {
  w.byte(-1)
  w.equals(0, last)
  w.room(1)
  w.byte(0)
  w.equals(0, w.done)
  w.asm.op(c.LSH, 2)
  w.advanceLoaded()
}

function packetOrFrame(w: Writer, level: Level): void {
  const { asm } = w
  w.byte(0)
  asm.op(c.RSH, 4)
  w.equals(4, level.inside(s.IP4))
  w.equals(6, level.inside(s.IP6))
  w.looksEthernet(0, level.inside(s.ETHERNET), w.done)
}

/** Perhaps an authentication, perhaps an origin, then IPv6. */
function teredo(w: Writer, level: Level): void {
  const { asm } = w
  const [origin, bare] = [asm.label(), asm.label()]
  w.room(4, bare)
  w.half(0)
  asm.when(c.JEQ, 1, { no: origin })
  w.byte(2)
  w.store(f.SPARE)
  w.byte(3)
  asm.op(c.ADD, 13)
  asm.op(c.ADD_X)
  asm.op(c.LDX_MEM, f.SPARE)
  asm.op(c.ADD_X)
  w.reach()
  asm.place(origin)
  w.room(8, bare)
  w.half(0)
  asm.when(c.JEQ, 0, { no: bare })
  w.advance(8)
  asm.place(bare)
  w.room(40)
  w.byte(0)
  asm.op(c.RSH, 4)
  asm.when(c.JEQ, 6, { yes: level.inside(s.IP6), no: w.done })
}

function lisp(w: Writer, level: Level): void {
  w.room(9)
  w.byte(8)
  w.asm.op(c.RSH, 4)
  w.store(f.KIND)
  w.advance(8)
  w.load(f.KIND)
  w.equals(4, level.inside(s.IP4))
  w.asm.when(c.JEQ, 6, { yes: level.inside(s.IP6), no: w.done })
}

function jmirror(w: Writer, level: Level): void {
  w.room(9)
  w.advance(8)
  packetOrFrame(w, level)
}

/** How many tagged fields are stepped over. */
const FIELDS = 3

function tzsp(w: Writer, level: Level): void {
  const { asm } = w
  const last = asm.label()
  w.room(5)
  w.half(0)
  w.equals(0x0100, last)
  w.only(0x0101)
  asm.place(last)
  w.half(2)
  w.store(f.KIND)
  w.advance(4)
  const found = asm.label()
  for (let i = 0; i < FIELDS; i++) field(w, found)
  w.room(1)
  w.byte(0)
  w.only(1)
  asm.place(found)
  w.advance(1)
  w.load(f.KIND)
  w.equals(1, level.inside(s.ETHERNET))
  w.equals(18, level.inside(s.WIFI))
  w.equals(4, level.inside(s.PPP))
  asm.when(c.JEQ, 7, { yes: level.inside(s.IP), no: w.done })
}

/** 1 ends, 0 fills up, any other is followed by its length. */
function field(w: Writer, found: number): void {
  const { asm } = w
  const [filling, over] = [asm.label(), asm.label()]
  w.room(1)
  w.byte(0)
  w.equals(1, found)
  w.equals(0, filling)
  w.room(2)
  w.byte(1)
  asm.op(c.ADD, 2)
  w.advanceLoaded()
  asm.jump(over)
  asm.place(filling)
  w.advance(1)
  asm.place(over)
}

const TUNNELS: ReadonlyMap<number, Tunnel> = new Map([
  [s.VXLAN, vxlan],
  [s.VXLAN_GPE, vxlanGpe],
  [s.GENEVE, geneve],
  [s.CAPWAP, capwap],
  [s.GTP, gtp],
  [s.TEREDO, teredo],
  [s.LISP, lisp],
  [s.JMIRROR, jmirror],
  [s.TZSP, tzsp],
  [s.MPLS_UDP, (w, level) => w.asm.jump(level.inside(s.MPLS))],
  [s.GRE_UDP, (w, level) => w.asm.jump(level.inside(s.GRE))],
])

/** What is followed inside another tunnel. */
const INSIDE: readonly number[] = [
  ...[s.VXLAN, s.VXLAN_GPE, s.GENEVE, s.CAPWAP, s.GTP, s.MPLS_UDP, s.GRE_UDP],
]

/** The layers in UDP that the program follows. */
export function followed(level: Level): readonly number[] {
  return level.depth === 0 ? [...TUNNELS.keys()] : INSIDE
}

export function tunnels(w: Writer, level: Level): void {
  for (const layer of followed(level)) {
    w.asm.place(level.next(layer))
    w.advance(UDP_HEADER)
    TUNNELS.get(layer)!(w, level)
  }
}
