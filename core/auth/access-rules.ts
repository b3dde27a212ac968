/**
 * Access rules of application credentials: a credential may be narrowed to certain calls, and it is the service that
 * is called, not identity, that refuses the others. A rule names catalog type, method and a path pattern in which
 * `*` stands for anything within one segment, `**` for anything at all and `{name}` for one whole segment. A service
 * that works on behalf of the user (a service token came along) is not held to them.
 *
 * https://docs.openstack.org/keystone/zed/user/application_credentials.html#access-rules
 */
import type { AccessRule, Identity } from './identity.ts'

export function permits(identity: Identity, serviceType: string | undefined, request: { method: string; path: string }): boolean {
  if (identity.accessRules === undefined || identity.serviceRoles?.includes('service') === true) return true
  return identity.accessRules.some((rule: AccessRule) => rule.service === serviceType && rule.method === request.method && pathMatches(rule.path, request.path))
}

/** Whether the pattern covers the whole path. In time proportional to both lengths: users write the patterns. */
function pathMatches(pattern: string, path: string): boolean {
  const parts = pattern.match(/\*\*|\*|\{[^{}/]*\}|[^*{]+|\{/g) ?? []
  // The places in the path that the pattern so far can end at.
  let ends = new Set([0])
  for (const part of parts) {
    const next = new Set<number>()
    if (part === '**' || part === '*' || /^\{.*\}$/.test(part)) spread(part, ends, path, next)
    else for (const at of ends) if (path.startsWith(part, at)) next.add(at + part.length)
    if (next.size === 0) return false
    ends = next
  }
  return ends.has(path.length)
}

function spread(part: string, ends: Set<number>, path: string, next: Set<number>): void {
  for (const start of ends) {
    let at = start
    if (part === '**' || part === '*') next.add(at)
    while (at < path.length && (part === '**' || path[at] !== '/')) {
      at += 1
      if (next.has(at) && ends.has(at)) break
      next.add(at)
    }
  }
}
