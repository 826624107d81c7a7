/** The fanout program's network layers: IPv4, IPv6, UDP. As in `ip4.ts`, `ip6.ts`, `transport.ts`. */

import * as c from './cbpf.js'
import type { Label } from './cbpf.js'
import * as f from './fanout-writer.js'
import type { Level, Writer } from './fanout-writer.js'
import * as s from './steps.js'
import { IP_TUNNELS, UDP_TUNNELS, udpTunnel } from './transport.js'

/** How many IPv6 extension headers are followed, outside and inside tunnels. */
const EXTENSIONS = 3
const EXTENSIONS_INSIDE = 1

const TCP = 6
const DATAGRAM = 17
const AUTHENTICATION = 51

export function ip(w: Writer, level: Level): void {
  const { asm } = w
  asm.place(level.next(s.IP))
  w.room(1)
  w.byte(0)
  asm.op(c.RSH, 4)
  w.equals(6, level.next(s.IP6))
  w.only(4)
}

/** Follows IP of any version. */
export function ip4(w: Writer, level: Level): void {
  const { asm } = w
  const [usual, sized, whole] = [asm.label(), asm.label(), asm.label()]
  asm.place(level.next(s.IP4))
  w.room(20)
  w.byte(0)
  w.equals(0x45, usual)
  asm.op(c.RSH, 4)
  w.only(4)
  w.byte(0)
  asm.op(c.AND, 15)
  asm.op(c.LSH, 2)
  w.atLeast(20)
  asm.jump(sized)
  asm.place(usual)
  asm.op(c.LD_IMM, 20)
  asm.place(sized)
  asm.op(c.ADD_X)
  w.store(f.BEHIND)
  asm.op(c.STX, f.AT)
  asm.op(c.LDX_MEM, f.END)
  asm.when(c.JGT_X, 0, { yes: w.done })
  asm.op(c.LDX_MEM, f.AT)
  w.half(2)
  w.equals(0, whole)
  length4(w)
  asm.place(whole)
  addresses4(w)
  protocol4(w, level)
}

/** A total length shorter than the frame ends the packet; one shorter than the header is wrong. */
function length4(w: Writer): void {
  const { asm } = w
  const [keep, trim] = [asm.label(), asm.label()]
  asm.op(c.ADD_X)
  asm.op(c.LDX_MEM, f.END)
  asm.when(c.JGE_X, 0, { yes: keep })
  asm.op(c.LDX_MEM, f.BEHIND)
  asm.when(c.JGE_X, 0, { yes: trim, no: w.done })
  asm.place(trim)
  w.store(f.END)
  asm.place(keep)
  asm.op(c.LDX_MEM, f.AT)
}

/** Who has no address yet is known by his hardware address. */
function addresses4(w: Writer): void {
  const { asm } = w
  const [nobody, known] = [asm.label(), asm.label()]
  w.word(12)
  w.equals(0, nobody)
  w.store(f.SPARE)
  w.word(16)
  asm.op(c.LDX_MEM, f.SPARE)
  asm.op(c.XOR_X)
  asm.op(c.LDX_MEM, f.AT)
  asm.jump(known)
  asm.place(nobody)
  w.load(f.MAC)
  asm.place(known)
  w.store(f.WORD)
}

/** Fragments are never followed inside. */
function protocol4(w: Writer, level: Level): void {
  const { asm } = w
  const authenticated = asm.label()
  w.half(6)
  w.bits(0x3fff, { yes: w.done })
  if (level.deepest) {
    asm.jump(w.done)
    return
  }
  w.byte(9)
  asm.op(c.LDX_MEM, f.BEHIND)
  w.equals(TCP, w.done)
  w.equals(DATAGRAM, level.next(f.UDP))
  asm.when(c.JEQ, AUTHENTICATION, { yes: authenticated, no: level.next(f.TRANSPORT) })
  asm.place(authenticated)
  w.room(12)
  w.byte(0)
  w.store(f.KIND)
  w.byte(1)
  asm.op(c.ADD, 2)
  asm.op(c.LSH, 2)
  w.atLeast(12)
  w.advanceLoaded()
  w.load(f.KIND)
  asm.jump(level.next(f.TRANSPORT))
}

export function ip6(w: Writer, level: Level): void {
  const { asm } = w
  const whole = asm.label()
  asm.place(level.next(s.IP6))
  w.room(40)
  w.byte(0)
  asm.op(c.RSH, 4)
  w.only(6)
  asm.op(c.STX, f.AT)
  w.half(4)
  w.equals(0, whole)
  asm.op(c.ADD, 40)
  asm.op(c.ADD_X)
  w.trim()
  asm.place(whole)
  addresses6(w)
  if (level.deepest) {
    asm.jump(w.done)
    return
  }
  w.byte(6)
  w.store(f.KIND)
  w.advance(40)
  w.load(f.KIND)
  w.equals(TCP, w.done)
  w.equals(DATAGRAM, level.next(f.UDP))
  for (let i = 0; i < level.many(EXTENSIONS, EXTENSIONS_INSIDE); i++) extension(w, level)
}

function addresses6(w: Writer): void {
  const { asm } = w
  w.word(8)
  w.store(f.WORD)
  for (let offset = 12; offset < 40; offset += 4) {
    w.word(offset)
    asm.op(c.LDX_MEM, f.WORD)
    asm.op(c.XOR_X)
    w.store(f.WORD)
    asm.op(c.LDX_MEM, f.AT)
  }
}

/** Expects the header's number loaded, and leaves the next one's. */
function extension(w: Writer, level: Level): void {
  const { asm } = w
  const [options, fragment, authentication] = [asm.label(), asm.label(), asm.label()]
  for (const number of [0, 43, 60]) w.equals(number, options)
  w.equals(44, fragment)
  asm.when(c.JEQ, AUTHENTICATION, { yes: authentication, no: level.next(f.TRANSPORT) })
  const sized = asm.label()
  asm.place(fragment)
  w.room(8)
  w.half(2)
  w.bits(0xfff9, { yes: w.done })
  asm.op(c.LD_IMM, 8)
  asm.jump(sized)
  asm.place(authentication)
  w.room(8)
  w.byte(1)
  asm.op(c.ADD, 2)
  asm.op(c.LSH, 2)
  asm.jump(sized)
  asm.place(options)
  w.room(8)
  w.byte(1)
  asm.op(c.ADD, 1)
  asm.op(c.LSH, 3)
  asm.place(sized)
  asm.op(c.ADD_X)
  w.store(f.BEHIND)
  w.byte(0)
  w.store(f.KIND)
  w.load(f.BEHIND)
  w.reach()
  w.load(f.KIND)
}

/** Follows IPv6 with the protocol loaded. */
export function transport(w: Writer, level: Level): void {
  w.asm.place(level.next(f.TRANSPORT))
  w.equals(DATAGRAM, level.next(f.UDP))
  IP_TUNNELS.forEach((layer, protocol) => {
    if (layer !== 0 && layer !== s.L2TP3) w.equals(protocol, level.inside(layer))
  })
  w.asm.jump(w.done)
}

/** Ends in the tunnels whose port it is. */
export function udp(w: Writer, level: Level, tunnels: readonly number[]): void {
  const { asm } = w
  const whole = asm.label()
  asm.place(level.next(f.UDP))
  w.room(8)
  w.half(4)
  w.equals(0, whole)
  w.atLeast(8)
  asm.op(c.ADD_X)
  w.trim()
  asm.place(whole)
  ports(w, 2, port => labelOf(level, tunnels, UDP_TUNNELS[port]!))
  // Some servers answer from their port.
  ports(w, 0, port => labelOf(level, tunnels, udpTunnel(port, 0)))
  asm.jump(w.done)
}

function labelOf(level: Level, tunnels: readonly number[], layer: number): Label | undefined {
  return tunnels.includes(layer) ? level.next(layer) : undefined
}

function ports(w: Writer, field: number, to: (port: number) => Label | undefined): void {
  w.half(field)
  for (let port = 0; port < UDP_TUNNELS.length; port++) {
    const label = to(port)
    if (label !== undefined) w.equals(port, label)
  }
}
