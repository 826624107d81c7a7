/** `onlooker help`: what can be called, with examples. */

import { CallError } from './errors.js'
import { ASKING } from './help-asking.js'
import { writeOut } from './stdout.js'

const GENERAL = `onlooker: hears a network, names its devices, says what is weak and who talks to whom

  onlooker run              the sensor: hear this machine's interfaces until it is stopped
  onlooker check            will this machine and this configuration do? with the mend
  onlooker read FILE...     analyse capture files
  onlooker explain-frame FILE N
                            one frame's way: layers, parsers, what was news
  onlooker demo             a generated office network, read
  onlooker devices          what a running sensor knows: list, show, edit, merge, forget
  onlooker rules            why a device is taken for what it is: explain, check, suggest, test
  onlooker recommendations  what should be mended, and why: list, show, ticket, accept
  onlooker conversations    who talks to whom, as a running sensor knows it
  onlooker learning         until when each segment is learned
  onlooker endpoints        devices that another agent manages: import a list, see them
  onlooker user             accounts and tokens
  onlooker backup FILE      a copy of all that a sensor keeps; onlooker restore FILE puts it back
  onlooker version
  onlooker help [COMMAND]

Try:
  onlooker check
  onlooker run --interface eth1
  onlooker demo
  onlooker read office.pcap
`

const RUN = `onlooker run [options]: hears interfaces, and answers health and metrics over HTTP

It only listens. Packet sockets are opened by a launcher that gives every privilege up before
anything is heard; root, systemd's CAP_NET_RAW, or setcap on the launcher will do. Without
--interface it hears the interface that carries frames addressed to others, else the busiest.

  -i, --interface IF   hear this one; may be given several times
  --config FILE        settings (default: $ONLOOKER_CONFIG, /etc/onlooker/onlooker.yaml, built-in ones)
  --workers N          threads that hear, 1 to 16 (default: by the speed of the link and the cores)
  --filter BPF         only frames that match, in the language of tcpdump
  --log-level LEVEL    trace, debug, info, warn, error, fatal or silent (default: info)

What is said here wins over the settings. SIGHUP reads the settings again; SIGTERM and ^C tell what
was heard and end it.

Examples:
  sudo onlooker run
  sudo onlooker run --interface eth1 --interface eth2 --workers 2
  sudo onlooker run --config site.yaml --filter 'not port 9000' --log-level debug
  curl -s http://127.0.0.1:8470/api/v1/health
`

const CHECK = `onlooker check [--config FILE]: whether this machine and this configuration will do, line by line

Looks at Node, the native addon, the launcher and its privilege, the configuration, the interfaces,
merged frames, open files, memory and the port, and says how to mend what is wrong. The exit status
is 0 if the sensor can run, else 1.

Examples:
  onlooker check
  sudo onlooker check --config site.yaml
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
  --live           replay it into the sensor as it would happen, with health and metrics
  --config FILE, --log-level LEVEL                   with --live, as for run
  --json, --csv, --html FILE, --quiet, --workers N   as for read

Examples:
  onlooker demo
  onlooker demo --json | jq '.devices | length'
  onlooker demo --live
`

const PAGES: Readonly<Record<string, string>> = {
  run: RUN,
  check: CHECK,
  read: READ,
  'explain-frame': EXPLAIN,
  demo: DEMO,
  ...ASKING,
  version: 'onlooker version\n',
}

export function help(command?: string): void {
  if (command !== undefined && !Object.hasOwn(PAGES, command)) {
    throw new CallError(`no such command: ${command}: see onlooker help`)
  }
  writeOut(command === undefined ? GENERAL : PAGES[command]!)
}
