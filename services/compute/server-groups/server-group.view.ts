/** Row → API. */
import type { ServerGroupRow } from './server-group.store.ts'

export interface ServerGroupView {
  id: string
  name: string
  policy: string
  rules: { max_server_per_host?: number }
  members: string[]
  project_id: string
  user_id: string
}

export function serverGroupView(row: ServerGroupRow, rules: ServerGroupView['rules'], members: string[]): ServerGroupView {
  return { id: row.id, name: row.name, policy: row.policy, rules, members, project_id: row.project_id, user_id: row.user_id }
}
