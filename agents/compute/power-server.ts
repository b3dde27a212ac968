/**
 * Ending a guest politely. The power button is pressed, and again every ten seconds because a guest that is still
 * booting loses it; when the time is over the plug is pulled. A soft reboot is a polite end and a start.
 */
import type { Clock } from '#core/time/clock.ts'
import type { ServerSpecType } from '#services/compute/agent/compute-agent.contract.ts'
import type { ComputeDriver } from './drivers/driver.ts'
import type { PowerWatch } from './power-watch.ts'
import type { ServerFolders } from './server-folder.ts'
import { planOf } from './spawn-server.ts'

export interface PowerContext { driver: ComputeDriver; folders: ServerFolders; watch: PowerWatch; clock: Clock }

const PRESS_AGAIN_MS = 10_000

export async function stopServer(context: PowerContext, serverId: string, timeoutS: number, signal: AbortSignal): Promise<void> {
  const state = await context.driver.powerState(serverId)
  if (state === 'shutdown' || state === 'absent') return
  if (state === 'running' && await endPolitely(context, serverId, timeoutS, signal)) return
  await context.driver.powerOff(serverId)
}

export async function rebootServer(context: PowerContext, spec: ServerSpecType, type: 'soft' | 'hard', timeoutS: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const plan = planOf(context, spec)
  const running = await context.driver.powerState(spec.serverId) === 'running'
  const soft = type === 'soft' && running && await endPolitely(context, spec.serverId, timeoutS, signal)
  await context.driver.powerOn(plan, { fresh: !soft })
}

/** True when the guest ended itself in time. */
async function endPolitely(context: PowerContext, serverId: string, timeoutS: number, signal: AbortSignal): Promise<boolean> {
  const end = context.clock.now() + timeoutS * 1000
  for (;;) {
    const left = end - context.clock.now()
    if (left <= 0) return false
    await context.driver.pressPowerButton(serverId)
    if (await context.watch.waitFor(serverId, ['shutdown', 'crashed', 'absent'], Math.min(left, PRESS_AGAIN_MS), signal)) return true
  }
}
