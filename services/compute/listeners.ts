/** What compute hears on the bus: signs of life and power changes from hosts, port changes from network. */
import type { Stop } from '#core/bus/bus.ts'
import { isValid } from '#core/schema/schema.ts'
import { DEVICE_TOPIC, PORT_STATUS_TOPIC, type DeviceEvent, type PortStatusEvent } from '#services/network/contract.ts'
import { PowerStateReport, powerStateTopic } from './agent/compute-agent.contract.ts'
import type { ComputeContext } from './context.ts'
import { listenForHeartbeats } from './hosts/heartbeats.ts'
import { refreshNetworkCache } from './servers/network-cache.ts'
import { hearPowerState } from './servers/power-state.reconciler.ts'

export async function listenToOthers(ctx: ComputeContext): Promise<Stop[]> {
  return [
    await listenForHeartbeats(ctx),
    await ctx.bus.serve(powerStateTopic, async (message) => {
      if (isValid(PowerStateReport, message)) await hearPowerState(ctx, message)
      return null
    }),
    await ctx.bus.subscribe(PORT_STATUS_TOPIC, async (message) => {
      const { deviceId } = message as PortStatusEvent
      if (typeof deviceId !== 'string' || deviceId === '') return
      ctx.operations.wake(deviceId)
      await readNetworkAnew(ctx, deviceId)
    }),
    await ctx.bus.subscribe(DEVICE_TOPIC, async (message) => {
      const { deviceId } = message as DeviceEvent
      if (typeof deviceId === 'string' && deviceId !== '') await readNetworkAnew(ctx, deviceId)
    }),
  ]
}

async function readNetworkAnew(ctx: ComputeContext, serverId: string): Promise<void> {
  await refreshNetworkCache(ctx, serverId).catch((error: unknown) => { ctx.log.warn({ err: error, resourceId: serverId }, 'the network view of a server could not be read anew') })
}
