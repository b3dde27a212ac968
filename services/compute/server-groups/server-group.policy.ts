/** Rules about server groups. */
import { forAdmin, forMember, forReader } from '../policy-kinds.ts'

export const serverGroupPolicies = [
  forMember('os-server-groups:create', 'Make a server group.', 'POST /os-server-groups'),
  forMember('os-server-groups:delete', 'Remove a server group.', 'DELETE /os-server-groups/{server_group_id}'),
  forReader('os-server-groups:index', 'See the server groups of the project.', 'GET /os-server-groups'),
  forAdmin('os-server-groups:index:all_projects', 'See the server groups of all projects.', 'GET /os-server-groups'),
  forReader('os-server-groups:show', 'See one server group.', 'GET /os-server-groups/{server_group_id}'),
]
