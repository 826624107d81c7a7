/** Settings of where the sensor answers, and to whom. */

import { choice, Refused, text, type One } from './forms.js'
import { isLoopback, readListen, type Listen } from './listen.js'
import type { Conflict, Keys, Settings } from './schema.js'

export interface HttpSettings {
  readonly listen: Listen
  /** `none` is plain HTTP; else the path of a certificate in PEM, with those that signed it. */
  readonly certificate: string
  /** '' is none. */
  readonly certificate_key: string
  /** Where the command line asks; `auto` is in the sensor's own folder. */
  readonly socket: string
  /** '' is the sensor's own group. */
  readonly socket_group: string
}

export interface MetricsSettings {
  /** Besides http.listen: metrics and health alone. */
  readonly listen: Listen | 'off'
  readonly open: 'auto' | 'always' | 'never'
}

const listen: One<Listen> = {
  kind: 'one',
  read(written) {
    const known = readListen(written === null ? '' : String(written))
    return typeof known === 'string' ? new Refused(known) : known
  },
  json: { type: 'string', pattern: '^(/.*[^/]|.*:\\d{1,5})$' },
}

const listenOrOff: One<Listen | 'off'> = {
  kind: 'one',
  read: written => (written === 'off' ? 'off' : listen.read(written)),
  json: { anyOf: [{ const: 'off' }, listen.json] },
}

export const httpKeys: Keys<HttpSettings> = {
  listen: {
    doc: [
      "Where health, metrics and the API answer: 127.0.0.1:8470, '[::1]:8470', :8470 for all",
      'addresses, or the path of a Unix socket for a proxy. Where others reach it, it needs TLS.',
    ],
    form: listen,
    initial: readListen('127.0.0.1:8470') as Listen,
  },
  certificate: {
    doc: [
      'none is plain HTTP; self-signed makes a certificate and keeps it in data.dir; or the path of',
      'one in PEM, followed by those that signed it.',
    ],
    form: text(/^(none|self-signed|\/[^\p{Cc}]{0,4000})$/u, 'write a path, self-signed or none'),
    initial: 'none',
  },
  certificate_key: {
    doc: ["The path of the certificate's private key in PEM, without a passphrase."],
    form: text(/^(\/[^\p{Cc}]{0,4000})?$/u, 'write a path from the root'),
    initial: '',
  },
  socket: {
    doc: [
      'The Unix socket on which onlooker devices and its like ask: whoever may write to it is an',
      'administrator. auto is onlooker.sock in data.dir; off is none.',
    ],
    form: text(
      /^(auto|off|\/[^\p{Cc}]{0,100}[^\p{Cc}/])$/u,
      'write a path from the root, auto or off',
    ),
    initial: 'auto',
  },
  socket_group: {
    doc: ["The group whose members may use that socket; without one it is the sensor's own group."],
    form: text(/^([a-z_][a-z0-9_.-]{0,31}|\d{1,10})?$/, 'write the name of a group'),
    initial: '',
  },
}

export const metricsKeys: Keys<MetricsSettings> = {
  listen: {
    doc: [
      'Another place for /metrics, /healthz and /readyz alone, so that Prometheus elsewhere can ask',
      'without an account, for example :9470; off is none.',
    ],
    form: listenOrOff,
    initial: 'off',
  },
  open: {
    doc: [
      'Whether http.listen tells metrics to those without an account: always, never, or auto, which',
      'is only where nobody but this machine can ask.',
    ],
    form: choice('auto', 'always', 'never'),
    initial: 'auto',
  },
}

/** What others can reach is encrypted. */
export function httpConflict({ http }: Settings): Conflict | undefined {
  const { listen, certificate, certificate_key } = http
  const isFile = certificate.startsWith('/')
  if (isFile !== (certificate_key !== '')) {
    const mend = 'a certificate and its key come together: name both files, or neither'
    return { section: 'http', key: isFile ? 'certificate' : 'certificate_key', mend }
  }
  if (listen.path !== '' || certificate !== 'none' || isLoopback(listen.host)) return undefined
  const mend =
    'others reach it there, so it needs TLS: add certificate: self-signed, or the path of your own'
  return { section: 'http', key: 'listen', mend }
}
