/** An assignment as the API shows it: ids, on request names, and the link to the grant it came from. */
import type { Assignment } from './expand.ts'

type Json = Record<string, unknown>
export interface NamedThing { name: string; domainId: string | null }

export interface Names {
  users: ReadonlyMap<string, NamedThing>
  groups: ReadonlyMap<string, NamedThing>
  projects: ReadonlyMap<string, NamedThing>
  roles: ReadonlyMap<string, NamedThing>
}

export function assignmentView(baseUrl: string, a: Assignment, names: Names | undefined): Json {
  const links: Json = { assignment: `${baseUrl}${assignmentPath(a)}` }
  if (a.indirect?.groupId !== undefined) links['membership'] = `${baseUrl}/groups/${a.indirect.groupId}/users/${a.userId}`
  if (a.indirect?.roleId !== undefined) links['prior_role'] = `${baseUrl}/prior_role/${a.roleId}/implies/${a.indirect.roleId}`
  return {
    links, role: roleOf(a, names), scope: scopeOf(a, names),
    ...(a.userId !== undefined ? { user: actor(a.userId, names?.users, names) } : { group: actor(a.groupId!, names?.groups, names) }),
  }
}

function assignmentPath(a: Assignment): string {
  const { indirect = {} } = a
  const place = a.system === true ? '/system'
    : indirect.domainId !== undefined ? `/domains/${indirect.domainId}`
      : a.projectId !== undefined ? `/projects/${indirect.projectId ?? a.projectId}` : `/domains/${a.domainId}`
  const who = indirect.groupId !== undefined ? `/groups/${indirect.groupId}` : a.userId !== undefined ? `/users/${a.userId}` : `/groups/${a.groupId}`
  const path = `${place}${who}/roles/${indirect.roleId ?? a.roleId}`
  return isInherited(a) ? `/OS-INHERIT${path}/inherited_to_projects` : path
}

function isInherited(a: Assignment): boolean {
  return a.inherited === true || a.indirect?.projectId !== undefined || a.indirect?.domainId !== undefined
}

function scopeOf(a: Assignment, names: Names | undefined): Json {
  const inherited = isInherited(a) ? { 'OS-INHERIT:inherited_to': 'projects' } : {}
  if (a.system === true) return { system: { all: true }, ...inherited }
  if (a.projectId === undefined) {
    const domain = names?.projects.get(a.domainId!)
    return { domain: { id: a.domainId, ...(names === undefined ? {} : { name: domain?.name ?? '' }) }, ...inherited }
  }
  return { project: actor(a.projectId, names?.projects, names), ...inherited }
}

/** `{id}`, or `{id, name, domain}` when names are wanted. What is gone has empty names. */
function actor(id: string, of: ReadonlyMap<string, NamedThing> | undefined, names: Names | undefined): Json {
  if (of === undefined || names === undefined) return { id }
  const thing = of.get(id)
  const domainId = thing?.domainId ?? ''
  return { id, name: thing?.name ?? '', domain: { id: domainId, name: names.projects.get(domainId)?.name ?? '' } }
}

function roleOf(a: Assignment, names: Names | undefined): Json {
  if (names === undefined) return { id: a.roleId }
  const role = names.roles.get(a.roleId)
  const domain = role?.domainId === null || role === undefined ? {} : { domain: { id: role.domainId, name: names.projects.get(role.domainId)?.name ?? '' } }
  return { id: a.roleId, name: role?.name ?? '', ...domain }
}
