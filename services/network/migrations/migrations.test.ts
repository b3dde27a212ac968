/** A cloud that was there before: what its rows say after its tables changed. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openDatabase, type DatabaseLocation } from '#core/db/database.ts'
import { quotaMigration } from '#core/quota/quota.ts'
import { databases } from '#testkit/databases.ts'
import type { NetworkTables } from '../database.ts'
import { network } from '../service.ts'
import { initial } from './0001-initial.ts'
import { hostIndexes } from './0002-hosts.ts'

/** A database in memory ends with its connection; this one is opened twice. */
async function kept(location: DatabaseLocation): Promise<DatabaseLocation> {
  if (location.engine !== 'sqlite') return location
  const folder = await mkdtemp(join(tmpdir(), 'network-migrations-'))
  onTestFinished(async () => { await rm(folder, { recursive: true }) })
  return { engine: 'sqlite', folder }
}

describe.each(databases)('migrations on %s', (_name, locate) => {
  it('give the rules that are there the prefix clients filter by, and take from routers what they are not', async () => {
    const location = await kept(await locate())
    const standard = { project_id: 'alpha', description: '', created_at: '2026-01-01T00:00:00.000Z', updated_at: '2026-01-01T00:00:00.000Z', revision_number: 1, tagged: 0 as const }
    const before = await openDatabase<Record<string, Record<string, unknown>>>(location, 'network', [quotaMigration, initial, hostIndexes])
    await before.db.insertInto('security_groups').values({ ...standard, id: 'group', name: 'web', stateful: 1 }).execute()
    const rule = { ...standard, security_group_id: 'group', direction: 'ingress', ethertype: 'IPv4', protocol: null, port_range_min: null, port_range_max: null, remote_group_id: null }
    await before.db.insertInto('security_group_rules').values([
      { ...rule, id: 'near', remote_ip_prefix: '10.0.0.5/8', rule_key: 'near' }, { ...rule, id: 'any', remote_ip_prefix: null, rule_key: 'any' },
    ]).execute()
    await before.db.insertInto('routers').values({ ...standard, id: 'router', name: 'r', admin_state_up: 1, status: 'ACTIVE', enable_snat: 1, distributed: 0, ha: 0 }).execute()
    await before.close()

    const after = await openDatabase<NetworkTables>(location, 'network', network.migrations)
    const rules = await after.db.selectFrom('security_group_rules').select(['id', 'normalized_cidr']).orderBy('id').execute()
    expect(rules).toEqual([{ id: 'any', normalized_cidr: null }, { id: 'near', normalized_cidr: '10.0.0.0/8' }])
    expect(await after.db.selectFrom('routers').selectAll().executeTakeFirstOrThrow()).toMatchObject({ id: 'router', name: 'r' })
    await after.close()
  })
})
