/** The fanout program's link layers: Ethernet and its tags, LLC, 802.11. As in `ethernet.ts`. */

import * as c from './cbpf.js'
import type { Label } from './cbpf.js'
import { isVlan, layerOf } from './ethernet.js'
import * as f from './fanout-writer.js'
import type { Level, Writer } from './fanout-writer.js'
import * as s from './steps.js'

/** How many tags of fixed size are followed before LLC, and behind it; and so inside tunnels. */
const TAGS = 4
const TAGS_BEHIND_LLC = 2
const TAGS_INSIDE = 2
const TAGS_INSIDE_BEHIND_LLC = 1

const VLAN_BYTES = 4
/** What tags of fixed size take up, the next type included. */
const TAG_BYTES: ReadonlyMap<number, number> = new Map([
  [s.VN_TAG, 6],
  [s.E_TAG, 8],
  [s.HSR, 6],
  [s.R_TAG, 6],
])

/** All ethertypes that lead to a layer, by layer; VLANs' apart. */
const types_of = new Map<number, number[]>()
const vlan_types: number[] = []
for (let type = 0; type < 65536; type++) {
  const layer = layerOf(type)
  if (isVlan(type)) vlan_types.push(type)
  if (layer !== s.DONE) types_of.set(layer, [...typesOf(layer), type])
}

function typesOf(layer: number): readonly number[] {
  return types_of.get(layer) ?? []
}

/** Fixed tags: ethertype and size. */
const FIXED_TAGS: readonly (readonly [number, number])[] = [
  ...vlan_types.map(type => [type, VLAN_BYTES] as const),
  ...[...TAG_BYTES].flatMap(([layer, size]) => typesOf(layer).map(type => [type, size] as const)),
]

export function ethernet(w: Writer, level: Level): void {
  w.asm.place(level.next(s.ETHERNET))
  w.room(14)
  w.word(8)
  w.store(f.MAC)
  w.store(f.WORD)
  w.half(12)
  w.store(f.KIND)
  w.advance(14)
  w.load(f.KIND)
}

/** Expects the type loaded. Ends in LLC, in a layer, or at `otherwise` with the type loaded. */
function types(w: Writer, level: Level, how: { steps: number; otherwise: Label }): void {
  const { asm } = w
  const sizes = [...new Set(FIXED_TAGS.map(([, size]) => size))]
  for (let i = 0; i < how.steps; i++) {
    w.equals(0x0800, level.next(s.IP4))
    w.equals(0x86dd, level.next(s.IP6))
    const bySize = new Map(sizes.map(size => [size, asm.label()]))
    for (const [type, size] of FIXED_TAGS) w.equals(type, bySize.get(size)!)
    asm.jump(how.otherwise)
    const sized = asm.label()
    for (const [size, label] of bySize) {
      asm.place(label)
      asm.op(c.LD_IMM, size)
      asm.jump(sized)
    }
    asm.place(sized)
    w.advanceLoaded()
    w.half(-2)
  }
}

/** What lies behind an ethertype, which is loaded: tags, LLC, then the layer it leads to. */
export function etherType(w: Writer, level: Level): void {
  const { asm } = w
  const rare = asm.label()
  asm.place(level.next(f.TYPE))
  types(w, level, { steps: level.many(TAGS, TAGS_INSIDE), otherwise: rare })
  asm.place(rare)
  rareTypes(w, level)
  asm.place(level.next(f.TYPE_BEHIND_LLC))
  const steps = level.many(TAGS_BEHIND_LLC, TAGS_INSIDE_BEHIND_LLC)
  types(w, level, { steps, otherwise: level.next(f.TYPE_LAST) })
  asm.place(level.next(f.TYPE_LAST))
  lastTypes(w, level)
}

/** Types that come once: tags of their own size, and the lengths of 802.3, which mean LLC. */
function rareTypes(w: Writer, level: Level): void {
  const { asm } = w
  const [meta, macsec, length] = [asm.label(), asm.label(), asm.label()]
  asm.when(c.JGE, 0x0600, { no: length })
  w.equals(0x8870, level.next(f.LLC))
  for (const type of typesOf(s.CISCO_META)) w.equals(type, meta)
  for (const type of typesOf(s.MACSEC)) w.equals(type, macsec)
  asm.jump(level.next(f.TYPE_LAST))
  ciscoMeta(w, level, meta)
  macSecurity(w, level, macsec)
  asm.place(length)
  asm.op(c.ADD_X)
  w.trim()
  asm.place(level.next(f.LLC))
  llc(w, level)
}

function ciscoMeta(w: Writer, level: Level, label: Label): void {
  w.asm.place(label)
  w.room(2)
  w.byte(1)
  w.asm.op(c.LSH, 2)
  w.asm.op(c.ADD, 4)
  w.advanceLoaded()
  w.half(-2)
  w.asm.jump(level.next(f.TYPE_BEHIND_LLC))
}

const ENCRYPTED = 0x0c
const CHANNEL = 0x20
const CHECK_BYTES = 16

function macSecurity(w: Writer, level: Level, label: Label): void {
  const { asm } = w
  const [long, both] = [asm.label(), asm.label()]
  asm.place(label)
  w.room(8 + CHECK_BYTES)
  w.byte(0)
  w.bits(ENCRYPTED, { yes: w.done })
  w.bits(CHANNEL, { yes: long })
  asm.op(c.LD_IMM, 8)
  asm.jump(both)
  asm.place(long)
  asm.op(c.LD_IMM, 16)
  asm.place(both)
  w.store(f.SPARE)
  w.load(f.END)
  asm.op(c.SUB, CHECK_BYTES)
  w.store(f.END)
  w.load(f.SPARE)
  w.advanceLoaded()
  w.half(-2)
  asm.jump(level.next(f.TYPE_BEHIND_LLC))
}

const SNAP = 0xaa
const IP_SAP = 0x06
const UNNUMBERED = 3

function llc(w: Writer, level: Level): void {
  const { asm } = w
  const [snap, ip, long] = [asm.label(), asm.label(), asm.label()]
  w.room(3)
  w.half(0)
  w.equals((SNAP << 8) | SNAP, snap)
  asm.when(c.JEQ, (IP_SAP << 8) | IP_SAP, { yes: ip, no: w.done })
  asm.place(ip)
  w.byte(2)
  asm.op(c.AND, UNNUMBERED)
  asm.when(c.JEQ, UNNUMBERED, { no: long })
  w.advance(3)
  asm.jump(level.next(s.IP4))
  asm.place(long)
  w.room(4)
  w.advance(4)
  asm.jump(level.next(s.IP4))
  asm.place(snap)
  w.byte(2)
  asm.op(c.AND, UNNUMBERED)
  w.only(UNNUMBERED)
  w.room(8)
  snapType(w, level)
}

/** A vendor of three bytes and a type, behind the three bytes of LLC. */
function snapType(w: Writer, level: Level): void {
  const { asm } = w
  const [typed, bridged] = [asm.label(), asm.label()]
  w.half(6)
  w.store(f.KIND)
  w.word(2)
  asm.op(c.AND, 0xffffff)
  w.equals(0, typed)
  w.equals(0xf8, typed)
  asm.when(c.JEQ, 0x80c2, { yes: bridged, no: w.done })
  asm.place(bridged)
  w.load(f.KIND)
  const whole = asm.label()
  w.equals(1, whole)
  w.only(7)
  asm.place(whole)
  w.advance(8)
  asm.jump(level.inside(s.ETHERNET))
  asm.place(typed)
  w.advance(8)
  w.load(f.KIND)
  w.atLeast(0x0600)
}

/** Types that lead to a layer or to another frame; ARP is by its sender. */
function lastTypes(w: Writer, level: Level): void {
  const { asm } = w
  const [arp, fabric, pbb] = [asm.label(), asm.label(), asm.label()]
  w.equals(0x0806, arp)
  w.equals(0x8035, arp)
  w.equals(0x6558, level.inside(s.ETHERNET))
  for (const layer of [s.MPLS, s.PPPOE, s.PPP, s.NSH]) {
    for (const type of typesOf(layer)) w.equals(type, level.next(layer))
  }
  for (const type of typesOf(s.FABRIC_PATH)) w.equals(type, fabric)
  for (const type of typesOf(s.PBB)) w.equals(type, pbb)
  asm.jump(w.done)
  for (const [label, size] of [[fabric, 2] as const, [pbb, 4] as const]) {
    asm.place(label)
    w.room(size)
    w.advance(size)
    asm.jump(level.inside(s.ETHERNET))
  }
  asm.place(arp)
  w.room(14)
  w.word(10)
  w.settle()
}
