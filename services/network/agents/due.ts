/**
 * What a scheduler has to look at: the networks or routers named since its last run, or everything, when nobody was
 * named (its timer, a new host) or everything was not looked at for a whole period. A change then costs what it
 * touched, and a forgotten one costs a period.
 */
import type { NetworkContext } from '../context.ts'

export type DueKind = 'dhcp' | 'routers'
export type DueIds = readonly string[] | 'everything'

/** More ids than this cost as much as everything. */
const MOST_IDS = 500

interface Due { ids: Set<string>; everything: boolean; lastComplete: number }

const kept = new WeakMap<object, Map<DueKind, Due>>()

function dueOf(ctx: NetworkContext, kind: DueKind): Due {
  let kinds = kept.get(ctx.config)
  if (kinds === undefined) kept.set(ctx.config, kinds = new Map<DueKind, Due>())
  let due = kinds.get(kind)
  if (due === undefined) kinds.set(kind, due = { ids: new Set(), everything: true, lastComplete: 0 })
  return due
}

/** Asks the scheduler of this kind to look soon; without ids, at everything. */
export function noteDue(ctx: NetworkContext, kind: DueKind, ids?: readonly string[]): void {
  const due = dueOf(ctx, kind)
  if (ids === undefined) due.everything = true
  else for (const id of ids) due.ids.add(id)
  ctx.nudge(kind)
}

export function takeDue(ctx: NetworkContext, kind: DueKind, everyMs: number): DueIds {
  const due = dueOf(ctx, kind)
  const ids = [...due.ids]
  const now = ctx.clock.now()
  const everything = due.everything || ids.length === 0 || ids.length > MOST_IDS || now - due.lastComplete >= everyMs
  due.ids.clear()
  if (!everything) return ids
  due.everything = false
  due.lastComplete = now
  return 'everything'
}
