/**
 * The agents of this host, inside the control process of a one-machine cloud: compute with its hypervisor driver,
 * network with its data plane. On other hosts the same functions run in processes of their own.
 */
import { isIPv4 } from 'node:net'
import { join } from 'node:path'
import { startComputeAgent } from '#agents/compute/agent.ts'
import { createDriver } from '#agents/compute/drivers/driver.ts'
import type { ImageHead, ImageTransfer } from '#agents/compute/images.ts'
import { startNetworkAgent, type RunningNetworkAgent } from '#agents/network/agent.ts'
import type { Bus } from '#core/bus/bus.ts'
import type { Log } from '#core/log/log.ts'
import { systemClock } from '#core/time/clock.ts'
import { externalGateway, type CloudSettings, type StateFolder } from './settings.ts'

export interface HostAgents { host: string; network: RunningNetworkAgent; stop(): Promise<void> }

export interface HostAgentOptions {
  folder: StateFolder
  settings: CloudSettings
  host: string
  bus: Bus
  log: Log
  images: ImageTransfer & ImageHead
  metadata: { sharedSecret: string; upstreamUrl: string }
}

/** Physical networks a one-machine cloud offers: `external` is the way out; `provider` is free for operators. */
export function physicalNetworks(settings: CloudSettings): { external: string; provider: string } {
  const suffix = settings.tag === 'nacre' ? '' : `-${settings.tag}`
  return { external: `br-ex${suffix}`, provider: `br-pr${suffix}` }
}

export async function startHostAgents(options: HostAgentOptions): Promise<HostAgents> {
  const { settings, host, bus, log } = options
  const real = settings.hypervisor !== 'fake'
  const bridges = physicalNetworks(settings)
  const network = await startNetworkAgent({
    bus, host, log, driver: real ? 'linuxbridge' : 'fake', stateDir: join(options.folder.hostFolder, 'network'), cloudTag: settings.tag,
    // Alone, a host makes no tunnel; the address says that it could, so that VXLAN networks may live here.
    tunnelIp: isIPv4(settings.publicHost) ? settings.publicHost : '127.0.0.1', bridgeMappings: { provider: bridges.provider }, metadata: real ? options.metadata : undefined,
    externalNetworks: [{ physicalNetwork: 'external', bridge: bridges.external, gatewayAddresses: [externalGateway(settings).cidr], nat: true }],
  })
  const stateDir = join(options.folder.hostFolder, 'compute')
  const driver = await createDriver(settings.hypervisor, {
    host, stateDir, log, clock: systemClock,
    fake: { stateFile: join(stateDir, 'fake-guests.jsonl'), imageHead: options.images.head, vcpus: 4096, memoryMiB: 16 * 1024 * 1024, localDiskGiB: 1024 * 1024 },
  })
  const compute = await startComputeAgent({ bus, host, driver, stateDir, images: options.images, log, hostIp: settings.publicHost })
  return {
    host, network,
    async stop() {
      await compute.stop()
      await driver.close()
      await network.stop()
    },
  }
}
