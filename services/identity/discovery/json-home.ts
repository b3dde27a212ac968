/**
 * The JSON-home document: which resources there are, by relation, with the templates of their addresses.
 * https://docs.openstack.org/api-ref/identity/v3/ names the relations.
 */
const REL = 'https://docs.openstack.org/api/openstack-identity/3/rel'
const PARAM = 'https://docs.openstack.org/api/openstack-identity/3/param'

/** Relation → path under /v3; `{x}` makes it a template. */
const RESOURCES: readonly (readonly [string, string])[] = [
  ['auth_tokens', '/auth/tokens'], ['auth_catalog', '/auth/catalog'], ['auth_projects', '/auth/projects'], ['auth_domains', '/auth/domains'], ['auth_system', '/auth/system'],
  ['domains', '/domains'], ['domain', '/domains/{domain_id}'], ['projects', '/projects'], ['project', '/projects/{project_id}'], ['project_tags', '/projects/{project_id}/tags'],
  ['users', '/users'], ['user', '/users/{user_id}'], ['user_change_password', '/users/{user_id}/password'], ['user_groups', '/users/{user_id}/groups'], ['user_projects', '/users/{user_id}/projects'],
  ['application_credentials', '/users/{user_id}/application_credentials'], ['application_credential', '/users/{user_id}/application_credentials/{application_credential_id}'],
  ['access_rules', '/users/{user_id}/access_rules'], ['access_rule', '/users/{user_id}/access_rules/{access_rule_id}'],
  ['groups', '/groups'], ['group', '/groups/{group_id}'], ['group_users', '/groups/{group_id}/users'], ['group_user', '/groups/{group_id}/users/{user_id}'],
  ['roles', '/roles'], ['role', '/roles/{role_id}'], ['implied_roles', '/roles/{prior_role_id}/implies'], ['implied_role', '/roles/{prior_role_id}/implies/{implied_role_id}'], ['role_inferences', '/role_inferences'],
  ['role_assignments', '/role_assignments'],
  ['project_user_roles', '/projects/{project_id}/users/{user_id}/roles'], ['project_user_role', '/projects/{project_id}/users/{user_id}/roles/{role_id}'],
  ['project_group_roles', '/projects/{project_id}/groups/{group_id}/roles'], ['project_group_role', '/projects/{project_id}/groups/{group_id}/roles/{role_id}'],
  ['domain_user_roles', '/domains/{domain_id}/users/{user_id}/roles'], ['domain_user_role', '/domains/{domain_id}/users/{user_id}/roles/{role_id}'],
  ['domain_group_roles', '/domains/{domain_id}/groups/{group_id}/roles'], ['domain_group_role', '/domains/{domain_id}/groups/{group_id}/roles/{role_id}'],
  ['system_user_roles', '/system/users/{user_id}/roles'], ['system_user_role', '/system/users/{user_id}/roles/{role_id}'],
  ['system_group_roles', '/system/groups/{group_id}/roles'], ['system_group_role', '/system/groups/{group_id}/roles/{role_id}'],
  ['regions', '/regions'], ['region', '/regions/{region_id}'], ['services', '/services'], ['service', '/services/{service_id}'], ['endpoints', '/endpoints'], ['endpoint', '/endpoints/{endpoint_id}'],
  ['credentials', '/credentials'], ['credential', '/credentials/{credential_id}'],
]

export function jsonHome(prefix: string): object {
  const entries = RESOURCES.map(([name, path]) => {
    const parameters = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!)
    if (parameters.length === 0) return [`${REL}/${name}`, { href: `${prefix}${path}` }] as const
    return [`${REL}/${name}`, { 'href-template': `${prefix}${path}`, 'href-vars': Object.fromEntries(parameters.map((p) => [p, `${PARAM}/${p}`])) }] as const
  })
  return { resources: Object.fromEntries(entries) }
}
