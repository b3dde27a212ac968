/** Scenes for `checkOperation`: a cloud, what is done to a server of it, and a snapshot of all that may change. */
import type { Kysely } from '#core/db/database.ts'
import type { OperationTables } from '#core/operations/store.ts'
import type { Arrange, Scene } from '#testkit/check-operation.ts'
import { LATEST, startComputeCloud, type ComputeCloud, type Server } from './compute-cloud.ts'

export interface SceneParts {
  cloud: ComputeCloud
  /** The subject; absent where the operation makes it. */
  server: Server
  /** What `prepare` leaves for `begin`. */
  left: Record<string, string>
  act(body: object): Promise<void>
}

export interface SceneOptions {
  /** Whether a server is there before. Default true. */
  withServer?: boolean
  /** Fields of that server. */
  fields?: (cloud: ComputeCloud) => Promise<Record<string, unknown>>
  /** Brings the server into the state in which the operation begins. */
  prepare?: (parts: SceneParts) => Promise<void>
  begin: (parts: SceneParts) => Promise<void>
}

export function scene(options: SceneOptions): Arrange {
  return async (swap): Promise<Scene> => {
    const cloud = await startComputeCloud({ swap, hosts: ['host1'] })
    const parts: SceneParts = {
      cloud, server: undefined as unknown as Server, left: {},
      async act(body) {
        const answer = await cloud.admin.post<never>(`/v2.1/servers/${parts.server.id}/action`, body, LATEST)
        if (answer.status >= 300) throw new Error(`not accepted: ${answer.text}`)
        await cloud.settled()
      },
    }
    const given = await options.fields?.(cloud) ?? {}
    if (options.withServer !== false) parts.server = await cloud.boot(cloud.member, { name: 'subject', ...given })
    await options.prepare?.(parts)
    await cloud.settled()
    return {
      begin: async () => { await options.begin(parts) },
      settled: () => cloud.settled(), snapshot: () => world(cloud), runner: cloud.compute.runner, db: cloud.compute.context().db as unknown as Kysely<OperationTables>, stop: () => cloud.stop(),
    }
  }
}

/** Living servers (but those in ERROR, which are meant to be seen), ports, claims, guests, images. */
async function world(cloud: ComputeCloud): Promise<unknown> {
  const { servers } = (await cloud.admin.get<{ servers: Server[] }>('/v2.1/servers/detail?all_tenants=1&sort_key=created_at&sort_dir=asc', LATEST)).body
  const shown = servers.filter((server) => server.status !== 'ERROR').map(({ updated: _u, fault: _f, 'OS-EXT-SRV-ATTR:reservation_id': _r, ...server }) => server)
  const ports = (await cloud.networkAdmin.get<{ ports: Record<string, unknown>[] }>('/v2.0/ports')).body.ports
  const guests = []
  for (const [host, driver] of cloud.drivers) for (const guest of await driver.guests()) guests.push({ host, power: guest.powerState, nics: driver.nicsOf(guest.serverId).length, serverId: guest.serverId })
  const claims: unknown[] = []
  for (const server of servers) claims.push((await cloud.placementAdmin.get<{ allocations: Record<string, { resources: unknown }> }>(`/allocations/${server.id}`)).body.allocations)
  return {
    servers: shown, guests, claims: claims.flatMap((claim) => Object.values(claim as Record<string, { resources: unknown }>).map((c) => c.resources)),
    ports: ports.toSorted((a, b) => (String(a['device_owner']) < String(b['device_owner']) ? -1 : 1)).map((port) => ({ device: port['device_id'], owner: port['device_owner'], host: port['binding:host_id'], network: port['network_id'] })),
    images: [...cloud.image.images.values()].map((image) => ({ status: image['status'], type: image['image_type'] ?? null })),
  }
}
