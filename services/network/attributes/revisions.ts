/**
 * Revisions: each change of a resource adds one to `revision_number`. `If-Match: revision_number=5` lets a change
 * through only while the resource is still at 5. The conditional UPDATE also puts concurrent changes of one resource
 * in a row.
 */
import { nowIso } from '#core/time/clock.ts'
import type { NetworkContext } from '../context.ts'
import { errors } from '../errors.ts'
import type { Resource } from './attribute.ts'
import { revise, reviseAt, revisionOf } from './revision.store.ts'

/** The revision a request insists on. */
export function readIfMatch(headers: Record<string, string | undefined>): number | undefined {
  const given = headers['if-match']
  if (given === undefined) return undefined
  const tags = given.split(',').map((t) => t.trim().replace(/^(W\/)?"(.*)"$/, '$2')).filter((t) => t.startsWith('revision_number='))
  if (tags.length > 1) throw errors.BadRequest({ resource: 'if-match', msg: 'Multiple revision_number etags are not supported.' })
  if (tags.length === 0) return undefined
  const text = tags[0]!.slice('revision_number='.length)
  if (!/^\s*-?\d+\s*$/.test(text)) throw errors.BadRequest({ resource: 'if-match', msg: 'Revision number etag must be in the format of revision_number=<int>' })
  return Number(text)
}

/** Counts a change of a resource; fails when it is not at `expected`, or gone. */
export async function reviseOrFail(ctx: NetworkContext, resource: Resource, id: string, expected: number | undefined): Promise<void> {
  if (expected === undefined ? await revise(ctx, resource.table, id) : await reviseAt(ctx, resource.table, id, expected)) return
  const current = await revisionOf(ctx, resource.table, id)
  if (current === undefined) throw resource.notFound(id)
  throw errors.RevisionNumberConstraintFailed({ expected: expected!, current })
}

/**
 * The first revision that clients see of what is made of parts: a network and its segment, a port and its addresses.
 * Upstream counts the parts as a change; what is written in one piece (a subnet, a rule, a floating IP) begins at 0.
 */
export const MADE_OF_PARTS = 1

/** The columns every new row starts with. */
export function newRow(ctx: NetworkContext, item: Record<string, unknown>, id?: string): { id: string; project_id: string; description: string; created_at: string; updated_at: string; revision_number: number; tagged: 0 } {
  const now = nowIso(ctx.clock)
  return {
    id: id ?? ctx.ids.uuid(), project_id: (item['project_id'] as string | undefined) ?? '', description: (item['description'] as string | undefined) ?? '',
    created_at: now, updated_at: now, revision_number: 0, tagged: 0,
  }
}
