/**
 * Paths by which devices and programs are known. Any other path may be personal, and is never
 * noted: what is noted is the word of this list, not what stood in the request.
 */

import type { Cursor } from '../bytes/cursor.js'
import { startsFolded } from './text-headers.js'

/** Each the beginning of a path, as it is told; longer ones before those they begin with. */
const KNOWN: readonly string[] = [
  // Web proxies' configuration, and what systems ask to learn whether they are online.
  ...['/wpad.dat', '/proxy.pac', '/generate_204', '/gen_204', '/hotspot-detect.html'],
  ...['/connecttest.txt', '/ncsi.txt', '/success.txt', '/kindle-wifi/', '/nm-check.txt'],
  ...['/check_network_status.txt', '/library/test/success.html'],
  // Discovery and descriptions.
  ...['/description.xml', '/rootdesc.xml', '/gatedesc.xml', '/igd.xml', '/dmr.xml', '/upnp/'],
  ...['/ssdp/', '/setup.xml', '/device_description.xml', '/xml/device_description.xml', '/dd.xml'],
  ...['/setup/eureka_info', '/query/device-info', '/query/apps', '/zc?', '/spotifyconnect'],
  ...['/onvif/', '/wsd/', '/hnap1', '/status/device', '/api/config', '/debug/clip.html'],
  ...[
    '/shelly',
    '/rpc/shelly.',
    '/cm?cmnd=',
    '/json/info',
    '/control?cmd=',
    '/yc/',
    '/getdeviceinfo',
  ],
  ...['/goform/', '/api/v1/info', '/server-info', '/accessory', '/pair-setup', '/pair-verify'],
  // Cameras and recorders.
  ...['/isapi/', '/psia/', '/axis-cgi/', '/axis-media/', '/rpc2_login', '/rpc2', '/doc/page/'],
  ...['/cgi-bin/magicbox.cgi', '/cgi-bin/snapshot.cgi', '/videostream.cgi', '/snapshot.cgi'],
  ...['/get_status.cgi', '/stw-cgi/', '/mjpg/video', '/sdk', '/nphmotionjpeg', '/-wvhttp-01-/'],
  // Printers and scanners.
  ...['/ipp', '/escl/', '/devmgmt/', '/hp/device/', '/eventmgmt/', '/productconfigdyn', '/prtmib'],
  ...[
    '/web/guest/',
    '/general/status.html',
    '/general/information.html',
    '/presentation/',
    '/wcd/',
  ],
  ...['/startwlm/', '/cgi-bin/dynamic/', '/airprint', '/printers/', '/jobs', '/sws/index.html'],
  ...['/printer/'],
  // Routers, firewalls and access points.
  ...[
    '/cgi-bin/luci',
    '/ubus',
    '/webfig',
    '/winbox',
    '/tr069',
    '/cwmp',
    '/tr64desc.xml',
    '/fboxdesc.xml',
  ],
  ...['/login_sid.lua', '/remote/login', '/dana-na/', '/global-protect/', '/php/login.php'],
  ...['/+cscoe+/', '/admin/exec/', '/level/15/', '/userrpm/', '/stok=', '/cgi-bin/nobody/'],
  ...[
    '/currentsetting.htm',
    '/manage/account/login',
    '/inform',
    '/dms/',
    '/ui/login',
    '/vpn/index.html',
  ],
  // Machines, their management and their storage.
  ...[
    '/redfish',
    '/rest/v1',
    '/wsman',
    '/xmldata?item=all',
    '/data/login',
    '/cgi/login.cgi',
    '/ipmi',
  ],
  ...[
    '/sdk/vimservice',
    '/ui/',
    '/folder?dcpath',
    '/nutanix',
    '/webman/',
    '/cgi-bin/authlogin.cgi',
  ],
  ...['/cgi-bin/filemanager', '/nagios', '/zabbix', '/prtg', '/api2/json'],
  // Programs.
  ...[
    '/_cluster/',
    '/_nodes',
    '/_cat/',
    '/_search',
    '/version',
    '/containers/',
    '/v2/_catalog',
    '/healthz',
  ],
  ...[
    '/v1/agent/',
    '/v1/sys/health',
    '/metrics',
    '/actuator',
    '/manager/html',
    '/jenkins',
    '/solr',
  ],
  ...['/phpmyadmin', '/autodiscover', '/microsoft-server-activesync', '/ews/', '/owa', '/ecp'],
  ...['/selfupdate', '/clientwebservice/', '/simpleauthwebservice/', '/ccm_system', '/sms_mp'],
  ...[
    '/certsrv',
    '/certenroll',
    '/ocsp',
    '/socket.io/',
    '/signalr',
    '/xmlrpc.php',
    '/wp-login.php',
  ],
  ...['/plex', '/identity', '/web/index.html', '/emby', '/api/states', '/jsonrpc', '/sonos'],
  // Plants and buildings.
  ...[
    '/portal/portal.mwsp',
    '/webvisu.htm',
    '/plcweb',
    '/ws_eventing',
    '/obix',
    '/bacnet',
    '/ord?',
  ],
]

/** By the two bytes behind the slash; in either case their last five bits are the same. */
const buckets: readonly string[][] = Array.from({ length: 1024 }, () => [])
const bucketOf = (first: number, second: number): number => ((first & 0x1f) << 5) | (second & 0x1f)
KNOWN.forEach(path => buckets[bucketOf(path.charCodeAt(1), path.charCodeAt(2))]!.push(path))

/** The known path that this one is or begins with, or '' if it is none of those. */
export function knownPath(c: Cursor): string {
  const candidates = buckets[bucketOf(c.peek(1), c.peek(2))]!
  let i = 0
  while (i < candidates.length) {
    const path = candidates[i++]!
    if (startsFolded(c, path)) return path
  }
  return ''
}

/** Where devices say what they are: the first page, and where one logs in. */
const ENTRANCES: readonly string[] = [
  ...['/index', '/login', '/logon', '/signin', '/default', '/home', '/main', '/start', '/web/'],
  ...['/cgi-bin/', '/admin', '/user/login', '/users/sign_in', '/top', '/html/', '/doc/'],
]

export function isEntrance(c: Cursor): boolean {
  if (c.left === 1) return c.starts('/')
  let i = 0
  while (i < ENTRANCES.length) if (startsFolded(c, ENTRANCES[i++]!)) return true
  return c.starts('/?')
}
