/** `onlooker help`: what can be called, with examples. */

import { CallError } from './errors.js'
import { writeOut } from './stdout.js'

const GENERAL = `onlooker: hears a network, names its devices, says what is weak and who talks to whom

  onlooker read FILE...     analyse capture files
  onlooker explain-frame FILE N
                            one frame's way: layers, parsers, what was news
  onlooker demo             a generated office network, read
  onlooker version
  onlooker help [COMMAND]

Try:
  onlooker demo
  onlooker read office.pcap
`

const READ = `onlooker read FILE... [options]: analyses captures (pcap, pcapng, also .gz and .zst; - is stdin)

Several files are read as one, merged by time.

  --json           one JSON document on stdout (schema onlooker.inventory/1)
  --csv            one line per device
  --html FILE      a page for people, written to FILE
  --filter BPF     only frames that match, in the language of tcpdump; as on a live interface,
                   tagged frames match without saying vlan
  --workers N      threads that hear, 1 to 16 (default: by cores; one below 64 MB or 4 cores)
  --config FILE    settings (default: $ONLOOKER_CONFIG, /etc/onlooker/onlooker.yaml, built-in ones)
  --quiet          no progress on stderr

Examples:
  onlooker read office.pcap
  onlooker read monday.pcapng.gz tuesday.pcap --json > week.json
  tcpdump -w - -i eth1 | onlooker read - --csv
  onlooker read big.pcap --filter 'not port 443' --html report.html
`

const EXPLAIN = `onlooker explain-frame FILE N [--json]: one frame's way, N counted from 1

Hears the file up to that frame and says what each layer found, who parsed it, what was said of
whom, and whether that was news.

  --json           one JSON document on stdout (schema onlooker.frame/1)

Example:
  onlooker explain-frame office.pcap 12
`

const DEMO = `onlooker demo [options]: makes the traffic of a small office, writes it to a capture and reads it

  --seed N         another office (default 7)
  --keep FILE      keep the capture
  --json, --csv, --html FILE, --quiet, --workers N   as for read
`

const PAGES: Readonly<Record<string, string>> = {
  read: READ,
  'explain-frame': EXPLAIN,
  demo: DEMO,
  version: 'onlooker version\n',
}

export function help(command?: string): void {
  if (command !== undefined && !Object.hasOwn(PAGES, command)) {
    throw new CallError(`no such command: ${command}: see onlooker help`)
  }
  writeOut(command === undefined ? GENERAL : PAGES[command]!)
}
