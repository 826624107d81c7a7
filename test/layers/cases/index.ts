/** All cases of encapsulation. */

import type { Case } from './case.js'
import { inIp } from './in-ip.js'
import { inUdp } from './in-udp.js'
import { links } from './links.js'
import { onEthernet } from './on-ethernet.js'
import { refused } from './refused.js'

export const cases: readonly Case[] = [...onEthernet, ...inIp, ...inUdp, ...links, ...refused]
