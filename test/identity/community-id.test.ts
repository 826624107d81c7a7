/** Community IDs are those that other tools make. */

import t from 'tap'
import { communityId } from '../../src/identity/community-id.js'
import { ip } from '../../fixtures/build/bytes.js'

const MAIL = '2001:470:e5bf:dead:4957:2174:e82c:4887'

/** Connections and ids as the specification's own examples have them. */
const KNOWN = [
  ['1:LQU9qZlK+B5F3KDmev6m5PMibrg=', 6, '128.232.110.120', 34855, '66.35.250.204', 80],
  ['1:d/FP5EW3wiY1vCndhwleRRKHowQ=', 17, '192.168.1.52', 54585, '8.8.8.8', 53],
  ['1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=', 6, MAIL, 63943, '2607:f8b0:400c:c03::1a', 25],
] as const

function idOf(transport: number, ends: [string, number, string, number]): string | null {
  const [client, clientPort, server, serverPort] = ends
  const [from, to] = [ip(client), ip(server)]
  const tuple = { transport, length: from.length, client: from, server: to }
  return communityId({ ...tuple, clientPort, serverPort })
}

t.test('both directions have the id of the specification', t => {
  for (const [id, transport, client, clientPort, server, serverPort] of KNOWN) {
    t.equal(idOf(transport, [client, clientPort, server, serverPort]), id)
    t.equal(idOf(transport, [server, serverPort, client, clientPort]), id)
  }
  t.end()
})

t.test('of one address the smaller port comes first', t => {
  const there = idOf(17, ['10.0.0.1', 5000, '10.0.0.1', 53])
  t.equal(there, idOf(17, ['10.0.0.1', 53, '10.0.0.1', 5000]))
  t.not(there, null)
  t.end()
})

t.test('transports without ports are known by their addresses', t => {
  t.equal(idOf(47, ['10.0.0.1', 0, '10.0.0.2', 0]), idOf(47, ['10.0.0.2', 9, '10.0.0.1', 7]))
  t.end()
})

t.test('there is none without its ports, or of ICMP', t => {
  t.equal(idOf(6, ['10.0.0.1', 0, '10.0.0.2', 0]), null)
  t.equal(idOf(1, ['10.0.0.1', 0, '10.0.0.2', 0]), null)
  t.equal(idOf(58, ['fe80::1', 0, 'fe80::2', 0]), null)
  t.end()
})
