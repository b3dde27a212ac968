/**
 * The story of a resource or of a request: what the services know of it now, and every operation on it with its
 * steps. All services keep the same two operation tables, so one reader serves them all.
 */
import type { Kysely } from 'kysely'
import { listOperations, listSteps, type OperationRow, type OperationTables } from '#core/operations/store.ts'
import type { OperationFailure } from '#core/operations/operations.ts'
import type { Explanation } from '#core/service/explain.ts'
import type { RunningService } from '#core/service/service.ts'

export interface StoryStep { step: string; direction: string; outcome: string; message: string | null; startedAt: string; ms: number }
export interface StoryOperation {
  id: string; service: string; name: string; state: string; resourceType: string; resourceId: string; requestId: string; userId: string
  startedAt: string; finishedAt: string | null; currentStep: string | null; attempts: number; failure: OperationFailure | null; steps: StoryStep[]
}
export interface Story { id: string; explanations: (Explanation & { service: string })[]; operations: StoryOperation[] }

type Service = Omit<RunningService, 'context'> & { context: () => { db: Kysely<OperationTables> } }

/** Everything known about an id: a resource's, or a request's (`req-…`). */
export async function tellStory(services: Iterable<[string, RunningService]>, id: string): Promise<Story> {
  const story: Story = { id, explanations: [], operations: [] }
  for (const [name, service] of services) {
    const ctx = (service as unknown as Service).context()
    const isRequest = id.startsWith('req-')
    const rows = await listOperations(ctx.db, isRequest ? { requestId: id } : { resourceId: id })
    const steps = await listSteps(ctx.db, rows.map((r) => r.id))
    for (const row of rows) story.operations.push(storyOperation(name, row, steps.filter((s) => s.operation_id === row.id)))
    const ids = isRequest ? [...new Set(rows.map((r) => r.resource_id))] : [id]
    for (const resourceId of ids) {
      const told = await service.definition.explain?.(ctx as never, resourceId)
      if (told !== undefined) story.explanations.push({ service: name, ...told })
    }
  }
  story.operations.sort((a, b) => a.startedAt.localeCompare(b.startedAt))
  return story
}

function storyOperation(service: string, row: OperationRow, steps: Awaited<ReturnType<typeof listSteps>>): StoryOperation {
  return {
    id: row.id, service, name: row.name, state: row.state, resourceType: row.resource_type, resourceId: row.resource_id, requestId: row.request_id,
    userId: row.user_id, startedAt: row.created_at, finishedAt: row.finished_at, currentStep: row.current_step, attempts: row.attempts,
    failure: row.failure === null ? null : (JSON.parse(row.failure) as OperationFailure),
    steps: steps.map((s) => ({ step: s.step, direction: s.direction, outcome: s.outcome, message: s.message, startedAt: s.started_at, ms: Date.parse(s.finished_at) - Date.parse(s.started_at) })),
  }
}
