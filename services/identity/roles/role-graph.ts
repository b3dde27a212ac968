/**
 * All roles and what they imply, in memory: a token's roles are the assigned ones and everything those imply, and
 * working that out must not cost a query per role.
 */
import type { IdentityContext } from '../context.ts'
import type { RoleRow } from '../database.ts'
import { listAllRoles, listImplications } from './role.store.ts'

export class RoleGraph {
  readonly roles: ReadonlyMap<string, RoleRow>
  readonly #implied: ReadonlyMap<string, readonly string[]>

  constructor(roles: RoleRow[], implications: { prior_role_id: string; implied_role_id: string }[]) {
    this.roles = new Map(roles.map((role) => [role.id, role]))
    const implied = new Map<string, string[]>()
    for (const { prior_role_id: prior, implied_role_id: role } of implications) {
      const list = implied.get(prior)
      if (list === undefined) implied.set(prior, [role])
      else list.push(role)
    }
    this.#implied = implied
  }

  impliedBy(roleId: string): readonly string[] { return this.#implied.get(roleId) ?? [] }

  /** The roles and all they imply, each once; roles that do not exist are left out. */
  closure(roleIds: Iterable<string>): Set<string> {
    const found = new Set<string>()
    const waiting = [...roleIds]
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      if (found.has(id) || !this.roles.has(id)) continue
      found.add(id)
      waiting.push(...this.impliedBy(id))
    }
    return found
  }

  /** As they stand in a token: roles of a domain only imply others and are not shown themselves. */
  inToken(roleIds: Iterable<string>): { id: string; name: string }[] {
    return [...this.closure(roleIds)].map((id) => this.roles.get(id)!).filter((role) => role.domain_id === null).map(({ id, name }) => ({ id, name }))
  }
}

export async function roleGraph(ctx: IdentityContext): Promise<RoleGraph> {
  const read = async (): Promise<RoleGraph> => new RoleGraph(await listAllRoles(ctx), await listImplications(ctx))
  return ctx.db.isTransaction ? await read() : await ctx.clients.memory.recall('roles', ctx.clock.now(), read)
}
