/**
 * Router advertisements: radvd in a router's namespace, for IPv6 subnets whose `ipv6_ra_mode` asks for it. Flags as
 * the network API defines the modes: https://docs.openstack.org/neutron/zed/admin/config-ipv6.html
 */
import { join } from 'node:path'
import { readTextFile, writeFileAtomic } from '#core/host/files.ts'
import type { Network, Router, Subnet } from '../../driver.ts'
import { isV6 } from '../addresses.ts'
import { runningDaemon, signal, stopDaemon } from '../daemon.ts'
import type { HostShell } from '../host-shell.ts'
import { innerName } from '../names.ts'
import type { Plan } from '../plan.ts'

/** radvd's configuration; empty when no subnet of the router wants advertisements. */
export function radvdConfiguration(router: Router, networks: ReadonlyMap<string, Network>): string {
  return router.interfaces.map(({ portId, networkId, subnetIds }) => {
    const network = networks.get(networkId)
    const subnets = (network?.subnets ?? []).filter((subnet) => subnet.ipv6RaMode !== null && subnet.ipVersion === 6 && subnetIds.includes(subnet.id))
    return subnets.length === 0 || network === undefined ? '' : interfaceBlock(innerName('qr', portId), network.mtu, subnets)
  }).join('')
}

function interfaceBlock(name: string, mtu: number, subnets: Subnet[]): string {
  const some = (mode: string): string => (subnets.some((subnet) => subnet.ipv6RaMode === mode) ? 'on' : 'off')
  const servers = subnets.flatMap((subnet) => (subnet.ipv6RaMode === 'slaac' || subnet.ipv6RaMode === 'dhcpv6-stateless' ? subnet.dnsNameservers.filter(isV6) : []))
  return [
    `interface ${name} {`, '  AdvSendAdvert on;', '  MinRtrAdvInterval 30;', '  MaxRtrAdvInterval 100;', `  AdvLinkMTU ${mtu};`,
    `  AdvManagedFlag ${some('dhcpv6-stateful')};`, `  AdvOtherConfigFlag ${some('dhcpv6-stateless')};`,
    ...(servers.length === 0 ? [] : [`  RDNSS ${servers.slice(0, 3).join(' ')} {};`]),
    ...subnets.flatMap((subnet) => [`  prefix ${subnet.cidr} {`, '    AdvOnLink on;', `    AdvAutonomous ${subnet.ipv6RaMode === 'dhcpv6-stateful' ? 'off' : 'on'};`, '  };']),
    '};', '',
  ].join('\n')
}

export async function planRadvd(plan: Plan, configuration: string, ns: string, folder: string, shell: HostShell): Promise<void> {
  const place = { pidFile: join(folder, 'radvd.pid'), marker: folder, ns }
  const path = join(folder, 'radvd.conf')
  const [pid, old] = await Promise.all([runningDaemon(place), readTextFile(path)])
  if (configuration === '') {
    if (pid !== undefined) plan.wrong('radvd runs but has nothing to announce').run(async () => { await stopDaemon(place) })
    return
  }
  if (old !== configuration) plan.wrong("radvd's configuration is not up to date").run(async () => { await writeFileAtomic(path, configuration) })
  if (pid === undefined) {
    plan.wrong('radvd does not run').run(async () => {
      await stopDaemon(place)
      await shell.run('radvd', ['-C', path, '-p', place.pidFile, '-m', 'logfile', '-l', join(folder, 'radvd.log')], ns)
    })
  } else if (old !== configuration) {
    plan.run(async () => { signal(pid, 'SIGHUP') })
  }
}
