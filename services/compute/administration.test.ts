import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EXTENSIONS } from './extensions/extension-list.ts'
import { startComputeCloud, type ComputeCloud } from './testing/compute-cloud.ts'
import { exchange } from './testing/exchange.ts'

describe('hosts, moves, extensions and what is gone', () => {
  let cloud: ComputeCloud
  beforeAll(async () => { cloud = await startComputeCloud() })
  afterAll(async () => { await cloud.stop() })

  it('hosts are shown up to 2.42', async () => {
    await cloud.boot(cloud.member, { name: 'one' })
    const line = (project: string, cpu: number, memory_mb: number, disk_gb: number): object => ({ resource: { host: 'host1', project, cpu, memory_mb, disk_gb } })
    await exchange(cloud.admin, [
      { do: 'GET /os-hosts?zone=nova', at: '2.1', then: 200, is: { hosts: [{ host_name: 'host1', service: 'compute', zone: 'nova' }] } },
      { do: 'GET /os-hosts/host1', at: '2.42', then: 200, is: { host: [line('(total)', 1000, 1048576, 10000), line('(used_now)', 1, 576, 1), line('(used_max)', 1, 64, 1), line('alpha', 1, 64, 1)] } },
      { do: 'PUT /os-hosts/host1', at: '2.1', body: { status: 'disable' }, then: 200, is: { host: 'host1', status: 'disabled' } },
      { do: 'GET /os-services?host=host1', then: 200, shows: { services: [{ status: 'disabled' }] } },
      { do: 'PUT /os-hosts/host1', at: '2.1', body: { status: 'Enable' }, then: 200, is: { host: 'host1', status: 'enabled' } },
      { do: 'PUT /os-hosts/host1', at: '2.1', body: { maintenance_mode: 'enable' }, then: 501, says: 'The requested functionality is not supported.' },
      { do: 'PUT /os-hosts/host1', at: '2.1', body: { status: 'maybe' }, then: 400 },
      { do: 'GET /os-hosts/host1/reboot', at: '2.1', then: 501 },
      { do: 'GET /os-hosts/none', at: '2.1', then: 404, says: 'Compute host none could not be found.' },
      { do: 'GET /os-hosts', at: '2.43', then: 404 },
    ])
  })

  it('moves of servers are listed, newest first', async () => {
    const row = (id: number, set: object): never => ({
      id, uuid: `00000000-0000-4000-8000-00000000000${id}`, server_id: `server-${id}`, migration_type: 'resize', status: 'finished', source_host: 'host1', source_node: 'node1', dest_host: 'host2', dest_node: 'node2',
      dest_address: '10.0.0.2', old_flavor_id: '1', new_flavor_id: 'big', hidden: 0, user_id: 'u', project_id: 'p', created_at: `2026-01-0${id}T00:00:00.000Z`, updated_at: `2026-01-0${id}T01:00:00.000Z`, ...set,
    }) as never
    const { db } = cloud.compute.context()
    await db.insertInto('server_migrations').values([row(1, {}), row(2, { migration_type: 'live-migration', status: 'running', source_host: 'host3' }), row(3, { hidden: 1 })]).execute()
    const first = { id: 1, instance_uuid: 'server-1', status: 'finished', source_compute: 'host1', source_node: 'node1', dest_compute: 'host2', dest_node: 'node2', dest_host: '10.0.0.2', old_instance_type_id: 1, new_instance_type_id: null, created_at: '2026-01-01T00:00:00.000000', updated_at: '2026-01-01T01:00:00.000000' }
    await exchange(cloud.admin, [
      { do: 'GET /os-migrations?host=host1', at: '2.22', then: 200, is: { migrations: [first] } },
      { do: 'GET /os-migrations?instance_uuid=server-1', then: 200, is: { migrations: [{ ...first, uuid: '00000000-0000-4000-8000-000000000001', migration_type: 'resize', user_id: 'u', project_id: 'p' }] } },
      { do: 'GET /os-migrations', at: '2.23', then: 200, shows: { migrations: [{ id: 2, migration_type: 'live-migration', links: [{ rel: 'self', href: 'http://cloud.test/v2.1/servers/server-2/migrations/2' }, { rel: 'bookmark' }] }, { id: 1 }] } },
      { do: 'GET /os-migrations?limit=1', at: '2.59', then: 200, shows: { migrations: [{ id: 2 }], migrations_links: [{ rel: 'next', href: 'http://cloud.test/v2.1/os-migrations?limit=1&marker=00000000-0000-4000-8000-000000000002' }] } },
      { do: 'GET /os-migrations?marker=x', then: 400, says: 'Marker x could not be found.' },
      { do: 'GET /os-migrations?marker=00000000-0000-4000-8000-000000000002', then: 200, shows: { migrations: [{ id: 1 }] } },
      { do: 'GET /os-migrations?changes-since=2026-01-02T00:00:00Z&migration_type=resize', then: 200, is: { migrations: [] } },
      { do: 'GET /os-migrations?changes-since=2026-01-02T00:00:00Z&changes-before=2026-01-01T00:00:00Z', then: 400, says: 'The value of changes-since must be less than or equal to changes-before.' },
      { do: 'GET /os-migrations?user_id=other', then: 200, is: { migrations: [] } },
      { do: 'GET /os-migrations?nonsense=1', at: '2.58', then: 200 },
      { do: 'GET /os-migrations?nonsense=1', at: '2.59', then: 400 },
    ])
    await exchange(cloud.member, [{ do: 'GET /os-migrations', then: 403 }])
  })

  it('extensions are a frozen list, of what there is', async () => {
    expect(EXTENSIONS).toHaveLength(91)
    const { body } = await cloud.member.get<{ extensions: { alias: string }[] }>('/v2.1/extensions')
    const aliases = body.extensions.map((extension) => extension.alias)
    expect(aliases).toContain('os-shelve')
    for (const absent of ['os-volumes', 'os-assisted-volume-snapshots', 'os-baremetal-nodes', 'os-evacuate', 'os-migrate-server']) expect(aliases).not.toContain(absent)
    await exchange(cloud.member, [
      { do: 'GET /extensions/os-keypairs', then: 200, shows: { extension: { alias: 'os-keypairs', links: [], updated: '2014-12-03T00:00:00Z' } } },
      { do: 'GET /extensions/none', then: 404, is: { itemNotFound: { code: 404, message: 'The resource could not be found.' } } },
      { do: 'GET /extensions/os-volumes', then: 404 },
    ])
  })

  it('paths there are none of are refused in the form the client accepts, those of another version as compute refuses', async () => {
    const accepting = async (accept: string | undefined, call: string) => {
      const [method, path] = call.split(' ') as [string, string]
      const { status, headers, text } = await cloud.member.request(method, `/v2.1${path}`, undefined, { accept: accept as string })
      return [status, headers['content-type'], text]
    }
    for (const call of ['GET /nope', 'GET /servers/x/nope', 'PUT /servers', 'GET /servers/']) {
      expect(await accepting('application/json', call)).toEqual([404, 'application/json', '{"message":"The resource could not be found.<br /><br />\\n\\n\\n","code":"404 Not Found","title":"Not Found"}'])
      expect(await accepting(undefined, call)).toEqual([404, 'text/plain; charset=UTF-8', '404 Not Found\n\nThe resource could not be found.\n\n   '])
      expect(await accepting('*/*', call)).toEqual([404, 'text/html; charset=UTF-8', expect.stringContaining('<h1>404 Not Found</h1>')])
    }
    await exchange(cloud.admin, [{ do: 'GET /os-hosts', at: '2.43', then: 404, is: { itemNotFound: { code: 404, message: 'The resource could not be found.' } } }])
  })

  it('calls of old releases are gone', async () => {
    for (const call of ['GET /os-agents', 'POST /os-cells', 'GET /os-fping/1', 'POST /os-networks', 'GET /servers/1/consoles', 'DELETE /os-tenant-networks/1']) {
      await exchange(cloud.member, [{ do: call, at: '2.1', then: 410 }])
    }
  })
})
