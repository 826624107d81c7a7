/** The vocabulary of kinds: what a device can be, in which category, and under which tab. */

const BY_CATEGORY = {
  iot: `camera nvr doorbell intercom door-lock access-controller badge-reader turnstile alarm-panel
    siren motion-sensor water-sensor sensor thermostat hvac smart-plug light lighting-bridge home-hub
    smart-speaker tv media-player game-console projector digital-signage conference-system voip-phone
    printer scanner label-printer 3d-printer scale kettle coffee-machine appliance vacuum robot toy
    wearable time-clock point-of-sale payment-terminal atm barcode-scanner handheld kiosk
    vending-machine ev-charger solar-inverter energy-storage energy-meter ups pdu elevator fire-alarm
    people-counter irrigation vehicle medical-device infusion-pump patient-monitor imaging-device
    lab-analyzer iot-device`,
  network: `router switch access-point wireless-controller firewall vpn-gateway load-balancer modem
    voip-gateway pbx media-converter serial-server print-server kvm bmc time-server network-device`,
  computer: `workstation laptop thin-client single-board-computer virtual-machine computer`,
  mobile: `phone tablet watch e-reader mobile-device`,
  server: `server domain-controller database-server hypervisor nas storage backup-server`,
  ot: `plc rtu hmi remote-io drive servo ied protection-relay dcs-controller historian
    engineering-station scada-server robot-controller industrial-gateway protocol-converter
    building-controller lighting-controller industrial-scale marquee ot-device`,
  unknown: `unknown`,
} as const

export type Category = keyof typeof BY_CATEGORY

export const CATEGORIES = Object.keys(BY_CATEGORY) as readonly Category[]

const CATEGORY_OF: ReadonlyMap<string, Category> = new Map(
  CATEGORIES.flatMap(category =>
    BY_CATEGORY[category].split(/\s+/).map(kind => [kind, category] as const),
  ),
)

export const KINDS: readonly string[] = [...CATEGORY_OF.keys()]

/** undefined where the kind is none of ours. */
export const categoryOf = (kind: string): Category | undefined => CATEGORY_OF.get(kind)

/** What the console and the counts show together. */
export const TABS: Readonly<Record<string, readonly Category[]>> = {
  iot: ['iot'],
  network: ['network'],
  computers: ['computer', 'mobile', 'server'],
  ot: ['ot'],
  uncategorized: ['unknown'],
}
