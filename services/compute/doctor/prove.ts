/**
 * How compute's checks keep from crying wolf. Servers change while a check reads one table after the other, so what
 * looks wrong is only called so when no operation was at work on its server meanwhile, and when it looks the same a
 * second time. Where all is well nothing is read twice.
 */
import { explainError } from '#core/errors/errors.ts'
import type { Check, Problem } from '#core/service/explain.ts'
import { nowIso } from '#core/time/clock.ts'
import type { ComputeContext } from '../context.ts'
import { atWork } from './doctor.store.ts'

/** A problem, and how it is mended. */
export interface Finding extends Omit<Problem, 'repairable' | 'repaired'> {
  /** The server whose operations explain it away. */
  serverId?: string
  /** Absent where a person has to look. Throws when it does not work. */
  mend?: (ctx: ComputeContext) => Promise<void>
}

interface Invariant { name: string; invariant: string; find: (ctx: ComputeContext) => Promise<Finding[]> }

export function prove({ name, invariant, find }: Invariant): Check<ComputeContext> {
  return {
    name, invariant,
    async run(ctx, repair) {
      const first = new Set((await findAtRest(ctx, find)).map(keyOf))
      if (first.size === 0) return []
      const findings = (await findAtRest(ctx, find)).filter((finding) => first.has(keyOf(finding)))
      const problems: Problem[] = []
      for (const finding of findings) problems.push(await tell(ctx, finding, repair))
      return problems
    },
  }
}

function keyOf(finding: Finding): string {
  return `${finding.kind} ${finding.id}`
}

async function findAtRest(ctx: ComputeContext, find: Invariant['find']): Promise<Finding[]> {
  const since = nowIso(ctx.clock)
  const before = await atWork(ctx, undefined)
  const findings = await find(ctx)
  if (findings.length === 0) return []
  const after = await atWork(ctx, since)
  return findings.filter(({ serverId }) => serverId === undefined || (!before.has(serverId) && !after.has(serverId)))
}

async function tell(ctx: ComputeContext, finding: Finding, repair: boolean): Promise<Problem> {
  const { kind, resource, id, sentence, serverId, mend } = finding
  const problem = { kind, resource, id, sentence, repairable: mend !== undefined, repaired: false }
  if (!repair || mend === undefined) return problem
  if (serverId !== undefined && (await ctx.operations.pending(ctx, serverId)).length > 0) return { ...problem, sentence: `${sentence}; it is being worked on now` }
  try {
    await mend(ctx)
    return { ...problem, repaired: true }
  } catch (error) {
    ctx.log.warn({ err: error, resourceId: id, kind }, 'a problem could not be mended')
    return { ...problem, sentence: `${sentence}; mending it failed: ${explainError(error)}` }
  }
}
