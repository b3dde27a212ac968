/**
 * migrate: a server goes to another host, off while it moves. The scheduler is asked before the request is accepted,
 * so a cloud in which no other host will do says so at once, with every host's reason. Moving local disks from one
 * host to another is not offered yet: a host that would do is named in the refusal.
 */
import { Type } from '#core/schema/schema.ts'
import { shapeVersions, since } from '#core/versions/versions.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { getHost } from '../hosts/host.store.ts'
import { noValidHost } from '../scheduler/explanation.ts'
import { schedule } from '../scheduler/scheduler.ts'
import { schedulingRequest } from '../scheduler/scheduling-request.ts'
import { HostName, wrapped } from '../schema/parameter-types.ts'
import { action, type ActionHandler } from '../server-actions/action.ts'
import { requireHost } from '../server-actions/start-work.ts'
import { checkAction } from '../servers/begin-action.ts'
import type { ServerRow } from '../servers/server.row.ts'

interface Wish { host?: string | null }

const migrate: ActionHandler<Wish | null> = async (ctx, server, body) => {
  const requestedHost = body?.host ?? null
  checkAction(ctx, server, 'migrate')
  const own = await requireHost(ctx, server)
  if (requestedHost !== null) {
    if (await getHost(ctx, requestedHost) === undefined) throw errors.ComputeHostNotFound({ host: requestedHost })
    if (requestedHost === own) throw errors.BadRequest({ message: 'Cannot migrate to the host where the server exists.' })
  }
  const host = await otherHost(ctx, server, own, requestedHost)
  throw errors.BadRequest({ message: `Server ${server.id} cannot be migrated: its disks are files of host ${own}, and files are not moved between hosts. Host ${host} has room for it; shelve and unshelve the server to bring it there from an image of its root disk.` })
}

/** The host it would go to. Throws 400 with every host's reason when there is none. */
async function otherHost(ctx: ComputeContext, server: ServerRow, own: string, requestedHost: string | null): Promise<string> {
  const request = await schedulingRequest(ctx, server, { zone: server.requested_zone, forcedHost: null, forcedNode: null, requestedHost, requestedNode: null }, {})
  const { candidate, explanation } = await schedule(ctx, { ...request, differentHost: [...request.differentHost, server.id], hostsOfServers: new Map([...request.hostsOfServers, [server.id, own]]) })
  if (candidate === null) throw errors.BadRequest({ message: noValidHost(explanation) })
  return candidate.host
}

const migrateBody = shapeVersions({
  request: wrapped('migrate', Type.Unsafe<Wish | null>({ type: ['object', 'null'], properties: { host: { ...HostName, type: ['string', 'null'] } }, additionalProperties: false })),
  // Until 2.55 the body meant nothing.
  deltas: [since('2.56', { olderSchema: () => ({}), lift: () => ({ migrate: null }) })],
})

export const migrateActions = [action('migrate', migrate, { rule: 'os_compute_api:os-migrate-server:migrate', body: migrateBody })]
