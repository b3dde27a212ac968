import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Problem } from '#core/service/explain.ts'
import { databases } from '#testkit/databases.ts'
import { startIdentity, type IdentityBench } from '../identity-bench.ts'
import { identityChecks } from './checks.ts'

describe.each(databases)('doctor of identity on %s', (_name, locate) => {
  let bench: IdentityBench
  beforeAll(async () => { bench = await startIdentity({ database: await locate() }) })
  afterAll(() => bench.stop())

  async function diagnose(repair = false): Promise<Problem[]> {
    const problems: Problem[] = []
    for (const check of identityChecks) problems.push(...await check.run(bench.service.context(), repair))
    return problems
  }

  it('has nothing to say of a cloud as it is made, nor after a user was deleted', async () => {
    expect(await diagnose()).toEqual([])
    const { user } = (await bench.admin.post<{ user: { id: string } }>('/v3/users', { user: { name: 'passing', password: 'secret' } })).body
    const { roles } = (await bench.admin.get<{ roles: { id: string }[] }>('/v3/roles')).body
    const { projects } = (await bench.admin.get<{ projects: { id: string }[] }>('/v3/projects')).body
    expect((await bench.admin.put(`/v3/projects/${projects[0]!.id}/users/${user.id}/roles/${roles[0]!.id}`, {})).status).toBe(204)
    expect((await bench.admin.put(`/v3/system/users/${user.id}/roles/${roles[0]!.id}`, {})).status).toBe(204)
    expect(await diagnose()).toEqual([])
    expect((await bench.admin.delete(`/v3/users/${user.id}`)).status).toBe(204)
    expect(await diagnose()).toEqual([])
  })

  it('takes away grants, memberships and revocations of what is gone', async () => {
    const { db } = bench.service.context()
    const [{ id: user }, { id: role }] = [await db.selectFrom('users').select('id').executeTakeFirstOrThrow(), await db.selectFrom('roles').select('id').executeTakeFirstOrThrow()]
    const grant = { actor_type: 'user' as const, actor_id: user, target_type: 'project' as const, target_id: 'gone', role_id: role, inherited: 0 }
    await db.insertInto('assignments').values([grant, { ...grant, actor_id: 'nobody', target_type: 'system', target_id: 'system' }, { ...grant, role_id: 'lost' }]).execute()
    await db.insertInto('memberships').values({ user_id: user, group_id: 'gone' }).execute()
    await db.insertInto('revocations').values({ id: 'old', audit_id: 'x', user_id: null, issued_before: '2020-01-01T00:00:00.000Z', revoked_at: '2020-01-01T00:00:00.000Z' }).execute()
    const found = await diagnose()
    expect(found.map((p) => [p.kind, p.repaired]).sort()).toEqual([...Array.from({ length: 3 }, () => ['grant-of-nothing', false]), ['membership-of-nothing', false], ['expired-revocations', false]].sort())
    expect(found.map((p) => p.sentence)).toContain(`role ${role} of user ${user} on project gone: there is no such project`)
    expect((await diagnose(true)).every((p) => p.repaired)).toBe(true)
    expect(await diagnose()).toEqual([])
  })
})
