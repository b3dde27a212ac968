/** network_data.json: links, the networks on them and the name servers, for guests that configure themselves without DHCP. */
import type { Subnet } from '#services/network/contract.ts'
import type { Vif } from '../servers/server.row.ts'
import type { GuestFacts } from './guest-facts.ts'

const EXPOSED_TYPES = new Set(['bridge', 'ovs', 'tap', 'hyperv', 'vhostuser', 'hw_veb', 'hostdev_physical', 'ib_hostdev', 'macvtap', 'midonet', 'dvs', 'iovisor', 'vif', 'cascading'])

export function networkData(facts: GuestFacts): object {
  if (facts.vifs.length === 0) return { links: [], networks: [], services: [] }
  const networks: object[] = []
  const services: { type: string; address: string }[] = []
  const links = facts.vifs.filter((vif) => vif.fixedIps.length > 0).map((vif) => {
    const id = `tap${vif.portId.slice(0, 11)}`
    for (const version of [4, 6] as const) {
      const ip = vif.fixedIps.find((candidate) => candidate.version === version)
      const subnet = ip === undefined ? undefined : facts.subnets.get(ip.subnetId)
      if (ip === undefined || subnet === undefined) continue
      networks.push(networkOf(networks.length, id, vif, subnet, ip))
      for (const address of subnet.dns_nameservers) if (!services.some((s) => s.address === address)) services.push({ type: 'dns', address })
    }
    const dhcp = vif.fixedIps.some((ip) => facts.subnets.get(ip.subnetId)?.enable_dhcp === true)
    return { id, vif_id: vif.portId, type: EXPOSED_TYPES.has(vif.vifType) ? vif.vifType : 'phy', mtu: dhcp ? null : vif.mtu, ethernet_mac_address: vif.mac }
  })
  return { links, networks, services }
}

function networkOf(at: number, link: string, vif: Vif, subnet: Subnet, ip: { address: string; version: 4 | 6 }): object {
  const base = { id: `network${at}`, link, network_id: vif.networkId }
  const mode = subnet.ipv6_address_mode ?? null
  if (mode === null && subnet.enable_dhcp) return { ...base, type: `ipv${ip.version}_dhcp` }
  const any = ip.version === 4 ? '0.0.0.0' : '::'
  const length = Number(subnet.cidr.split('/')[1])
  return {
    ...base, type: `ipv${ip.version}${mode === null ? '' : `_${mode}`}`, ip_address: ip.address, netmask: netmask(ip.version, length),
    routes: [
      ...(subnet.gateway_ip === null ? [] : [{ network: any, netmask: any, gateway: subnet.gateway_ip }]),
      ...subnet.host_routes.map((route) => ({ network: route.destination.split('/')[0], netmask: netmask(ip.version, Number(route.destination.split('/')[1])), gateway: route.nexthop })),
    ],
    services: subnet.dns_nameservers.map((address) => ({ type: 'dns', address })),
  }
}

function netmask(version: 4 | 6, length: number): string {
  const bits = version === 4 ? 32 : 128
  const value = length === 0 ? 0n : ((1n << BigInt(length)) - 1n) << BigInt(bits - length)
  if (version === 4) return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.')
  const groups = Array.from({ length: 8 }, (_, at) => ((value >> BigInt(112 - at * 16)) & 0xffffn).toString(16))
  const zeros = groups.findIndex((group) => group === '0')
  return zeros < 0 ? groups.join(':') : `${groups.slice(0, zeros).join(':')}::`
}
