/**
 * Rescue: the server boots from another image, with its own disks beside to be mended. Either the rescue disk takes
 * the first place and the root disk the second, or (stable) every disk stays where it was and the rescue disk comes
 * last, to boot from (docs.openstack.org/nova, "Rescue an instance"). Its own files are not touched by the host.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Log } from '#core/log/log.ts'
import { withUndo } from '#core/undo/undo.ts'
import type { RescueType, ServerSpecType } from '#services/compute/agent/compute-agent.contract.ts'
import type { ImageCache } from './disks/image-cache.ts'
import type { GuestPlan } from './drivers/driver.ts'
import { UnsupportedSpec } from './errors.ts'
import { stopServer, type PowerContext } from './power-server.ts'
import { layOutFiles, planOf } from './spawn-server.ts'

export interface RescueContext extends PowerContext { cache: ImageCache; log: Log }

/** What the driver works from while the server is rescued. */
function rescuePlan(context: Pick<PowerContext, 'driver' | 'folders'>, spec: ServerSpecType, rescue: RescueType): GuestPlan {
  const root = spec.disks.find((disk) => disk.role === 'root')
  if (rescue.disk.role !== 'rescue') throw new UnsupportedSpec('a rescue boots from a disk of role rescue')
  const disks = rescue.stable ? [...spec.disks, { ...rescue.disk, bootFirst: true }] : [rescue.disk, ...(root === undefined ? [] : [root])]
  const rescued = { ...spec, disks, directKernel: rescue.directKernel, configDrive: rescue.configDrive }
  return { spec: rescued, files: context.driver.capabilities.localFiles ? context.folders.rescueFiles(rescued) : null }
}

/** The plan to power a server on from: its own, or the rescue's while it is rescued. */
export async function currentPlan(context: Pick<PowerContext, 'driver' | 'folders'>, spec: ServerSpecType): Promise<GuestPlan> {
  const rescue = context.driver.capabilities.localFiles ? await context.folders.loadRescue(spec.serverId) : undefined
  return rescue === undefined ? planOf(context, spec) : rescuePlan(context, spec, rescue)
}

/** Rescued by the same already, and running, is success. A rescue that fails boots the server from its own disks again. */
export async function rescueServer(context: RescueContext, spec: ServerSpecType, rescue: RescueType, options: { timeoutS: number; signal: AbortSignal }): Promise<void> {
  const { driver, folders } = context
  const { serverId } = spec
  const before = await driver.powerState(serverId)
  const plan = rescuePlan(context, spec, rescue)
  if (plan.files !== null && isDeepStrictEqual(await folders.loadRescue(serverId), rescue) && (before === 'running' || before === 'paused')) return
  await withUndo(context.log, async (undo) => {
    undo.push('boot from its own disks', async () => {
      if (plan.files !== null) await folders.removeRescue(serverId)
      if (before !== 'shutdown') await driver.powerOn(planOf(context, spec), { fresh: true })
    })
    await stopServer(context, serverId, options.timeoutS, options.signal)
    if (plan.files !== null) {
      await folders.removeRescue(serverId)
      await layOutFiles(context, plan.spec, plan.files, options.signal, ({ disk }) => disk.role === 'rescue')
    }
    await driver.powerOn(plan, { fresh: true })
    if (plan.files !== null) await folders.saveRescue(serverId, rescue)
  })
}

export async function unrescueServer(context: RescueContext, spec: ServerSpecType): Promise<void> {
  const { driver, folders } = context
  const { localFiles } = driver.capabilities
  const rescued = !localFiles || await folders.loadRescue(spec.serverId) !== undefined
  await driver.powerOn(planOf(context, spec), { fresh: rescued })
  if (localFiles) await folders.removeRescue(spec.serverId)
}
