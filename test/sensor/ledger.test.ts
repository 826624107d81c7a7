/** Where frames went, and what the system counts of an interface. */

import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { ledgerLine, ledgerSum, type LedgerCounts } from '../../src/sensor/ledger.js'
import { readBacklogDrops, readLink } from '../../src/sensor/links.js'

const counts = (changed: Partial<LedgerCounts> = {}): LedgerCounts => ({
  interface: 'eth1',
  received: 1_000_000,
  dropped: 100,
  walked: 999_900,
  decoded: 990_000,
  undecoded: 9000,
  duplicate: 800,
  shed: 90,
  early: 10,
  interface_received: 1_000_500,
  ...changed,
})

t.test('every frame is somewhere', t => {
  const line = ledgerLine(counts())
  t.match(line, { waiting: 0, unexplained: 0, exact: true, filtered_or_merged: 500 })
  t.equal(
    line.words,
    '1,000,000 received; 100 dropped by the ring; 999,900 read (990,000 decoded, 9,000 not ' +
      'decoded, 800 duplicate, 90 heard by their first bytes, 10 before all workers listened); ' +
      "500 filtered or merged, by the interface's own count",
  )
  const empty = { received: 0, dropped: 0, walked: 0, decoded: 0, undecoded: 0, duplicate: 0 }
  const quiet = ledgerLine(counts({ ...empty, shed: 0, early: 0, interface_received: null }))
  t.match(quiet, { exact: true, filtered_or_merged: null })
  t.equal(quiet.words, '0 received; 0 dropped by the ring; 0 read')
  t.end()
})

t.test('what waits in the ring is no loss, what is in no class is our mistake', t => {
  const waiting = ledgerLine(counts({ received: 1_000_050 }))
  t.match(waiting, { waiting: 50, exact: true, words: /; 50 waiting; / })
  const lost = ledgerLine(counts({ decoded: 989_998 }))
  t.match(lost, { unexplained: 2, exact: false, words: /2 unexplained/ })
  t.match(ledgerLine(counts({ walked: 1_000_000, decoded: 990_100 })), { exact: false })
  t.match(
    ledgerLine(counts({ interface_received: 999_000 })).words,
    /1,000 more than the interface/,
  )
  t.end()
})

t.test('several interfaces add up', t => {
  const sum = ledgerSum('all', [counts(), counts({ interface: 'eth2' })])
  t.match(ledgerLine(sum), { interface: 'all', received: 2_000_000, exact: true })
  t.equal(
    ledgerSum('all', [counts(), counts({ interface_received: null })]).interface_received,
    null,
  )
  t.end()
})

/** Files as the system has them, below a folder of the test's own. */
function systemOf(t: Test, files: Readonly<Record<string, string>>): string {
  const root = t.testdir({})
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), `${text}\n`)
  }
  return root
}

const linkFiles = (changed: Readonly<Record<string, string>> = {}): Record<string, string> => {
  const files: Record<string, string> = {
    flags: '0x1003',
    carrier: '1',
    mtu: '1500',
    speed: '10000',
    'statistics/rx_packets': '123456789012',
    'statistics/rx_bytes': '99',
    'statistics/tx_packets': '3',
    'statistics/rx_missed_errors': '40',
    'statistics/rx_fifo_errors': '42',
    'statistics/rx_over_errors': '0',
    'statistics/rx_dropped': '7',
    ...changed,
  }
  return Object.fromEntries(
    Object.entries(files).map(([name, text]) => [`sys/class/net/eth1/${name}`, text]),
  )
}

t.test('what the system counts is read', t => {
  t.strictSame(readLink('eth1', systemOf(t, linkFiles())), {
    up: true,
    running: true,
    mtu: 1500,
    speed_mbit: 10_000,
    received: 123_456_789_012,
    received_bytes: 99,
    transmitted: 3,
    missed: 42,
    dropped: 7,
  })
  const down = systemOf(t, linkFiles({ flags: '0x1002', carrier: '', speed: '-1' }))
  t.match(readLink('eth1', down), { up: false, running: false, speed_mbit: null })
  t.equal(readLink('eth2', down), undefined, 'what is not there is not')
  for (const name of ['', '..', '.', 'a/b', '../eth1', 'x'.repeat(16)]) {
    t.equal(readLink(name, down), undefined, `${name} is no name`)
  }
  t.end()
})

t.test('the backlog of all processors is one number', t => {
  const row = (dropped: string): string => `0000272d ${dropped} 00000001 00000000`
  const root = systemOf(t, { 'proc/net/softnet_stat': `${row('0000000a')}\n${row('00000100')}` })
  t.equal(readBacklogDrops(root), 266)
  t.equal(readBacklogDrops(join(root, 'none')), null)
  const here = readLink('lo')
  if (here !== undefined) t.match(here, { mtu: Number, received: Number }, 'here as well')
  t.end()
})
