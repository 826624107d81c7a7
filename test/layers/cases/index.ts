/** All cases of encapsulation. */

import type { Case } from './case.js'
import { inIp } from './inIp.js'
import { inUdp } from './inUdp.js'
import { links } from './links.js'
import { onEthernet } from './onEthernet.js'
import { refused } from './refused.js'

export const cases: readonly Case[] = [...onEthernet, ...inIp, ...inUdp, ...links, ...refused]
