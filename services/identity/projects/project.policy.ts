/** Rules of projects: names, checks and scopes are upstream's. */
import { definePolicies } from '#core/policy/policy.ts'

const SHARED_1 = '(rule:admin_required) or (role:reader and system_scope:all) or (role:reader and domain_id:%(target.project.domain_id)s) or project_id:%(target.project.id)s'

export const projectPolicies = definePolicies([
  { name: 'identity:get_project', check: '(role:reader and system_scope:all) or (role:reader and domain_id:%(target.project.domain_id)s) or project_id:%(target.project.id)s', scopes: ['system', 'domain', 'project'], deprecatedCheck: 'rule:admin_required or project_id:%(target.project.id)s', description: 'Show project', operations: ['GET /v3/projects/{project_id}'] },
  { name: 'identity:list_projects', check: '(rule:admin_required) or (role:reader and system_scope:all) or (role:reader and domain_id:%(target.domain_id)s)', scopes: ['system', 'domain', 'project'], deprecatedCheck: 'rule:admin_required', description: 'List projects', operations: ['GET /v3/projects'] },
  { name: 'identity:list_user_projects', check: '(rule:admin_required) or (role:reader and system_scope:all) or (role:reader and domain_id:%(target.user.domain_id)s) or user_id:%(target.user.id)s', scopes: ['system', 'domain', 'project'], deprecatedCheck: 'rule:admin_or_owner', description: 'List user projects', operations: ['GET /v3/users/{user_id}/projects'] },
  { name: 'identity:create_project', check: 'rule:admin_required', scopes: ['system', 'domain', 'project'], description: 'Create project', operations: ['POST /v3/projects'] },
  { name: 'identity:update_project', check: 'rule:admin_required', scopes: ['system', 'domain', 'project'], description: 'Change project', operations: ['PATCH /v3/projects/{project_id}'] },
  { name: 'identity:delete_project', check: 'rule:admin_required', scopes: ['system', 'domain', 'project'], description: 'Delete project', operations: ['DELETE /v3/projects/{project_id}'] },
  { name: 'identity:list_project_tags', check: SHARED_1, scopes: ['system', 'domain', 'project'], deprecatedCheck: 'rule:admin_required or project_id:%(target.project.id)s', description: 'List project tags', operations: ['GET /v3/projects/{project_id}/tags', 'HEAD /v3/projects/{project_id}/tags'] },
  { name: 'identity:get_project_tag', check: SHARED_1, scopes: ['system', 'domain', 'project'], deprecatedCheck: 'rule:admin_required or project_id:%(target.project.id)s', description: 'Show project tag', operations: ['GET /v3/projects/{project_id}/tags/{value}', 'HEAD /v3/projects/{project_id}/tags/{value}'] },
  { name: 'identity:update_project_tags', check: 'rule:admin_required', scopes: ['system', 'domain', 'project'], description: 'Change project tags', operations: ['PUT /v3/projects/{project_id}/tags'] },
  { name: 'identity:create_project_tag', check: 'rule:admin_required', scopes: ['system', 'domain', 'project'], description: 'Create project tag', operations: ['PUT /v3/projects/{project_id}/tags/{value}'] },
  { name: 'identity:delete_project_tags', check: 'rule:admin_required', scopes: ['system', 'domain', 'project'], description: 'Delete project tags', operations: ['DELETE /v3/projects/{project_id}/tags'] },
  { name: 'identity:delete_project_tag', check: 'rule:admin_required', scopes: ['system', 'domain', 'project'], description: 'Delete project tag', operations: ['DELETE /v3/projects/{project_id}/tags/{value}'] },
])
