/** What `nacre why` tells of an image: how far its data has come, and why it is not further. */
import type { Explanation } from '#core/service/explain.ts'
import type { ImageContext } from '../context.ts'
import type { ImageRow, TasksTable } from '../database.ts'
import { findImage } from '../images/image.store.ts'
import { tasksOfImage } from '../import/task.store.ts'

export async function explainImage(ctx: ImageContext, id: string): Promise<Explanation | undefined> {
  const row = await findImage(ctx, id)
  if (row === undefined) return undefined
  const lastTask = (await tasksOfImage(ctx, id)).at(-1)
  const found = await ctx.clients.files.sizeBytes(id)
  const problem = problemOf(row, lastTask, found)
  return {
    type: 'image', id, name: row.name ?? '', status: row.status, projectId: row.owner,
    facts: factsOf(row, lastTask), ...(problem === undefined ? {} : { problem }), advice: adviceOf(row, lastTask, found), related: [],
  }
}

function factsOf(row: ImageRow, lastTask: TasksTable | undefined): [string, string][] {
  const facts: [string, string][] = [['visibility', row.visibility], ['formats', `${row.disk_format ?? 'none'} in ${row.container_format ?? 'none'}`]]
  if (row.size !== null) facts.push(['size', `${row.size} bytes`])
  if (row.lease_until !== null) facts.push(['held until', row.lease_until])
  if (lastTask !== undefined) facts.push(['last import', `${lastTask.status} at ${lastTask.updated_at}`])
  return facts
}

function isHurt(row: ImageRow, found: number | undefined): boolean {
  return (row.status === 'active' || row.status === 'deactivated') && found !== row.size
}

function problemOf(row: ImageRow, lastTask: TasksTable | undefined, found: number | undefined): string | undefined {
  if (isHurt(row, found)) return found === undefined ? 'its data is missing' : `its data has ${found} of ${row.size} bytes`
  return row.status === 'queued' && lastTask?.status === 'failure' ? lastTask.message : undefined
}

function adviceOf(row: ImageRow, lastTask: TasksTable | undefined, found: number | undefined): string[] {
  if (isHurt(row, found)) return ['Restore the file from a backup, or delete the image and upload it again.']
  switch (row.status) {
    case 'queued': return [lastTask?.status === 'failure' ? 'Put right what the import complains of and start it again.' : 'Upload its data, or import it.']
    case 'uploading': return row.lease_until === null ? ['Start the import with method glance-direct.'] : ['Wait: data is being staged.']
    case 'saving': case 'importing': return ['Wait: its data is on the way.']
    case 'deactivated': return ['Reactivate it to allow downloads.']
    default: return []
  }
}
