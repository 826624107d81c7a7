/** All protocols that are heard: a new one is a file beside this one and a line in this list. */

import type { Fact } from '../model/fact.js'
import { ads } from './ads.js'
import { afp } from './afp.js'
import { airplay } from './airplay.js'
import { ami } from './ami.js'
import { amqp } from './amqp.js'
import { anydesk } from './anydesk.js'
import { apcupsd } from './apcupsd.js'
import { api } from './api.js'
import { arp } from './arp.js'
import { artnet } from './artnet.js'
import { astm } from './astm.js'
import { avtp } from './avtp.js'
import { bacnet } from './bacnet.js'
import { bgp } from './bgp.js'
import { bjnp } from './bjnp.js'
import { broadlink } from './broadlink.js'
import { browse } from './browse.js'
import { bsap } from './bsap.js'
import { c37118 } from './c37118.js'
import { capwap } from './capwap.js'
import { carp } from './carp.js'
import { cassandra } from './cassandra.js'
import { cast } from './cast.js'
import { cclink } from './cclink.js'
import { cdp } from './cdp.js'
import { checkmk } from './checkmk.js'
import { coap } from './coap.js'
import { codesys } from './codesys.js'
import { cotp } from './cotp.js'
import { crestron } from './crestron.js'
import { cwmp } from './cwmp.js'
import { dhcp } from './dhcp.js'
import { dhcpv6 } from './dhcpv6.js'
import { dhip } from './dhip.js'
import { dicom } from './dicom.js'
import { dlms } from './dlms.js'
import { dnp3 } from './dnp3.js'
import { dns } from './dns.js'
import { dropbox } from './dropbox.js'
import { dtls } from './dtls.js'
import { dtp } from './dtp.js'
import { eapol } from './eapol.js'
import { edp } from './edp.js'
import { eigrp } from './eigrp.js'
import { enip } from './enip.js'
import { enpc } from './enpc.js'
import { escpos } from './escpos.js'
import { esphome } from './esphome.js'
import { ethercat } from './ethercat.js'
import { fdp } from './fdp.js'
import { fins } from './fins.js'
import { fox } from './fox.js'
import { ftp } from './ftp.js'
import { garp } from './garp.js'
import { genisys } from './genisys.js'
import { gesrtp } from './gesrtp.js'
import { git } from './git.js'
import { glbp } from './glbp.js'
import { goose } from './goose.js'
import { govee } from './govee.js'
import { h225 } from './h225.js'
import { hartip } from './hartip.js'
import { hl7 } from './hl7.js'
import { homeplug } from './homeplug.js'
import { homeplug1 } from './homeplug1.js'
import { hsrp } from './hsrp.js'
import { http } from './http.js'
import { http2 } from './http2.js'
import { iax2 } from './iax2.js'
import { ica } from './ica.js'
import { icmp } from './icmp.js'
import { iec104 } from './iec104.js'
import { iec62056 } from './iec62056.js'
import { ieee1905 } from './ieee1905.js'
import { igmp } from './igmp.js'
import { ike } from './ike.js'
import { imap } from './imap.js'
import { inetd } from './inetd.js'
import { intellivue } from './intellivue.js'
import { ipfix } from './ipfix.js'
import { ipmi } from './ipmi.js'
import { ipp } from './ipp.js'
import { irc } from './irc.js'
import { iscsi } from './iscsi.js'
import { isis } from './isis.js'
import { kasa } from './kasa.js'
import { kerberos } from './kerberos.js'
import { kms } from './kms.js'
import { knxnetip } from './knxnetip.js'
import { kpasswd } from './kpasswd.js'
import { lacp } from './lacp.js'
import { lantronix } from './lantronix.js'
import { ldap } from './ldap.js'
import { lifx } from './lifx.js'
import { lldp } from './lldp.js'
import { llmnr } from './llmnr.js'
import { lltd } from './lltd.js'
import { loop } from './loop.js'
import { lpd } from './lpd.js'
import { lsd } from './lsd.js'
import { lwapp } from './lwapp.js'
import { magichome } from './magichome.js'
import { matter } from './matter.js'
import { mbus } from './mbus.js'
import { mdns } from './mdns.js'
import { memcached } from './memcached.js'
import { mgcp } from './mgcp.js'
import { miio } from './miio.js'
import { mld } from './mld.js'
import { mms } from './mms.js'
import { mndp } from './mndp.js'
import { modbus } from './modbus.js'
import { mongodb } from './mongodb.js'
import { moxa } from './moxa.js'
import { mqtt } from './mqtt.js'
import { mqttsn } from './mqttsn.js'
import { mrp } from './mrp.js'
import { msmq } from './msmq.js'
import { msrpc } from './msrpc.js'
import { mssql } from './mssql.js'
import { mumble } from './mumble.js'
import { munin } from './munin.js'
import { mysql } from './mysql.js'
import { nbdgm } from './nbdgm.js'
import { nbns } from './nbns.js'
import { ndp } from './ndp.js'
import { netflow } from './netflow.js'
import { nntp } from './nntp.js'
import { nrpe } from './nrpe.js'
import { ntlmssp } from './ntlmssp.js'
import { ntp } from './ntp.js'
import { nut } from './nut.js'
import { oam } from './oam.js'
import { ocpp } from './ocpp.js'
import { onvif } from './onvif.js'
import { opcua } from './opcua.js'
import { openvpn } from './openvpn.js'
import { ospf } from './ospf.js'
import { ossp } from './ossp.js'
import { pagp } from './pagp.js'
import { pcoip } from './pcoip.js'
import { pim } from './pim.js'
import { pjl } from './pjl.js'
import { pnio } from './pnio.js'
import { poct1 } from './poct1.js'
import { pop3 } from './pop3.js'
import { postgresql } from './postgresql.js'
import { powerlink } from './powerlink.js'
import { proconos } from './proconos.js'
import { profinet } from './profinet.js'
import type { Protocol } from './protocol.js'
import { ptp } from './ptp.js'
import { quic } from './quic.js'
import { radius } from './radius.js'
import { rdp } from './rdp.js'
import { realtek } from './realtek.js'
import { redfish } from './redfish.js'
import { redis } from './redis.js'
import { redlion } from './redlion.js'
import { rip } from './rip.js'
import { ripng } from './ripng.js'
import { rlogin } from './rlogin.js'
import { rocplus } from './rocplus.js'
import { roku } from './roku.js'
import { rsh } from './rsh.js'
import { rsvp } from './rsvp.js'
import { rsync } from './rsync.js'
import { rtcp } from './rtcp.js'
import { rtsp } from './rtsp.js'
import { s7comm } from './s7comm.js'
import { s7plus } from './s7plus.js'
import { sacn } from './sacn.js'
import { sadp } from './sadp.js'
import { sdp } from './sdp.js'
import { sercos } from './sercos.js'
import { sflow } from './sflow.js'
import { sip } from './sip.js'
import { skinny } from './skinny.js'
import { slmp } from './slmp.js'
import { slp } from './slp.js'
import { smartglass } from './smartglass.js'
import { smb } from './smb.js'
import { smtp } from './smtp.js'
import { snmp } from './snmp.js'
import { socks } from './socks.js'
import { sonmp } from './sonmp.js'
import { spotify } from './spotify.js'
import { sqlbrowser } from './sqlbrowser.js'
import { ssdp } from './ssdp.js'
import { ssh } from './ssh.js'
import { steam } from './steam.js'
import { stp } from './stp.js'
import { stun } from './stun.js'
import { sunrpc } from './sunrpc.js'
import { sunspec } from './sunspec.js'
import { sv } from './sv.js'
import { syslog } from './syslog.js'
import { tacacs } from './tacacs.js'
import { tapo } from './tapo.js'
import { tasmota } from './tasmota.js'
import { tcp } from './tcp.js'
import { teamspeak } from './teamspeak.js'
import { teamviewer } from './teamviewer.js'
import { telnet } from './telnet.js'
import { tftp } from './tftp.js'
import { tls } from './tls.js'
import { tns } from './tns.js'
import { tristation } from './tristation.js'
import { tuya } from './tuya.js'
import { ubnt } from './ubnt.js'
import { udld } from './udld.js'
import { umas } from './umas.js'
import { unistim } from './unistim.js'
import { upnp } from './upnp.js'
import { visca } from './visca.js'
import { vmauthd } from './vmauthd.js'
import { vnc } from './vnc.js'
import { vrrp } from './vrrp.js'
import { vtp } from './vtp.js'
import { wireguard } from './wireguard.js'
import { wiz } from './wiz.js'
import { wol } from './wol.js'
import { wsd } from './wsd.js'
import { x11 } from './x11.js'
import { xdmcp } from './xdmcp.js'
import { xmpp } from './xmpp.js'
import { yeelight } from './yeelight.js'
import { zabbix } from './zabbix.js'
import { zpl } from './zpl.js'

export const protocols: readonly Protocol[] = [
  arp,
  ndp,
  lldp,
  cdp,
  stp,
  garp,
  lacp,
  oam,
  ossp,
  vtp,
  dtp,
  udld,
  pagp,
  eapol,
  edp,
  fdp,
  sonmp,
  lltd,
  ieee1905,
  homeplug,
  homeplug1,
  realtek,
  loop,
  avtp,
  mrp,
  mndp,
  ubnt,
  wol,
  icmp,
  igmp,
  mld,
  hsrp,
  vrrp,
  carp,
  glbp,
  ospf,
  eigrp,
  rip,
  ripng,
  isis,
  pim,
  rsvp,
  ptp,
  dhcp,
  dhcpv6,
  dns,
  mdns,
  llmnr,
  nbns,
  nbdgm,
  browse,
  ssdp,
  upnp,
  wsd,
  onvif,
  slp,
  bjnp,
  dhip,
  sadp,
  enpc,
  dropbox,
  steam,
  smartglass,
  lsd,
  kasa,
  tapo,
  tuya,
  yeelight,
  miio,
  lifx,
  wiz,
  govee,
  magichome,
  broadlink,
  coap,
  mqttsn,
  matter,
  snmp,
  ntp,
  tftp,
  syslog,
  radius,
  tacacs,
  capwap,
  lwapp,
  netflow,
  ipfix,
  sflow,
  ipmi,
  sunrpc,
  airplay,
  socks,
  http,
  http2,
  ipp,
  cwmp,
  redfish,
  api,
  roku,
  cast,
  spotify,
  tasmota,
  telnet,
  smb,
  ntlmssp,
  kerberos,
  kpasswd,
  ldap,
  rdp,
  msrpc,
  kms,
  mssql,
  sqlbrowser,
  msmq,
  ica,
  teamviewer,
  anydesk,
  pcoip,
  vmauthd,
  ssh,
  tls,
  dtls,
  quic,
  stun,
  ike,
  openvpn,
  wireguard,
  vnc,
  sip,
  sdp,
  rtsp,
  rtcp,
  mgcp,
  skinny,
  iax2,
  unistim,
  ami,
  ftp,
  smtp,
  pop3,
  imap,
  nntp,
  irc,
  xmpp,
  mqtt,
  amqp,
  esphome,
  mysql,
  postgresql,
  tns,
  mongodb,
  redis,
  memcached,
  lpd,
  pjl,
  xdmcp,
  rlogin,
  rsh,
  cassandra,
  mumble,
  teamspeak,
  h225,
  bgp,
  iscsi,
  afp,
  x11,
  nut,
  apcupsd,
  rsync,
  git,
  zabbix,
  nrpe,
  munin,
  checkmk,
  inetd,
  cotp,
  s7comm,
  s7plus,
  mms,
  goose,
  sv,
  modbus,
  profinet,
  pnio,
  enip,
  bacnet,
  dnp3,
  iec104,
  opcua,
  fins,
  slmp,
  hartip,
  dicom,
  hl7,
  poct1,
  intellivue,
  knxnetip,
  fox,
  ads,
  codesys,
  umas,
  sunspec,
  gesrtp,
  c37118,
  cclink,
  ethercat,
  powerlink,
  bsap,
  dlms,
  mbus,
  genisys,
  crestron,
  moxa,
  lantronix,
  ocpp,
  zpl,
  escpos,
  artnet,
  sacn,
  visca,
  sercos,
  rocplus,
  tristation,
  proconos,
  redlion,
  iec62056,
  astm,
  tcp,
]

export const facts: readonly Fact[] = number(protocols)

/** Gives every fact its id, its place in the list of all; names must be what they promise. */
function number(list: readonly Protocol[]): Fact[] {
  const names = new Set<string>()
  const all: Fact[] = []
  for (const { name, facts } of list) {
    if (names.has(name)) throw new Error(`two protocols are called ${name}`)
    names.add(name)
    for (const fact of facts) {
      if (!fact.name.startsWith(`${name}.`)) throw new Error(`${fact.name} is no fact of ${name}`)
      if (names.has(fact.name)) throw new Error(`two facts are called ${fact.name}`)
      names.add(fact.name)
      fact.id = all.length
      all.push(fact)
    }
  }
  return all
}
