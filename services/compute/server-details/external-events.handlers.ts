/**
 * What others tell about servers: network says that a port is wired, changed or gone. The server's network view is
 * read anew, and an operation that waits for the word goes on.
 */
import { reply } from '#core/http/message.ts'
import type { RouteRequest } from '#core/http/route.ts'
import { Type } from '#core/schema/schema.ts'
import { shapeVersions, since } from '#core/versions/versions.ts'
import type { ComputeContext } from '../context.ts'
import { closed, Uuid } from '../schema/parameter-types.ts'
import { refreshNetworkCache } from '../servers/network-cache.ts'
import { listServersById } from '../servers/server.store.ts'

const NAMES = ['network-changed', 'network-vif-plugged', 'network-vif-unplugged', 'network-vif-deleted', 'volume-extended', 'power-update', 'accelerator-request-bound', 'volume-reimaged']

const ExternalEvents = closed({
  events: Type.Array(closed({
    server_uuid: Uuid, name: Type.Unsafe<string>({ type: 'string', enum: NAMES }),
    status: Type.Optional(Type.Unsafe<string>({ type: 'string', enum: ['failed', 'completed', 'in-progress'] })), tag: Type.Optional(Type.String({ maxLength: 255 })),
  }), { minItems: 1 }),
})

interface GivenEvent { server_uuid: string; name: string; status?: string; tag?: string }

function without(name: string): (schema: Record<string, unknown>) => Record<string, unknown> {
  return (schema) => {
    const events = (schema['properties'] as Record<string, { items: { properties: Record<string, { enum: string[] }> } }>)['events']!
    const names = events.items.properties['name']!
    names.enum = names.enum.filter((known) => known !== name)
    return schema
  }
}

export const externalEventVersions = shapeVersions({
  request: ExternalEvents,
  deltas: [since('2.51', { olderSchema: without('volume-extended') }), since('2.76', { olderSchema: without('power-update') }), since('2.82', { olderSchema: without('accelerator-request-bound') }), since('2.93', { olderSchema: without('volume-reimaged') })],
})

const TAG_REQUIRED = new Set(['accelerator-request-bound', 'volume-extended', 'volume-reimaged', 'power-update'])

export async function createExternalEvents(ctx: ComputeContext, request: RouteRequest<{ events: GivenEvent[] }>): Promise<object> {
  const { events } = request.body
  const servers = new Map((await listServersById(ctx, [...new Set(events.map((event) => event.server_uuid))])).map((row) => [row.id, row]))
  const changed = new Set<string>()
  const answers = events.map((event) => {
    const server = servers.get(event.server_uuid)
    if (server === undefined) return { ...event, status: 'failed', code: 404 }
    if (TAG_REQUIRED.has(event.name) && event.tag === undefined) return { ...event, status: 'failed', code: 400 }
    if (server.host === null) return { ...event, status: 'failed', code: 422 }
    if (event.name.startsWith('network-')) changed.add(server.id)
    if (event.name === 'power-update') ctx.nudge('power-states')
    return { ...event, status: 'completed', code: 200 }
  })
  for (const id of changed) {
    ctx.operations.wake(id)
    await refreshNetworkCache(ctx, id)
  }
  return reply({ status: answers.every((answer) => answer.code === 200) ? 200 : 207, body: { events: answers } })
}
