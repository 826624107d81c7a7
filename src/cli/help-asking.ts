/** Help for the commands that ask a running sensor. */

const WHOM = `  --socket PATH    the sensor's socket (default: http.socket of the settings)
  --config FILE    settings that tell where it is
`

const DEVICES = `onlooker devices [options]: what a running sensor knows, the last heard first
onlooker devices show DEVICE [--json]
onlooker devices edit DEVICE --name N --kind K --vendor V --model M --os S --authorized yes|no --importance low|normal|high
                      --tags A,B --location L --notes T --owner O --business-function F
onlooker devices set DEVICE kind=printer vendor=HP model=...   (the same, shorter)
onlooker devices merge INTO FROM
onlooker devices split DEVICE ADDRESS
onlooker devices pin DEVICE
onlooker devices forget DEVICE --yes

A DEVICE is an id, a name, an IP or a MAC address. What a person says outranks what rules
conclude. An empty value takes back what was said.

  --q WORDS        in names, addresses, vendor and model
  --category C, --kind K, --vendor V, --status active|inactive, --tag T, --ip A, --mac M, --vlan N
                   and so on: every field is a filter; several times is any of them
  --new            only new ones; likewise --routed and --randomized-mac
  --last-seen-from TIME, --risk-from N, ...-to
  --sort FIELD     -FIELD is the highest first, written --sort=-packets
  --limit N        how many (default 1000; with --json and --csv all)
  --json, --csv    one JSON document, or CSV
${WHOM}
Examples:
  onlooker devices --category iot --sort=-risk
  onlooker devices --q hikvision --csv > cameras.csv
  onlooker devices show 192.168.1.20
  onlooker devices set 192.168.1.20 kind=camera vendor=Axis
  onlooker devices edit 192.168.1.20 --name 'Front door' --tags lobby,camera --authorized yes
`

const CONVERSATIONS = `onlooker conversations [DEVICE] [options]: who talks to whom, the last heard first

  --scope S, --protocol P, --port N, --from DEVICE-ID, --to DEVICE-ID-OR-ADDRESS, --name N
                   and so on: every field is a filter
  --sort FIELD, --limit N, --json, --csv   as for devices

A conversation may be many connections. Its Community ID (v1, seed 0) is that of the one heard last;
there is none for ICMP, or where many ends are added up. How long answers take is measured where
both directions are heard: from SYN to the ACK that ends the handshake, and from a question to its
answer of DNS and DHCP: round_trip_smallest_us and round_trip_last_us, in microseconds.
${WHOM}
Examples:
  onlooker conversations --scope iot-to-internet --sort=-bytes-out
  onlooker conversations 192.168.1.20 --json
`

const RECOMMENDATIONS = `onlooker recommendations [options]: what should be mended on which device, the gravest first
onlooker recommendations show ID [--json]: one of them: who is healthy, who is not; walls
onlooker recommendations ticket ID: a ticket for all its devices, of whatever kinds
onlooker recommendations accept ID [--device D]... --reason WHY [--until 2027-01-31]
onlooker recommendations unaccept ID --device D...

  --status unhealthy|resolved|accepted, --severity S, --recommendation R, --device DEVICE-ID
                   and so on: every field is a filter
  --sort FIELD, --limit N, --json, --csv   as for devices
${WHOM}
Examples:
  onlooker recommendations --status unhealthy
  onlooker recommendations ticket disable-telnet
  onlooker recommendations accept disable-telnet --device 10.0.0.9 --reason 'replaced in May'
`

const LEARNING = `onlooker learning [--json]: until when each segment is learned; what comes later is new
onlooker learning end SEGMENT: ends it now

${WHOM}`

const ENDPOINTS = `onlooker endpoints [--json]: devices that another agent manages, each with the device it is
onlooker endpoints import FILE [--source NAME]: brings a list, in place of the one of this name

CSV whose first line names its columns (hosts, macs, serial, agent, seen), or a JSON list of such.

${WHOM}`

const USER = `onlooker user add NAME --role reader|analyst|admin
onlooker user passwd NAME
onlooker user list [--json]
onlooker user remove NAME
onlooker user token [USER --permission P]... [--days N] [--name WHAT-FOR]
onlooker user token --remove ID

A password is asked for twice, or is the first line of standard input. A token is shown once.

${WHOM}
Examples:
  onlooker user add ann --role admin
  onlooker user token ann --permission read --days 30 --name grafana
`

const BACKUP = `onlooker backup FILE [--force]: a copy of all that a sensor keeps, while it runs or not

Devices, facts, history, what people said, accounts with their hashed passwords and tokens, and the
log of what people did are in it; who is logged in, the key under which secrets are hashed
(secret.key) and certificates are not. Keep it like a password file. It is looked at before it is
called done, and a file that is there is written over only with --force.

${WHOM}
Examples:
  onlooker backup /backup/onlooker-$(date +%F).db
  sudo onlooker backup gate.db --config site.yaml
`

const RESTORE = `onlooker restore FILE: puts a backup in the place of what a sensor keeps

It is looked at first; what is damaged, of somebody else or of a newer Onlooker is refused. What
was there before is set aside in the same folder (onlooker.db.before-restore-...), never deleted.
Where the sensor runs, it holds from its next start on. Everybody has to log in again, and
accounts and passwords are those of the backup.

${WHOM}
Example:
  onlooker restore /backup/onlooker-2026-11-21.db && sudo systemctl restart onlooker
`

const RULES = `onlooker rules check FOLDER: whether rules of your own hold, line by line
onlooker rules explain DEVICE [--json]: why a running sensor takes it for what it is, and what not
onlooker rules explain DEVICE --capture FILE
onlooker rules suggest DEVICE: what a person said of it, as a rule without names or addresses
onlooker rules test --against CAPTURES LABELS [--wrong] [--json]
onlooker rules update BUNDLE [--dry-run] [--capture FILE]
onlooker rules bundle FOLDER... --version N --key PEM --out BUNDLE
onlooker rules reload: a running sensor reads rules, bundles and registries again

CAPTURES is a folder, LABELS a JSON list of devices in its files: {"file", "mac" or "ip", "vendor",
"vendor_aliases", "model", "type", "type_alternatives", "os", "tier"}. It is told how often what is
concluded is right: per property, kind and tier, by what was claimed, and what was taken for what.

An update needs no network: a bundle is one file that stands for all rules that ship. It is taken if
it is signed by whom rules.key names and newer than what holds, and refused whole if anything in it is
wrong. What would change is told first; with --capture, also which devices there would be something
else. A program that is newer than the bundle goes by its own rules again.

  --wrong          what is wrong, one line each, with the rule to blame
  --dry-run        only tells what an update would change
  --capture FILE   which devices in this capture it would take for something else
${WHOM}
Examples:
  onlooker rules check /etc/onlooker/rules
  onlooker rules explain 192.168.1.20
  onlooker rules test --against captures labels.json --wrong
  onlooker rules update rules-1.4.0.2.bundle --dry-run --capture office.pcap
`

export const ASKING: Readonly<Record<string, string>> = {
  devices: DEVICES,
  rules: RULES,
  conversations: CONVERSATIONS,
  recommendations: RECOMMENDATIONS,
  learning: LEARNING,
  endpoints: ENDPOINTS,
  user: USER,
  backup: BACKUP,
  restore: RESTORE,
}
