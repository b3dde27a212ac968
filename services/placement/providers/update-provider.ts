/**
 * A provider gets another name or another place in the forest of trees. Moving takes its whole subtree along, and
 * must not make a loop. Giving a first parent was always allowed; taking it away or changing it came with 1.37.
 */
import { inTransaction, isForeignKeyViolation, isUniqueViolation } from '#core/db/database.ts'
import { nowIso } from '#core/time/clock.ts'
import type { PlacementContext } from '../context.ts'
import type { ProviderTable } from '../database.ts'
import { errors } from '../errors.ts'
import type { ProviderUpdate } from './provider.schema.ts'
import { findProvider, listTree, setRoot, updateProviderRow } from './provider.store.ts'
import { requireProvider } from './require-provider.ts'

export async function updateProvider(ctx: PlacementContext, uuid: string, input: ProviderUpdate, mayReparent: boolean): Promise<ProviderTable> {
  try {
    return await inTransaction(ctx, async (ctx) => {
      const provider = await requireProvider(ctx, uuid)
      const change: Partial<ProviderTable> = { name: input.name, updated_at: nowIso(ctx.clock) }
      if (input.parent_provider_uuid !== undefined && input.parent_provider_uuid !== provider.parent_uuid) {
        Object.assign(change, await move(ctx, provider, input.parent_provider_uuid, mayReparent))
      }
      await updateProviderRow(ctx, uuid, change)
      return { ...provider, ...change }
    })
  } catch (error) {
    if (isUniqueViolation(error)) throw errors.ProviderExists({ what: input.name }, { cause: error })
    if (isForeignKeyViolation(error)) throw notSaved(uuid, 'update', 'parent provider UUID does not exist.', error)
    throw error
  }
}

async function move(ctx: PlacementContext, provider: ProviderTable, parentUuid: string | null, mayReparent: boolean): Promise<Partial<ProviderTable>> {
  const { uuid } = provider
  const parent = parentUuid === null ? null : await findProvider(ctx, parentUuid)
  if (parent === undefined) throw notSaved(uuid, 'create', 'parent provider UUID does not exist.')
  if (provider.parent_uuid !== null && !mayReparent) {
    throw notSaved(uuid, 'update', `${parent === null ? 'un' : 're'}-parenting a provider is not currently allowed.`)
  }
  const subtree = await listSubtree(ctx, provider)
  if (parent !== null && subtree.includes(parent.uuid)) throw notSaved(uuid, 'update', 'creating loop in the provider tree is not allowed.')
  const root = parent?.root_uuid ?? uuid
  await setRoot(ctx, subtree, root)
  return { parent_uuid: parentUuid, root_uuid: root }
}

/** The provider and all below it. */
async function listSubtree(ctx: PlacementContext, provider: ProviderTable): Promise<string[]> {
  const children = Map.groupBy(await listTree(ctx, provider.root_uuid), (row) => row.parent_uuid)
  const subtree = [provider.uuid]
  for (const uuid of subtree) subtree.push(...(children.get(uuid) ?? []).map((child) => child.uuid))
  return subtree
}

function notSaved(uuid: string, action: 'create' | 'update', reason: string, cause?: unknown): Error {
  return errors.ProviderNotSaved({ uuid, action, reason }, { cause })
}
