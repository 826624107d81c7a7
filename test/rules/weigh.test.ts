/** How claims are weighed against each other. */

import t from 'tap'
import type { Claim, Property } from '../../src/model/judge.js'
import { weigh, weighKinds } from '../../src/rules/weigh.js'

const claim = (
  value: string,
  confidence: number,
  fact = 'a.b',
  property: Property = 'vendor',
): Claim => ({
  ...{ property, value, rule: 'r', confidence },
  ...{ evidence: -1, fact, said: '' },
})
const same = (value: string): string => value.toLowerCase()

t.test('one witness is believed as far as its rule goes', t => {
  t.match(weigh([claim('HP', 0.9)], same), { value: 'HP', confidence: 0.9 })
  t.match(weigh([claim('HP', 0.9), claim('hp', 0.7)], same), { value: 'HP', confidence: 0.9 })
  t.equal(weigh([claim('HP', 0.4)], same), undefined, 'a guess is not shown')
  t.end()
})

t.test('witnesses strengthen each other, rivals weaken each other', t => {
  const two = weigh([claim('HP', 0.8, 'dhcp.x'), claim('HP', 0.8, 'snmp.x')], same)!
  t.ok(two.confidence > 0.9, `${two.confidence}`)
  const torn = weigh([claim('HP', 0.8, 'dhcp.x'), claim('Dell', 0.8, 'snmp.x')], same)
  t.equal(torn, undefined, 'of two that are equally sure neither')
  const won = weigh([claim('HP', 0.95, 'dhcp.x'), claim('Dell', 0.6, 'snmp.x')], same)!
  t.equal(won.value, 'HP')
  t.ok(won.confidence < 0.95)
  t.end()
})

t.test('a verdict gives way only to one that is clearly better', t => {
  const claims = [claim('HP', 0.8, 'dhcp.x'), claim('Dell', 0.82, 'snmp.x')]
  const before = { value: 'HP', confidence: 0.8 }
  t.equal(weigh([claim('HP', 0.8), claim('Dell', 0.6, 'snmp.x')], same, before)!.value, 'HP')
  t.equal(weigh(claims, same, before)?.value ?? 'HP', 'HP')
  t.equal(weigh([claim('HP', 0.6), claim('Dell', 0.95, 'snmp.x')], same, before)!.value, 'Dell')
  t.end()
})

t.test('a kind that says only the category speaks for all kinds of it', t => {
  const kind = (value: string, confidence: number, fact?: string): Claim =>
    claim(value, confidence, fact, 'kind')
  const both = weighKinds([kind('iot-device', 0.9, 'mac.x'), kind('camera', 0.8, 'rtsp.x')])!
  t.match(both, { value: 'camera' })
  t.ok(both.confidence >= 0.8)
  t.equal(
    weighKinds([kind('camera', 0.3), kind('printer', 0.3, 'b.c'), kind('iot-device', 0.6, 'd.e')])!
      .value,
    'iot-device',
  )
  t.end()
})

t.test('what a machine does is told, and what carries it where that is unsure', t => {
  const kind = (value: string, confidence: number, fact?: string): Claim =>
    claim(value, confidence, fact, 'kind')
  const virtual = kind('virtual-machine', 0.95, 'mac.x')
  t.match(weighKinds([virtual, kind('nas', 0.8, 'smb.x')]), { value: 'nas', confidence: 0.8 })
  t.match(weighKinds([virtual, kind('nas', 0.55, 'smb.x')]), { value: 'virtual-machine' })
  const torn = [kind('rtu', 0.7, 'iec104.x'), kind('scada-server', 0.7, 'iec104.x')]
  t.match(weighKinds([...torn, kind('computer', 0.8, 'browse.x')]), { value: 'computer' })
  const camera = weighKinds([virtual, kind('camera', 0.8, 'rtsp.x')])!
  t.equal(camera.value, 'virtual-machine', 'a camera is no work of a virtual machine')
  t.end()
})
