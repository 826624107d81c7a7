/** The certificate a door shows: the one that settings name, or one of its own that is kept. */

import { createPrivateKey, X509Certificate } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { hostname, networkInterfaces } from 'node:os'
import { join } from 'node:path'
import type { Time } from '../model/device.js'
import type { HttpSettings } from '../settings/answering.js'
import { selfSigned } from './certificate.js'
import type { Certificate } from './doors.js'
import { isAddress } from './hosts.js'

/** A certificate of one's own is made anew this long before it ends. */
const RENEWED_MS = 30 * 86_400_000
const ADDRESSES_MAX = 16

/** `message` is the line to show. */
export class CertificateError extends Error {
  readonly status = 2

  constructor(what: string, where: string, mend: string) {
    super(`${what}: ${where}: ${mend}`)
    this.name = 'CertificateError'
  }
}

/** undefined where settings want none. */
export function certificateFor(
  http: HttpSettings,
  folder: string,
  now: Time,
): Certificate | undefined {
  const { certificate, certificate_key } = http
  if (certificate === 'none') return undefined
  if (certificate === 'self-signed') return ownCertificate(folder, namesFor(http), now)
  const files = { cert: readPem(certificate), key: readPem(certificate_key) }
  return checked(files, certificate, certificate_key)
}

/** Whether a name is one that a certificate is for. */
export function knowsBy({ cert }: Certificate): (name: string) => boolean {
  const certificate = new X509Certificate(cert)
  const own = hostname().toLowerCase()
  return name => name === own || certificate.checkHost(name) !== undefined
}

/** By which people compare what their browser shows. */
export const fingerprint = ({ cert }: Certificate): string =>
  new X509Certificate(cert).fingerprint256

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const what = code === 'ENOENT' ? 'no such file' : `cannot be read (${String(code)})`
    throw new CertificateError(what, path, 'let http.certificate and its key name PEM files')
  }
}

function checked(files: Certificate, path: string, keyPath: string): Certificate {
  let certificate: X509Certificate
  try {
    certificate = new X509Certificate(files.cert)
  } catch {
    throw new CertificateError('no certificate in PEM', path, 'begin it with BEGIN CERTIFICATE')
  }
  try {
    const key = createPrivateKey(files.key)
    if (certificate.checkPrivateKey(key)) return files
  } catch {
    throw new CertificateError('no private key in PEM', keyPath, 'take its passphrase away')
  }
  throw new CertificateError('not the key of the certificate', keyPath, `name the one of ${path}`)
}

/** The one that was made before, as long as it holds; else another one. */
function ownCertificate(folder: string, names: readonly string[], now: Time): Certificate {
  const [cert, key] = [join(folder, 'onlooker.crt'), join(folder, 'onlooker.key')]
  if (existsSync(cert) && existsSync(key)) {
    const kept = { cert: readPem(cert), key: readPem(key) }
    if (holds(kept, now)) return kept
  }
  const made = selfSigned(names, now)
  try {
    write(key, made.key, 0o600)
    write(cert, made.cert, 0o644)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new CertificateError(`cannot write (${String(code)})`, folder, 'let data.dir be writable')
  }
  return made
}

function holds(kept: Certificate, now: Time): boolean {
  try {
    const certificate = new X509Certificate(checked(kept, '', '').cert)
    const [from, to] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)]
    return now >= from && now < to - RENEWED_MS
  } catch {
    return false
  }
}

function write(path: string, text: string, mode: number): void {
  writeFileSync(`${path}.new`, text, { mode })
  renameSync(`${path}.new`, path)
}

/** What this machine is called, by itself and by others. */
function namesFor({ listen }: HttpSettings): string[] {
  const addresses =
    isAddress(listen.host) && !['::', '0.0.0.0'].includes(listen.host)
      ? [listen.host]
      : Object.values(networkInterfaces())
          .flatMap(all => all ?? [])
          .filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
          .map(({ address }) => address)
          .slice(0, ADDRESSES_MAX)
  const named = isAddress(listen.host) ? [] : [listen.host]
  return [...new Set([hostname(), 'localhost', '127.0.0.1', '::1', ...named, ...addresses])]
}
