/**
 * The external network of a cloud whose gateway is this host: a bridge with the gateway address, forwarding, and
 * masquerading towards wherever the host's default route leads. So guests reach out and the host reaches floating
 * IPs on any machine, without touching its network cards.
 */
import type { ExternalNetwork } from '../driver.ts'
import { isV6, parsePrefix } from './addresses.ts'
import type { HostShell } from './host-shell.ts'
import { stableMac, type Names } from './names.ts'
import { NftTable } from './nft-table.ts'
import type { NftLoader } from './nft-loader.ts'
import type { Links } from './observe.ts'
import { Plan } from './plan.ts'

/** `links` with their addresses. */
export function planExternalBridge(external: ExternalNetwork, links: Links, names: Names): Plan {
  const { bridge } = external
  const plan = new Plan('host', bridge)
  const link = links.get(bridge)
  if (link === undefined) {
    plan.wrong(`the bridge ${bridge} of physical network ${external.physicalNetwork} is missing`)
      .ip(`link add name ${bridge} address ${stableMac(`${names.tag}/${bridge}`)} type bridge forward_delay 0 stp_state 0 mcast_snooping 0`,
        `link set dev ${bridge} alias ${names.alias}`, `link set dev ${bridge} up`)
  } else if (!link.up) {
    plan.wrong(`${bridge} is down`).ip(`link set dev ${bridge} up`)
  }
  for (const address of external.gatewayAddresses) {
    if (link?.addresses.includes(address) !== true) plan.wrong(`${bridge} lacks the address ${address}`).ip(`addr replace ${address} dev ${bridge}${isV6(address) ? ' nodad' : ''}`)
  }
  // Only a bridge that the agent made is cleared of other addresses: a person's bridge is a person's business.
  for (const address of link?.alias === names.alias ? link.addresses : []) {
    if (!external.gatewayAddresses.includes(address)) plan.wrong(`${bridge} has the address ${address}`).ip(`addr del ${address} dev ${bridge}`)
  }
  return plan
}

function externalTable(externals: readonly ExternalNetwork[], names: Names): NftTable {
  const table = new NftTable('inet', names.natTable)
  const rules = externals.filter(({ nat }) => nat).flatMap(({ bridge, gatewayAddresses }) => gatewayAddresses.map((address) => {
    const prefix = parsePrefix(address)
    // Frames that are only bridged pass here as well, in tenants' bridges too: they have no `iifname`.
    return `iifname "${bridge}" oifname != "${bridge}" ${prefix.v6 ? 'ip6' : 'ip'} saddr ${prefix.address}/${prefix.length} masquerade`
  }))
  table.chain('postrouting', rules, 'type nat hook postrouting priority 100; policy accept;')
  return table
}

export async function planNat(externals: readonly ExternalNetwork[], names: Names, loader: NftLoader, shell: HostShell, thorough: boolean): Promise<Plan> {
  const plan = new Plan('host', 'nat')
  if (externals.length === 0) return plan
  const table = externalTable(externals, names)
  const problem = await loader.problem(table, thorough)
  if (problem !== undefined) plan.wrong(problem).run(async () => { await loader.load(table) })
  const v6 = externals.some(({ gatewayAddresses }) => gatewayAddresses.some(isV6))
  for (const key of ['net.ipv4.ip_forward', ...(v6 ? ['net.ipv6.conf.all.forwarding'] : [])]) {
    if ((await shell.run('sysctl', ['-n', key])).trim() === '1') continue
    plan.wrong(`${key} is off, so guests do not reach out`).run(async () => {
      if (key.includes('ipv6')) await keepRouterAdvertisements(shell)
      await shell.sysctl({ [key]: 1 })
    })
  }
  return plan
}

/** Switches by which conntrack sees bridged packets. Other programs turn them off, and with them every security group. */
const BRIDGE_FILTER = ['net.bridge.bridge-nf-call-iptables', 'net.bridge.bridge-nf-call-ip6tables']

export async function planBridgeFilter(shell: HostShell): Promise<Plan> {
  const plan = new Plan('host', 'bridge-filter')
  const values = (await shell.run('sysctl', ['-n', ...BRIDGE_FILTER])).trim().split('\n')
  BRIDGE_FILTER.forEach((key, at) => {
    if (values[at] !== '1') plan.wrong(`${key} is off, so security groups do not work`).run(async () => { await shell.sysctl({ [key]: 1 }) })
  })
  return plan
}

/** A kernel that forwards IPv6 ignores advertisements, also those the host's own default route came from. */
async function keepRouterAdvertisements(shell: HostShell): Promise<void> {
  const routes = await shell.ipJson<{ dst: string; dev?: string; protocol?: string }>(['-6', 'route', 'show', 'default'])
  for (const { dev, protocol } of routes) if (protocol === 'ra' && dev !== undefined) await shell.sysctl({ [`net.ipv6.conf.${dev}.accept_ra`]: 2 })
}
