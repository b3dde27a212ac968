/** Rules of endpoint groups: names, checks and scopes are upstream's. */
import { definePolicies } from '#core/policy/policy.ts'

const ADMIN_OR_SYSTEM_READER = 'rule:admin_required or (role:reader and system_scope:all)'

export const endpointGroupPolicies = definePolicies([
  { name: 'identity:create_endpoint_group', check: 'rule:admin_required', scopes: ['system', 'project'], description: 'Create endpoint group', operations: ['POST /v3/OS-EP-FILTER/endpoint_groups'] },
  { name: 'identity:list_endpoint_groups', check: ADMIN_OR_SYSTEM_READER, scopes: ['system', 'project'], deprecatedCheck: 'rule:admin_required', description: 'List endpoint groups', operations: ['GET /v3/OS-EP-FILTER/endpoint_groups'] },
  { name: 'identity:get_endpoint_group', check: ADMIN_OR_SYSTEM_READER, scopes: ['system', 'project'], deprecatedCheck: 'rule:admin_required', description: 'Show endpoint group', operations: ['GET /v3/OS-EP-FILTER/endpoint_groups/{endpoint_group_id}', 'HEAD /v3/OS-EP-FILTER/endpoint_groups/{endpoint_group_id}'] },
  { name: 'identity:update_endpoint_group', check: 'rule:admin_required', scopes: ['system', 'project'], description: 'Change endpoint group', operations: ['PATCH /v3/OS-EP-FILTER/endpoint_groups/{endpoint_group_id}'] },
  { name: 'identity:delete_endpoint_group', check: 'rule:admin_required', scopes: ['system', 'project'], description: 'Delete endpoint group', operations: ['DELETE /v3/OS-EP-FILTER/endpoint_groups/{endpoint_group_id}'] },
  { name: 'identity:list_projects_associated_with_endpoint_group', check: ADMIN_OR_SYSTEM_READER, scopes: ['system', 'project'], deprecatedCheck: 'rule:admin_required', description: 'List projects associated with endpoint group', operations: ['GET /v3/OS-EP-FILTER/endpoint_groups/{endpoint_group_id}/projects'] },
  { name: 'identity:list_endpoints_associated_with_endpoint_group', check: ADMIN_OR_SYSTEM_READER, scopes: ['system', 'project'], deprecatedCheck: 'rule:admin_required', description: 'List endpoints associated with endpoint group', operations: ['GET /v3/OS-EP-FILTER/endpoint_groups/{endpoint_group_id}/endpoints'] },
  { name: 'identity:get_endpoint_group_in_project', check: ADMIN_OR_SYSTEM_READER, scopes: ['system', 'project'], deprecatedCheck: 'rule:admin_required', description: 'Show endpoint group in project', operations: ['GET /v3/OS-EP-FILTER/endpoint_groups/{endpoint_group_id}/projects/{project_id}', 'HEAD /v3/OS-EP-FILTER/endpoint_groups/{endpoint_group_id}/projects/{project_id}'] },
  { name: 'identity:list_endpoint_groups_for_project', check: ADMIN_OR_SYSTEM_READER, scopes: ['system', 'project'], deprecatedCheck: 'rule:admin_required', description: 'List endpoint groups for project', operations: ['GET /v3/OS-EP-FILTER/projects/{project_id}/endpoint_groups'] },
  { name: 'identity:add_endpoint_group_to_project', check: 'rule:admin_required', scopes: ['system', 'project'], description: 'Add endpoint group to project', operations: ['PUT /v3/OS-EP-FILTER/endpoint_groups/{endpoint_group_id}/projects/{project_id}'] },
  { name: 'identity:remove_endpoint_group_from_project', check: 'rule:admin_required', scopes: ['system', 'project'], description: 'Remove endpoint group from project', operations: ['DELETE /v3/OS-EP-FILTER/endpoint_groups/{endpoint_group_id}/projects/{project_id}'] },
])
