/** Taking a cloud's parts off its host: guests and their hypervisor daemon, bridges, namespaces, rules. For `reset` and tests. */
import { join } from 'node:path'
import { hostname } from 'node:os'
import { createDriver } from '#agents/compute/drivers/driver.ts'
import { createNetworkDriver } from '#agents/network/drivers/driver.ts'
import { silentLog } from '#core/log/log.ts'
import { systemClock } from '#core/time/clock.ts'
import { physicalNetworks } from './agents.ts'
import { externalGateway, type CloudSettings, type StateFolder } from './settings.ts'

/** Ends every guest of the cloud and removes its networks from this host. The control process must be down. */
export async function removeHostParts(folder: StateFolder, settings: CloudSettings): Promise<void> {
  if (settings.hypervisor === 'fake') return
  const common = { host: hostname(), log: silentLog, clock: systemClock }
  const driver = await createDriver(settings.hypervisor, { ...common, stateDir: join(folder.hostFolder, 'compute') })
  for (const guest of await driver.guests()) await driver.destroy(guest.serverId)
  await driver.close()
  const { removeLibvirtDaemons } = await import('#agents/compute/drivers/libvirt/libvirt-daemon.ts')
  await removeLibvirtDaemons(join(folder.hostFolder, 'compute'))
  const bridges = physicalNetworks(settings)
  const network = await createNetworkDriver('linuxbridge', {
    ...common, cloudTag: settings.tag, stateDir: join(folder.hostFolder, 'network'), tunnelIp: null, metadata: null,
    bridgeMappings: { provider: bridges.provider, external: bridges.external },
    externalNetworks: [{ physicalNetwork: 'external', bridge: bridges.external, gatewayAddresses: [externalGateway(settings).cidr], nat: true }],
  })
  await network.cleanup('everything')
}
