/** Fingerprints of TCP in p0f's form fit the handshakes they describe. */

import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { readP0f } from '../../../src/rules/readers/p0f.js'
import { readPublished } from '../../../src/rules/readers/published.js'

const TEXT = `
; made up
classes = win,unix,other
[mtu]
label = Ethernet
sig = 1500

[tcp:request]
label = s:unix:Minix:3.x
sig   = *:64:0:*:mss*10,7:mss,sok,ts,nop,ws:df,id+:0
sig   = 4:64:0:1380:8192,*:mss:id-:0

label = g:unix:Minix:any
sig   = *:64:0:*:*,*:mss,sok,ts,nop,ws:df,id+:0

label = s:win:Doors:95
sig   = *:128:0:*:%8192,0:mss,nop,nop,sok:df,id+:0
sig   = *:128:0:*:mtu*4,0:mss::0

label = s:!:Scanner:1
sig   = *:255:0:*:1024,0:mss::0

label = s:unix:Linux:(Android)
sig   = *:64:0:*:mss*44,3:mss,sok,ts,nop,ws:df,id+,ecn:0

[tcp:response]
label = s:other:Box:
sig   = *:255:0:*:4096,0:mss,eol+3:df:0

[http:request]
label = s:!:Browser:1
sys   = Windows
sig   = *:Host:x:y
`

const [request, response] = readP0f(TEXT, 'p0f.fp')
const system = (value: string): string | undefined => request!.find(value)?.claim.os

t.test('each section is compared with the handshakes of its kind', t => {
  t.match(request, { facts: ['tcp.syn'], size: 7 })
  t.match(response, { facts: ['tcp.syn_ack'], size: 1 })
  t.equal(response!.find('4:255:mss1460:4096,-:mss,eol+3:df')?.claim.os, 'Box')
  t.end()
})

t.test('a handshake is known by all that its signature says', t => {
  const own = '4:64:mss1460:mss*10,7:mss,sok,ts,nop,ws:df,id+'
  t.equal(system(own), 'Minix')
  t.equal(request!.find(own)?.confidence, 0.6)
  t.equal(request!.find(own.replace('*10,7', '*12,9'))?.confidence, 0.5, 'less is generic')
  t.equal(system(own.replace(':64:', ':128:')), undefined)
  t.equal(system(own.replace('df,id+', 'df')), undefined)
  t.equal(system('4:64:mss1380:8192,2:mss:id-'), 'Minix', 'any scale')
  t.equal(system('4:64:mss1381:8192,2:mss:id-'), undefined, 'the segment is told')
  t.equal(system('6:64:mss1380:8192,2:mss:id-'), undefined, 'the version is told')
  t.end()
})

t.test('windows are told in several ways', t => {
  t.equal(system('4:128:mss1460:16384,-:mss,nop,nop,sok:df,id+'), 'Doors')
  t.equal(system('4:128:mss1460:16385,-:mss,nop,nop,sok:df,id+'), undefined)
  t.equal(system('4:128:mss1460:6000,-:mss:-'), 'Doors', 'four packets of 1500')
  t.equal(system('6:128:mss1440:6000,-:mss:-'), 'Doors')
  t.end()
})

t.test('marks that one version of IP cannot say count for the other alone', t => {
  t.equal(system('6:64:mss1440:mss*10,7:mss,sok,ts,nop,ws:-'), 'Minix')
  t.equal(system('6:64:mss1440:mss*10,7:mss,sok,ts,nop,ws:ecn'), undefined)
  t.equal(system('4:64:mss1460:mss*44,3:mss,sok,ts,nop,ws:df,id+,ecn'), 'Android')
  t.end()
})

t.test('programs are no systems', t => {
  t.equal(request!.find('4:255:mss1460:1024,-:mss:-'), undefined)
  t.end()
})

t.test('what is no list is refused with its line', t => {
  const message = (text: string): string => {
    try {
      readP0f(text, 'a.fp')
      return ''
    } catch (error) {
      return (error as Error).message
    }
  }
  t.match(message('[tcp:request]\nsig = *:64:0:*:*,*:mss::0'), /^a\.fp:2: a signature before any/)
  t.match(message('[tcp:request]\nlabel = x:y'), /^a\.fp:2: a label begins/)
  t.match(message('[tcp:request]\nlabel = s:unix:A:1\nsig = 1:2'), /^a\.fp:3: no signature/)
  t.match(message('hello'), /^a\.fp:1: neither/)
  t.end()
})

const INSTALLED = '/etc/p0f/p0f.fp'
const skip = existsSync(INSTALLED) ? false : `no ${INSTALLED}: apt-get install p0f`

t.test("the system's own list is read, where there is one", { skip }, t => {
  const [asked, answered] = readP0f(readFileSync(INSTALLED, 'utf8'), INSTALLED)
  t.ok(asked!.size > 50)
  t.ok(answered!.size > 20)
  t.equal(asked!.find('4:64:mss1460:mss*20,7:mss,sok,ts,nop,ws:df,id+')?.claim.os, 'Linux')
  t.equal(asked!.find('4:128:mss1460:8192,8:mss,nop,ws,nop,nop,sok:df,id+')?.claim.os, 'Windows')
  t.equal(answered!.find('4:64:mss1460:mss*10,7:mss,sok,ts,nop,ws:df')?.claim.os, 'Linux')
  const { fingerprints, rules } = readPublished(['/etc/p0f'], new Set(['tcp.syn', 'tcp.syn_ack']))
  t.equal(fingerprints.length, 2, 'a folder may be named as it is')
  t.strictSame(rules, [])
  t.end()
})
