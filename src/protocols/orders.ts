/**
 * Orders: messages that change what a machine does (stop, start, write, download). No protocol of
 * its own, but the facts that all protocols of plants and buildings tell of them alike: what was
 * ordered and by whom, about the machine that gets the order; and about who gave it, that it does.
 */

import { fact, ip, text, type Fact, type Form, type News } from '../model/fact.js'
import { IP4, IP6, MAC, SENDER, type Notes, type Talk } from './protocol.js'

export interface Orders {
  /** About who is ordered: as a rule every order is told. */
  readonly command: Fact
  /** About who is ordered: the address of who orders. */
  readonly commander: Fact
  /** About who orders. */
  readonly commands: Fact
}

/** Where a connection's opening is read, again and again as it grows, an order is told once: a set. */
export const ordersOf = (protocol: string, address: Form = ip, news: News = 'event'): Orders => ({
  command: fact(`${protocol}.command`, text, news),
  commander: fact(`${protocol}.commander`, address, 'set'),
  commands: fact(`${protocol}.commands`, text, 'set'),
})

export const orderFacts = ({ command, commander, commands }: Orders): Fact[] => [
  command,
  commander,
  commands,
]

/** Makes the machine that gets this message the subject. */
export function aboutTarget(notes: Notes, talk: Talk): void {
  if (talk.network === 0) notes.about(MAC, talk.targetMac)
  else notes.about(talk.network === 4 ? IP4 : IP6, talk.targetIp)
}

/** Tells of an order to who gets this message; what follows is about the sender. */
export function tellOrder(notes: Notes, talk: Talk, orders: Orders, word: string): void {
  if (!talk.toGroup) {
    aboutTarget(notes, talk)
    noteOrder(notes, talk, orders, word)
  }
  notes.about(SENDER)
  notes.say(orders.commands, word)
}

/** Notes an order about whoever is the subject already. */
export function noteOrder(notes: Notes, talk: Talk, orders: Orders, word: string): void {
  notes.say(orders.command, word)
  if (talk.network === 0) notes.add(orders.commander, talk.sourceMac, 6)
  else notes.add(orders.commander, talk.sourceIp, talk.network === 4 ? 4 : 16)
}
