/**
 * What a new cloud begins with, as `keystone-manage bootstrap` leaves it: the default domain, the roles and what they
 * imply, an administrator, the projects admin, service and demo, the catalog. Done at every start; what is there
 * stays, except addresses in the catalog that have changed.
 */
import { inTransaction } from '#core/db/database.ts'
import { toJson } from '#core/db/json.ts'
import type { ServiceEnv } from '#core/service/service.ts'
import { hashCost } from '../authentication/check-password.ts'
import { getRegion, insertEndpoint, insertRegion, insertService, listEndpoints, listServices, updateEndpoint } from '../catalog/catalog.store.ts'
import type { IdentityContext } from '../context.ts'
import type { AssignmentRow } from '../database.ts'
import { hashPassword } from '../passwords/hash-password.ts'
import { findProject, getProject, insertProject } from '../projects/project.store.ts'
import { insertAssignment } from '../role-assignments/assignment.store.ts'
import { insertImplication, insertRole, listRoles } from '../roles/role.store.ts'
import { findUser, insertUser } from '../users/user.store.ts'
import { nowIso } from '#core/time/clock.ts'

const DEFAULT_DOMAIN = 'default'
const IMMUTABLE = toJson({ immutable: true })

export async function seedIdentity(ctx: IdentityContext, env: ServiceEnv): Promise<void> {
  const passwords = await newPasswords(ctx, env)
  await inTransaction(ctx, async (ctx) => {
    await seedDomain(ctx)
    const roles = await seedRoles(ctx)
    const project = {
      admin: await seedProject(ctx, 'admin', 'Bootstrap project for initializing the cloud.'),
      service: await seedProject(ctx, 'service', 'The services of this cloud.'),
      demo: await seedProject(ctx, 'demo', 'A project to try things in.'),
    }
    const admin = await seedUser(ctx, 'admin', passwords)
    const demo = await seedUser(ctx, 'demo', passwords)
    const nacre = await seedUser(ctx, 'nacre', passwords)
    await grant(ctx, admin, 'project', project.admin, roles['admin'])
    await grant(ctx, admin, 'system', 'system', roles['admin'])
    await grant(ctx, demo, 'project', project.demo, roles['member'])
    await grant(ctx, nacre, 'project', project.service, roles['admin'])
    await grant(ctx, nacre, 'project', project.service, roles['service'])
    await seedCatalog(ctx, env.endpoints)
  })
}

/** Hashes for the users that are not there yet, worked out before the transaction and side by side: each takes a core for a while. */
async function newPasswords(ctx: IdentityContext, env: ServiceEnv): Promise<Map<string, string>> {
  const hashes = new Map<string, string>()
  await Promise.all(([['admin', 'admin-password'], ['demo', 'demo-password'], ['nacre', 'service-password']] as const).map(async ([name, secret]) => {
    if (await findUser(ctx, name, DEFAULT_DOMAIN) === undefined) hashes.set(name, await hashPassword(env.secret(secret), hashCost(ctx)))
  }))
  return hashes
}

async function seedDomain(ctx: IdentityContext): Promise<void> {
  if (await getProject(ctx, DEFAULT_DOMAIN) !== undefined) return
  await insertProject(ctx, {
    id: DEFAULT_DOMAIN, name: 'Default', name_key: 'default', domain_id: null, domain_key: '', parent_id: null, ancestors: '', is_domain: 1, enabled: 1,
    description: 'The default domain', options: '{}', extra: '{}',
  })
}

async function seedProject(ctx: IdentityContext, name: string, description: string): Promise<string> {
  const known = await findProject(ctx, name, DEFAULT_DOMAIN)
  if (known !== undefined) return known.id
  const id = ctx.ids.hex()
  await insertProject(ctx, {
    id, name, name_key: name, domain_id: DEFAULT_DOMAIN, domain_key: DEFAULT_DOMAIN, parent_id: DEFAULT_DOMAIN, ancestors: DEFAULT_DOMAIN, is_domain: 0, enabled: 1,
    description, options: '{}', extra: '{}',
  })
  return id
}

async function seedRoles(ctx: IdentityContext): Promise<Record<string, string>> {
  const ids: Record<string, string> = {}
  for (const role of await listRoles(ctx, { domainId: null })) ids[role.name_key] = role.id
  for (const name of ['admin', 'member', 'reader', 'service']) {
    if (ids[name] !== undefined) continue
    ids[name] = ctx.ids.hex()
    await insertRole(ctx, { id: ids[name], name, name_key: name, domain_id: null, domain_key: '', description: null, options: IMMUTABLE, extra: '{}' })
    if (name === 'member') await insertImplication(ctx, { prior_role_id: ids['admin']!, implied_role_id: ids['member']! })
    if (name === 'reader') await insertImplication(ctx, { prior_role_id: ids['member']!, implied_role_id: ids['reader']! })
  }
  return ids
}

async function seedUser(ctx: IdentityContext, name: string, passwords: Map<string, string>): Promise<string> {
  const known = await findUser(ctx, name, DEFAULT_DOMAIN)
  if (known !== undefined) return known.id
  const id = ctx.ids.hex()
  const now = nowIso(ctx.clock)
  await insertUser(ctx, {
    id, domain_id: DEFAULT_DOMAIN, name, name_key: name, enabled: 1, default_project_id: null, password_hash: passwords.get(name) ?? null, password_created_at: now,
    password_expires_at: null, password_self_service: 0, failed_auth_count: 0, failed_auth_at: null, created_at: now, last_active_at: null, options: '{}', extra: '{}',
  })
  return id
}

async function grant(ctx: IdentityContext, userId: string, type: AssignmentRow['target_type'], targetId: string, roleId: string | undefined): Promise<void> {
  if (roleId === undefined) return
  await insertAssignment(ctx, { actor_type: 'user', actor_id: userId, target_type: type, target_id: targetId, role_id: roleId, inherited: 0 })
}

async function seedCatalog(ctx: IdentityContext, wanted: ServiceEnv['endpoints']): Promise<void> {
  const regionId = ctx.config.region
  if (await getRegion(ctx, regionId) === undefined) await insertRegion(ctx, { id: regionId, description: '', parent_region_id: null, extra: '{}' })
  const services = await listServices(ctx, {})
  for (const { type, name, url } of wanted) {
    let service = services.find((s) => s.type === type && s.name === name)
    if (service === undefined) {
      service = { id: ctx.ids.hex(), type, name, enabled: 1, extra: '{}' }
      await insertService(ctx, service)
    }
    const endpoints = await listEndpoints(ctx, { serviceId: service.id, regionId })
    for (const face of ['public', 'internal', 'admin']) {
      const known = endpoints.find((e) => e.interface === face)
      if (known === undefined) await insertEndpoint(ctx, { id: ctx.ids.hex(), service_id: service.id, region_id: regionId, interface: face, url, enabled: 1, extra: '{}' })
      else if (known.url !== url) await updateEndpoint(ctx, known.id, { url })
    }
  }
}
