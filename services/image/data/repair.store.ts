/** What the repair of images reads and writes. */
import type { ImageContext } from '../context.ts'

const DEAD = '1970-01-01T00:00:00.000Z'

/** Images whose upload, staging or import has let its lease run out. */
export async function expiredUploads(ctx: ImageContext, now: string): Promise<{ id: string; status: string; upload_id: string }[]> {
  return await ctx.db.selectFrom('images').select(['id', 'status', 'upload_id']).where('deleted_at', 'is', null)
    .where('lease_until', '<', now).where('upload_id', 'is not', null).where('status', 'in', ['saving', 'uploading']).execute() as { id: string; status: string; upload_id: string }[]
}

/** Ends every lease: no process can hold one. */
export async function dropLeases(ctx: ImageContext): Promise<void> {
  await ctx.db.updateTable('images').set({ lease_until: DEAD }).where('lease_until', 'is not', null).execute()
}

/** Status and upload of images that are not deleted. */
export async function statusesOf(ctx: ImageContext, ids: string[]): Promise<Map<string, { status: string; uploadId: string | null }>> {
  const found = new Map<string, { status: string; uploadId: string | null }>()
  for (let at = 0; at < ids.length; at += 500) {
    const rows = await ctx.db.selectFrom('images').select(['id', 'status', 'upload_id']).where('id', 'in', ids.slice(at, at + 500)).where('deleted_at', 'is', null).execute()
    for (const row of rows) found.set(row.id, { status: row.status, uploadId: row.upload_id })
  }
  return found
}
