/**
 * Generates the program by which the kernel chooses who hears a frame: classic BPF that computes
 * what `shardOf` computes, modulo the number of workers.
 *
 * It is written layer by layer, as the layers themselves are, once for each depth of encapsulation:
 * such a program has no loops. What it can't follow (source routes, L2TP, frames nested deeper, long
 * chains of tags or extension headers) goes to the worker of the outer addresses.
 */

import * as c from './cbpf.js'
import { mpls, nsh, ppp, pppoe } from './fanout-carriers.js'
import { etherIp, gre } from './fanout-gre.js'
import { etherType, ethernet } from './fanout-link.js'
import { ip, ip4, ip6, transport, udp } from './fanout-network.js'
import { followed, tunnels } from './fanout-tunnels.js'
import { wifi } from './fanout-wifi.js'
import * as f from './fanout-writer.js'
import { Level, Writer } from './fanout-writer.js'
import * as s from './steps.js'

/** How many encapsulations are followed, one inside the other. */
export const FANOUT_DEPTH = 3

/** Loads at these offsets are of what the kernel knows, or of the link header (linux/filter.h). */
const PROTOCOL = -0x1000
const PACKET_TYPE = -0x1000 + 4
const LINK = -0x200000
const OUTGOING = 4

const ETHERNET_BYTES = 14
const TYPE_MIN = 0x0600

/** As in `shard.ts`: the top four bits of a product. */
const GOLDEN = 0x9e3779b1
const SHARD_SHIFT = 28

/**
 * The kernel runs it over a frame whose link header it has set aside, with the outer VLAN tag; in
 * `bytes` it runs over a whole frame as it was captured, which is for tests.
 */
export function fanoutProgram(workers: number, over: 'kernel' | 'bytes' = 'kernel'): Uint32Array {
  const w = new Writer()
  const levels: Level[] = []
  for (let depth = FANOUT_DEPTH; depth >= 0; depth--) {
    levels.unshift(new Level(w, depth, levels[0]))
  }
  w.clear()
  w.asm.op(c.LD_LEN)
  w.store(f.END)
  w.asm.op(c.LDX_IMM, 0)
  if (over === 'kernel') behindLink(w, levels[0]!)
  else w.asm.jump(levels[0]!.next(s.ETHERNET))
  for (const level of levels) everyLayer(w, level)
  w.asm.place(w.done)
  shard(w, workers)
  return w.asm.program()
}

/** What is sent still has its link header; what is received lies behind it. */
function behindLink(w: Writer, level: Level): void {
  const { asm } = w
  const [incoming, length] = [asm.label(), asm.label()]
  asm.op(c.LD_B_ABS, PACKET_TYPE)
  asm.when(c.JEQ, OUTGOING, { no: incoming })
  asm.op(c.LDX_IMM, ETHERNET_BYTES)
  asm.place(incoming)
  asm.op(c.LD_W_ABS, LINK + 8)
  w.store(f.MAC)
  w.store(f.WORD)
  asm.op(c.LD_H_ABS, PROTOCOL)
  asm.when(c.JGE, TYPE_MIN, { yes: level.next(f.TYPE), no: length })
  // For 802.3 the kernel's own type is a small number, and the length stands in the header.
  asm.place(length)
  asm.op(c.LD_H_ABS, LINK + 12)
  asm.jump(level.next(f.TYPE))
}

/** Each leads only to those that stand behind it. */
function everyLayer(w: Writer, level: Level): void {
  const outermost = level.depth === 0
  if (!outermost) {
    gre(w, level)
    etherIp(w, level)
    wifi(w, level)
  }
  ethernet(w, level)
  etherType(w, level)
  nsh(w, level)
  pppoe(w, level)
  ppp(w, level)
  mpls(w, level)
  ip(w, level)
  ip4(w, level)
  ip6(w, level)
  if (level.deepest) return
  transport(w, level)
  udp(w, level, followed(level))
  tunnels(w, level)
}

function shard(w: Writer, workers: number): void {
  const { asm } = w
  w.load(f.WORD)
  asm.op(c.MUL, GOLDEN)
  asm.op(c.RSH, SHARD_SHIFT)
  asm.op(c.MOD, workers)
  asm.op(c.RET_A)
}
