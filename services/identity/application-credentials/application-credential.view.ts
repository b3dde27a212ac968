/** Application credentials and access rules as the API shows them. The secret is shown once, to whoever made it. */
import type { AccessRuleRow } from '../database.ts'
import type { RoleGraph } from '../roles/role-graph.ts'
import { roleView } from '../roles/role.view.ts'
import { expiryText } from '../wire/input.ts'
import type { AccessRule, ApplicationCredential } from './application-credential.store.ts'

type Json = Record<string, unknown>

export function applicationCredentialView(row: ApplicationCredential, graph: RoleGraph): Json {
  return {
    id: row.id, name: row.name, description: row.description, user_id: row.user_id, project_id: row.project_id, system: null,
    expires_at: row.expires_at === null ? null : expiryText(row.expires_at), unrestricted: row.unrestricted === null ? null : row.unrestricted === 1,
    roles: row.roleIds.flatMap((id) => graph.roles.get(id) ?? []).map(roleView),
    ...(row.accessRules === undefined ? {} : { access_rules: row.accessRules.map(accessRuleView) }),
  }
}

export function accessRuleView(row: AccessRule | AccessRuleRow): Json {
  return { id: row.id, service: row.service, path: row.path, method: row.method }
}
