/** Rules of project endpoints: names, checks and scopes are upstream's. */
import { definePolicies } from '#core/policy/policy.ts'

const ADMIN_OR_SYSTEM_READER = 'rule:admin_required or (role:reader and system_scope:all)'

export const projectEndpointPolicies = definePolicies([
  { name: 'identity:list_projects_for_endpoint', check: ADMIN_OR_SYSTEM_READER, scopes: ['system', 'project'], deprecatedCheck: 'rule:admin_required', description: 'List projects for endpoint', operations: ['GET /v3/OS-EP-FILTER/endpoints/{endpoint_id}/projects'] },
  { name: 'identity:add_endpoint_to_project', check: 'rule:admin_required', scopes: ['system', 'project'], description: 'Add endpoint to project', operations: ['PUT /v3/OS-EP-FILTER/projects/{project_id}/endpoints/{endpoint_id}'] },
  { name: 'identity:check_endpoint_in_project', check: ADMIN_OR_SYSTEM_READER, scopes: ['system', 'project'], deprecatedCheck: 'rule:admin_required', description: 'Check endpoint in project', operations: ['GET /v3/OS-EP-FILTER/projects/{project_id}/endpoints/{endpoint_id}', 'HEAD /v3/OS-EP-FILTER/projects/{project_id}/endpoints/{endpoint_id}'] },
  { name: 'identity:list_endpoints_for_project', check: ADMIN_OR_SYSTEM_READER, scopes: ['system', 'project'], deprecatedCheck: 'rule:admin_required', description: 'List endpoints for project', operations: ['GET /v3/OS-EP-FILTER/projects/{project_id}/endpoints'] },
  { name: 'identity:remove_endpoint_from_project', check: 'rule:admin_required', scopes: ['system', 'project'], description: 'Remove endpoint from project', operations: ['DELETE /v3/OS-EP-FILTER/projects/{project_id}/endpoints/{endpoint_id}'] },
])
