/** Certificates: the sensor's own, and those it is given. */

import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { DAYS, selfSigned } from '../../src/api/certificate.js'
import { CertificateError, certificateFor, knowsBy } from '../../src/api/tls.js'
import { defaults } from '../../src/settings/schema.js'

const NOW = Date.parse('2026-11-21T10:00:00.000Z')
const DAY_MS = 86_400_000
const { http } = defaults()

t.test('a certificate of its own is one that others can read', t => {
  const names = ['gate.example.org', 'localhost', '127.0.0.1', '::1', '2001:db8::10', '192.0.2.255']
  const { cert } = selfSigned(names, NOW)
  const read = new X509Certificate(cert)
  t.ok(read.verify(read.publicKey), 'it is signed by its own key')
  t.equal(read.subject, 'CN=gate.example.org')
  t.equal(read.issuer, read.subject)
  t.equal(read.ca, false)
  t.equal(Date.parse(read.validTo) - Date.parse(read.validFrom), DAYS * DAY_MS)
  t.match(read.keyUsage, ['1.3.6.1.5.5.7.3.1'])
  t.equal(read.checkHost('localhost'), 'localhost')
  t.equal(read.checkHost('evil.example'), undefined)
  for (const address of ['127.0.0.1', '::1', '2001:db8::10', '192.0.2.255']) {
    t.ok(read.checkIP(address), address)
  }
  t.notOk(read.checkIP('192.0.2.1'))
  t.end()
})

t.test('two are never the same, whatever names they are for', t => {
  const serials = new Set<string>()
  for (let i = 0; i < 50; i++) {
    const names = Array.from({ length: i }, (_, j) => `${'a'.repeat(60)}${String(j)}.example`)
    const { cert } = selfSigned(['x'.repeat(i * 4 + 1), 'né.example', ...names], NOW)
    const read = new X509Certificate(cert)
    serials.add(read.serialNumber)
    t.ok(read.verify(read.publicKey) && read.serialNumber.length === 32)
  }
  t.equal(serials.size, 50)
  t.end()
})

t.test('it is kept until it nears its end', t => {
  const folder = mkdtempSync(join(tmpdir(), 'onl-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const own = { ...http, certificate: 'self-signed' }
  const first = certificateFor(own, folder, NOW)!
  t.strictSame(certificateFor(own, folder, NOW + 300 * DAY_MS), first)
  t.not(certificateFor(own, folder, NOW + 380 * DAY_MS)!.cert, first.cert)
  writeFileSync(join(folder, 'onlooker.key'), 'damaged')
  t.ok(certificateFor(own, folder, NOW), 'what is damaged is made anew')
  t.ok(knowsBy(first)('localhost'))
  t.notOk(knowsBy(first)('evil.example'))
  t.equal(certificateFor(http, folder, NOW), undefined)
  t.end()
})

t.test('a given one is looked at before anything listens', t => {
  const folder = mkdtempSync(join(tmpdir(), 'onl-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const path = (name: string): string => join(folder, name)
  const [one, other] = [selfSigned(['a'], NOW), selfSigned(['b'], NOW)]
  writeFileSync(path('a.crt'), one.cert)
  writeFileSync(path('a.key'), one.key)
  writeFileSync(path('b.key'), other.key)
  const given = (cert: string, key: string) => ({
    ...http,
    certificate: path(cert),
    certificate_key: path(key),
  })
  t.match(certificateFor(given('a.crt', 'a.key'), folder, NOW), one)
  const cases: readonly [cert: string, key: string, message: RegExp][] = [
    ['none.crt', 'a.key', /^no such file: .*none\.crt: let http\.certificate/],
    ['a.key', 'a.key', /^no certificate in PEM: /],
    ['a.crt', 'a.crt', /^no private key in PEM: /],
    ['a.crt', 'b.key', /^not the key of the certificate: .*b\.key: name the one of /],
  ]
  for (const [cert, key, message] of cases) {
    t.throws(() => certificateFor(given(cert, key), folder, NOW), { message, status: 2 })
    t.throws(() => certificateFor(given(cert, key), folder, NOW), CertificateError)
  }
  t.notMatch(readFileSync(path('a.crt'), 'utf8'), /PRIVATE/)
  t.end()
})
