/** The URL map, one line per route, by resource. */
import { PUBLIC, inHandler, route, type Route } from '#core/http/route.ts'
import {
  createApplicationCredentialHandler, deleteAccessRuleHandler, deleteApplicationCredentialHandler, listAccessRulesHandler, listApplicationCredentialsHandler, showAccessRule, showApplicationCredential,
} from './application-credentials/application-credential.handlers.ts'
import { listAuthDomains, listAuthProjects, listAuthSystem, showCatalog } from './authentication/auth-scopes.handlers.ts'
import { createRegionHandler, deleteRegionHandler, listRegionsHandler, showRegion, updateRegionHandler } from './catalog/region.handlers.ts'
import {
  createEndpointHandler, createServiceHandler, deleteEndpointHandler, deleteServiceHandler, listEndpointsHandler, listServicesHandler, showEndpoint, showService, updateEndpointHandler, updateServiceHandler,
} from './catalog/service.handlers.ts'
import { createCredentialHandler, deleteCredentialHandler, listCredentialsHandler, showCredential, updateCredentialHandler } from './credentials/credential.handlers.ts'
import { listVersions, showVersion } from './discovery/discovery.handlers.ts'
import { createConfig, deleteConfig, showConfig, showDefaultConfig, updateConfig } from './domain-config/domain-config.handlers.ts'
import { createDomain, deleteDomainHandler, listDomains, showDomain, updateDomain } from './domains/domain.handlers.ts'
import { createEc2Credential, deleteEc2Credential, listEc2Credentials, showEc2Credential } from './ec2/ec2-credential.handlers.ts'
import { ec2Tokens, s3Tokens } from './ec2/ec2-tokens.handlers.ts'
import {
  addToProject, checkEndpointInProject, createGroup as createEndpointGroup, deleteGroup as deleteEndpointGroup, listEndpointProjects, listGroupEndpoints, listGroupProjects,
  listGroupsHandler as listEndpointGroups, listProjectEndpoints, listProjectGroups, removeFromProject, showGroup as showEndpointGroup, showGroupInProject, updateGroup as updateEndpointGroup,
} from './endpoint-filters/endpoint-filter.handlers.ts'
import { checkGrant, createGrantHandler, listGrants, revokeGrant } from './grants/grant.handlers.ts'
import {
  addMemberHandler, checkMember, createGroupHandler, deleteGroupHandler, listGroupUsers, listGroupsHandler, removeMemberHandler, showGroup, updateGroupHandler,
} from './groups/group.handlers.ts'
import {
  accessToken, authorizeHandler, createConsumerHandler, deleteAccessTokenHandler, deleteConsumerHandler, listAccessTokenRoles, listAccessTokensHandler, listConsumersHandler, requestToken, showAccessToken, showAccessTokenRole,
  showConsumer, updateConsumerHandler,
} from './oauth1/oauth1.handlers.ts'
import {
  checkAttachment, createAttachment, createPolicyHandler, deleteAttachment, deletePolicyHandler, listPoliciesHandler, listPolicyEndpoints, showEndpointPolicy, showPolicy, updatePolicyHandler,
} from './policies/policy.handlers.ts'
import { createProjectHandler, deleteProjectHandler, listProjectsHandler, showProject, updateProjectHandler } from './projects/project.handlers.ts'
import { addProjectTag, deleteProjectTag, deleteProjectTags, listProjectTags, replaceProjectTags, showProjectTag } from './projects/project-tags.handlers.ts'
import { listRoleAssignments } from './role-assignments/role-assignments.handlers.ts'
import {
  createImpliedRole, createRoleHandler, deleteImpliedRole, deleteRoleHandler, listImpliedRoles, listRoleInferences, listRolesHandler, showImpliedRole, showRole, updateRoleHandler,
} from './roles/role.handlers.ts'
import { deleteToken, issueTokenHandler, listRevoked, showToken } from './tokens/token.handlers.ts'
import { createTrustHandler, deleteTrustHandler, listTrustRoles, listTrustsHandler, showTrust, showTrustRole } from './trusts/trust.handlers.ts'
import { changePassword, createUserHandler, deleteUserHandler, listUserGroups, listUserProjects, listUsersHandler, showUser, updateUserHandler } from './users/user.handlers.ts'

const discoveryRoutes = [
  route('GET', '/', listVersions, { policy: PUBLIC }),
  route('GET', '/v3', showVersion, { policy: PUBLIC }),
]

const tokenRoutes = [
  route('POST', '/v3/auth/tokens', issueTokenHandler, { policy: PUBLIC, status: 201 }),
  route('GET', '/v3/auth/tokens', showToken, { policy: inHandler('identity:validate_token', 'identity:check_token') }),
  route('DELETE', '/v3/auth/tokens', deleteToken, { policy: inHandler('identity:revoke_token'), status: 204 }),
  route('GET', '/v3/auth/tokens/OS-PKI/revoked', listRevoked, { policy: inHandler('identity:revocation_list') }),
  route('GET', '/v3/auth/catalog', showCatalog, { policy: 'identity:get_auth_catalog' }),
  route('GET', '/v3/auth/projects', listAuthProjects, { policy: 'identity:get_auth_projects' }),
  route('GET', '/v3/auth/domains', listAuthDomains, { policy: 'identity:get_auth_domains' }),
  route('GET', '/v3/auth/system', listAuthSystem, { policy: 'identity:get_auth_system' }),
  route('POST', '/v3/ec2tokens', ec2Tokens, { policy: inHandler('identity:ec2tokens_validate') }),
  route('POST', '/v3/s3tokens', s3Tokens, { policy: inHandler('identity:s3tokens_validate') }),
]

const domainRoutes = [
  route('GET', '/v3/domains', listDomains, { policy: 'identity:list_domains' }),
  route('POST', '/v3/domains', createDomain, { policy: 'identity:create_domain', status: 201 }),
  route('GET', '/v3/domains/:domain_id', showDomain, { policy: inHandler('identity:get_domain') }),
  route('PATCH', '/v3/domains/:domain_id', updateDomain, { policy: 'identity:update_domain' }),
  route('DELETE', '/v3/domains/:domain_id', deleteDomainHandler, { policy: 'identity:delete_domain', status: 204 }),
]

const projectRoutes = [
  route('GET', '/v3/projects', listProjectsHandler, { policy: inHandler('identity:list_projects') }),
  route('POST', '/v3/projects', createProjectHandler, { policy: inHandler('identity:create_project'), status: 201 }),
  route('GET', '/v3/projects/:project_id', showProject, { policy: inHandler('identity:get_project') }),
  route('PATCH', '/v3/projects/:project_id', updateProjectHandler, { policy: inHandler('identity:update_project') }),
  route('DELETE', '/v3/projects/:project_id', deleteProjectHandler, { policy: inHandler('identity:delete_project'), status: 204 }),
  route('GET', '/v3/projects/:project_id/tags', listProjectTags, { policy: inHandler('identity:list_project_tags') }),
  route('PUT', '/v3/projects/:project_id/tags', replaceProjectTags, { policy: inHandler('identity:update_project_tags') }),
  route('DELETE', '/v3/projects/:project_id/tags', deleteProjectTags, { policy: inHandler('identity:delete_project_tags'), status: 204 }),
  route('GET', '/v3/projects/:project_id/tags/:value', showProjectTag, { policy: inHandler('identity:get_project_tag'), status: 204 }),
  route('PUT', '/v3/projects/:project_id/tags/:value', addProjectTag, { policy: inHandler('identity:create_project_tag'), status: 201 }),
  route('DELETE', '/v3/projects/:project_id/tags/:value', deleteProjectTag, { policy: inHandler('identity:delete_project_tag'), status: 204 }),
]

const userRoutes = [
  route('GET', '/v3/users', listUsersHandler, { policy: inHandler('identity:list_users') }),
  route('POST', '/v3/users', createUserHandler, { policy: inHandler('identity:create_user'), status: 201 }),
  route('GET', '/v3/users/:user_id', showUser, { policy: inHandler('identity:get_user') }),
  route('PATCH', '/v3/users/:user_id', updateUserHandler, { policy: inHandler('identity:update_user') }),
  route('DELETE', '/v3/users/:user_id', deleteUserHandler, { policy: inHandler('identity:delete_user'), status: 204 }),
  route('POST', '/v3/users/:user_id/password', changePassword, { policy: PUBLIC, status: 204 }),
  route('GET', '/v3/users/:user_id/groups', listUserGroups, { policy: inHandler('identity:list_groups_for_user') }),
  route('GET', '/v3/users/:user_id/projects', listUserProjects, { policy: inHandler('identity:list_user_projects') }),
  route('GET', '/v3/users/:user_id/credentials/OS-EC2', listEc2Credentials, { policy: inHandler('identity:ec2_list_credentials') }),
  route('POST', '/v3/users/:user_id/credentials/OS-EC2', createEc2Credential, { policy: inHandler('identity:ec2_create_credential'), status: 201 }),
  route('GET', '/v3/users/:user_id/credentials/OS-EC2/:credential_id', showEc2Credential, { policy: inHandler('identity:ec2_get_credential') }),
  route('DELETE', '/v3/users/:user_id/credentials/OS-EC2/:credential_id', deleteEc2Credential, { policy: inHandler('identity:ec2_delete_credential'), status: 204 }),
  route('GET', '/v3/users/:user_id/application_credentials', listApplicationCredentialsHandler, { policy: inHandler('identity:list_application_credentials') }),
  route('POST', '/v3/users/:user_id/application_credentials', createApplicationCredentialHandler, { policy: inHandler('identity:create_application_credential'), status: 201 }),
  route('GET', '/v3/users/:user_id/application_credentials/:application_credential_id', showApplicationCredential, { policy: inHandler('identity:get_application_credential') }),
  route('DELETE', '/v3/users/:user_id/application_credentials/:application_credential_id', deleteApplicationCredentialHandler, { policy: inHandler('identity:delete_application_credential'), status: 204 }),
  route('GET', '/v3/users/:user_id/access_rules', listAccessRulesHandler, { policy: inHandler('identity:list_access_rules') }),
  route('GET', '/v3/users/:user_id/access_rules/:access_rule_id', showAccessRule, { policy: inHandler('identity:get_access_rule') }),
  route('DELETE', '/v3/users/:user_id/access_rules/:access_rule_id', deleteAccessRuleHandler, { policy: inHandler('identity:delete_access_rule'), status: 204 }),
]

const groupRoutes = [
  route('GET', '/v3/groups', listGroupsHandler, { policy: inHandler('identity:list_groups') }),
  route('POST', '/v3/groups', createGroupHandler, { policy: inHandler('identity:create_group'), status: 201 }),
  route('GET', '/v3/groups/:group_id', showGroup, { policy: inHandler('identity:get_group') }),
  route('PATCH', '/v3/groups/:group_id', updateGroupHandler, { policy: inHandler('identity:update_group') }),
  route('DELETE', '/v3/groups/:group_id', deleteGroupHandler, { policy: inHandler('identity:delete_group'), status: 204 }),
  route('GET', '/v3/groups/:group_id/users', listGroupUsers, { policy: inHandler('identity:list_users_in_group') }),
  route('GET', '/v3/groups/:group_id/users/:user_id', checkMember, { policy: inHandler('identity:check_user_in_group'), status: 204 }),
  route('PUT', '/v3/groups/:group_id/users/:user_id', addMemberHandler, { policy: inHandler('identity:add_user_to_group'), status: 204 }),
  route('DELETE', '/v3/groups/:group_id/users/:user_id', removeMemberHandler, { policy: inHandler('identity:remove_user_from_group'), status: 204 }),
]

const roleRoutes = [
  route('GET', '/v3/roles', listRolesHandler, { policy: inHandler('identity:list_roles', 'identity:list_domain_roles') }),
  route('POST', '/v3/roles', createRoleHandler, { policy: inHandler('identity:create_role', 'identity:create_domain_role'), status: 201 }),
  route('GET', '/v3/roles/:role_id', showRole, { policy: inHandler('identity:get_role', 'identity:get_domain_role') }),
  route('PATCH', '/v3/roles/:role_id', updateRoleHandler, { policy: inHandler('identity:update_role', 'identity:update_domain_role') }),
  route('DELETE', '/v3/roles/:role_id', deleteRoleHandler, { policy: inHandler('identity:delete_role', 'identity:delete_domain_role'), status: 204 }),
  route('GET', '/v3/roles/:prior_role_id/implies', listImpliedRoles, { policy: inHandler('identity:list_implied_roles') }),
  route('GET', '/v3/roles/:prior_role_id/implies/:implied_role_id', showImpliedRole, { policy: inHandler('identity:get_implied_role', 'identity:check_implied_role') }),
  route('PUT', '/v3/roles/:prior_role_id/implies/:implied_role_id', createImpliedRole, { policy: inHandler('identity:create_implied_role'), status: 201 }),
  route('DELETE', '/v3/roles/:prior_role_id/implies/:implied_role_id', deleteImpliedRole, { policy: inHandler('identity:delete_implied_role'), status: 204 }),
  route('GET', '/v3/role_inferences', listRoleInferences, { policy: 'identity:list_role_inference_rules' }),
  route('GET', '/v3/role_assignments', listRoleAssignments, { policy: inHandler('identity:list_role_assignments', 'identity:list_role_assignments_for_tree') }),
]

const GRANTS = { list: 'identity:list_grants', check: 'identity:check_grant', create: 'identity:create_grant', revoke: 'identity:revoke_grant' }

function systemRules(actor: 'user' | 'group'): typeof GRANTS {
  return {
    list: `identity:list_system_grants_for_${actor}`, check: `identity:check_system_grant_for_${actor}`, create: `identity:create_system_grant_for_${actor}`, revoke: `identity:revoke_system_grant_for_${actor}`,
  }
}

/** The four calls of one kind of grant. `list` is left out where upstream has none. */
function grantRoutes(base: string, rules: typeof GRANTS, suffix = '', list = true): Route[] {
  const one = `${base}/roles/:role_id${suffix}`
  return [
    ...(list ? [route('GET', `${base}/roles${suffix}`, listGrants, { policy: inHandler(rules.list) })] : []),
    route('GET', one, checkGrant, { policy: inHandler(rules.check), status: 204 }),
    route('PUT', one, createGrantHandler, { policy: inHandler(rules.create), status: 204 }),
    route('DELETE', one, revokeGrant, { policy: inHandler(rules.revoke), status: 204 }),
  ]
}

const INHERITED = '/inherited_to_projects'
const allGrantRoutes = [
  ...['projects/:project_id', 'domains/:domain_id'].flatMap((place) => [...grantRoutes(`/v3/${place}/users/:user_id`, GRANTS), ...grantRoutes(`/v3/${place}/groups/:group_id`, GRANTS)]),
  ...grantRoutes('/v3/system/users/:user_id', systemRules('user')),
  ...grantRoutes('/v3/system/groups/:group_id', systemRules('group')),
  ...['users/:user_id', 'groups/:group_id'].flatMap((actor) => [
    ...grantRoutes(`/v3/OS-INHERIT/domains/:domain_id/${actor}`, GRANTS, INHERITED), ...grantRoutes(`/v3/OS-INHERIT/projects/:project_id/${actor}`, GRANTS, INHERITED, false),
  ]),
]

const catalogRoutes = [
  route('GET', '/v3/regions', listRegionsHandler, { policy: 'identity:list_regions' }),
  route('POST', '/v3/regions', createRegionHandler, { policy: 'identity:create_region', status: 201 }),
  route('GET', '/v3/regions/:region_id', showRegion, { policy: 'identity:get_region' }),
  route('PUT', '/v3/regions/:region_id', createRegionHandler, { policy: 'identity:create_region', status: 201 }),
  route('PATCH', '/v3/regions/:region_id', updateRegionHandler, { policy: 'identity:update_region' }),
  route('DELETE', '/v3/regions/:region_id', deleteRegionHandler, { policy: 'identity:delete_region', status: 204 }),
  route('GET', '/v3/services', listServicesHandler, { policy: 'identity:list_services' }),
  route('POST', '/v3/services', createServiceHandler, { policy: 'identity:create_service', status: 201 }),
  route('GET', '/v3/services/:service_id', showService, { policy: 'identity:get_service' }),
  route('PATCH', '/v3/services/:service_id', updateServiceHandler, { policy: 'identity:update_service' }),
  route('DELETE', '/v3/services/:service_id', deleteServiceHandler, { policy: 'identity:delete_service', status: 204 }),
  route('GET', '/v3/endpoints', listEndpointsHandler, { policy: 'identity:list_endpoints' }),
  route('POST', '/v3/endpoints', createEndpointHandler, { policy: 'identity:create_endpoint', status: 201 }),
  route('GET', '/v3/endpoints/:endpoint_id', showEndpoint, { policy: 'identity:get_endpoint' }),
  route('PATCH', '/v3/endpoints/:endpoint_id', updateEndpointHandler, { policy: 'identity:update_endpoint' }),
  route('DELETE', '/v3/endpoints/:endpoint_id', deleteEndpointHandler, { policy: 'identity:delete_endpoint', status: 204 }),
]

const delegationRoutes = [
  route('GET', '/v3/credentials', listCredentialsHandler, { policy: inHandler('identity:list_credentials') }),
  route('POST', '/v3/credentials', createCredentialHandler, { policy: inHandler('identity:create_credential'), status: 201 }),
  route('GET', '/v3/credentials/:credential_id', showCredential, { policy: inHandler('identity:get_credential') }),
  route('PATCH', '/v3/credentials/:credential_id', updateCredentialHandler, { policy: inHandler('identity:update_credential') }),
  route('DELETE', '/v3/credentials/:credential_id', deleteCredentialHandler, { policy: inHandler('identity:delete_credential'), status: 204 }),
  route('GET', '/v3/OS-TRUST/trusts', listTrustsHandler, { policy: inHandler('identity:list_trusts', 'identity:list_trusts_for_trustor', 'identity:list_trusts_for_trustee') }),
  route('POST', '/v3/OS-TRUST/trusts', createTrustHandler, { policy: inHandler('identity:create_trust'), status: 201 }),
  route('GET', '/v3/OS-TRUST/trusts/:trust_id', showTrust, { policy: inHandler('identity:get_trust') }),
  route('DELETE', '/v3/OS-TRUST/trusts/:trust_id', deleteTrustHandler, { policy: inHandler('identity:delete_trust'), status: 204 }),
  route('GET', '/v3/OS-TRUST/trusts/:trust_id/roles', listTrustRoles, { policy: inHandler('identity:list_roles_for_trust') }),
  route('GET', '/v3/OS-TRUST/trusts/:trust_id/roles/:role_id', showTrustRole, { policy: inHandler('identity:get_role_for_trust') }),
]

const policyRoutes = [
  route('GET', '/v3/policies', listPoliciesHandler, { policy: 'identity:list_policies' }),
  route('POST', '/v3/policies', createPolicyHandler, { policy: 'identity:create_policy', status: 201 }),
  route('GET', '/v3/policies/:policy_id', showPolicy, { policy: 'identity:get_policy' }),
  route('PATCH', '/v3/policies/:policy_id', updatePolicyHandler, { policy: 'identity:update_policy' }),
  route('DELETE', '/v3/policies/:policy_id', deletePolicyHandler, { policy: 'identity:delete_policy', status: 204 }),
  route('GET', '/v3/endpoints/:endpoint_id/OS-ENDPOINT-POLICY/policy', showEndpointPolicy, { policy: 'identity:get_policy_for_endpoint' }),
  route('GET', '/v3/policies/:policy_id/OS-ENDPOINT-POLICY/endpoints', listPolicyEndpoints, { policy: 'identity:list_endpoints_for_policy' }),
  ...([['endpoints/:endpoint_id', 'endpoint'], ['services/:service_id', 'service'], ['services/:service_id/regions/:region_id', 'region_and_service']] as const).flatMap(([place, word]) => [
    route('GET', `/v3/policies/:policy_id/OS-ENDPOINT-POLICY/${place}`, checkAttachment, { policy: `identity:check_policy_association_for_${word}`, status: 204 }),
    route('PUT', `/v3/policies/:policy_id/OS-ENDPOINT-POLICY/${place}`, createAttachment, { policy: `identity:create_policy_association_for_${word}`, status: 204 }),
    route('DELETE', `/v3/policies/:policy_id/OS-ENDPOINT-POLICY/${place}`, deleteAttachment, { policy: `identity:delete_policy_association_for_${word}`, status: 204 }),
  ]),
]

const EP = '/v3/OS-EP-FILTER'
const endpointFilterRoutes = [
  route('GET', `${EP}/endpoint_groups`, listEndpointGroups, { policy: 'identity:list_endpoint_groups' }),
  route('POST', `${EP}/endpoint_groups`, createEndpointGroup, { policy: 'identity:create_endpoint_group', status: 201 }),
  route('GET', `${EP}/endpoint_groups/:endpoint_group_id`, showEndpointGroup, { policy: 'identity:get_endpoint_group' }),
  route('PATCH', `${EP}/endpoint_groups/:endpoint_group_id`, updateEndpointGroup, { policy: 'identity:update_endpoint_group' }),
  route('DELETE', `${EP}/endpoint_groups/:endpoint_group_id`, deleteEndpointGroup, { policy: 'identity:delete_endpoint_group', status: 204 }),
  route('GET', `${EP}/endpoint_groups/:endpoint_group_id/endpoints`, listGroupEndpoints, { policy: 'identity:list_endpoints_associated_with_endpoint_group' }),
  route('GET', `${EP}/endpoint_groups/:endpoint_group_id/projects`, listGroupProjects, { policy: 'identity:list_projects_associated_with_endpoint_group' }),
  route('GET', `${EP}/endpoint_groups/:endpoint_group_id/projects/:project_id`, showGroupInProject, { policy: 'identity:get_endpoint_group_in_project' }),
  route('PUT', `${EP}/endpoint_groups/:endpoint_group_id/projects/:project_id`, addToProject, { policy: 'identity:add_endpoint_group_to_project', status: 204 }),
  route('DELETE', `${EP}/endpoint_groups/:endpoint_group_id/projects/:project_id`, removeFromProject, { policy: 'identity:remove_endpoint_group_from_project', status: 204 }),
  route('GET', `${EP}/endpoints/:endpoint_id/projects`, listEndpointProjects, { policy: 'identity:list_projects_for_endpoint' }),
  route('GET', `${EP}/projects/:project_id/endpoint_groups`, listProjectGroups, { policy: 'identity:list_endpoint_groups_for_project' }),
  route('GET', `${EP}/projects/:project_id/endpoints`, listProjectEndpoints, { policy: 'identity:list_endpoints_for_project' }),
  route('GET', `${EP}/projects/:project_id/endpoints/:endpoint_id`, checkEndpointInProject, { policy: 'identity:check_endpoint_in_project', status: 204 }),
  route('PUT', `${EP}/projects/:project_id/endpoints/:endpoint_id`, addToProject, { policy: 'identity:add_endpoint_to_project', status: 204 }),
  route('DELETE', `${EP}/projects/:project_id/endpoints/:endpoint_id`, removeFromProject, { policy: 'identity:remove_endpoint_from_project', status: 204 }),
]

const oauthRoutes = [
  route('GET', '/v3/OS-OAUTH1/consumers', listConsumersHandler, { policy: 'identity:list_consumers' }),
  route('POST', '/v3/OS-OAUTH1/consumers', createConsumerHandler, { policy: 'identity:create_consumer', status: 201 }),
  route('GET', '/v3/OS-OAUTH1/consumers/:consumer_id', showConsumer, { policy: 'identity:get_consumer' }),
  route('PATCH', '/v3/OS-OAUTH1/consumers/:consumer_id', updateConsumerHandler, { policy: 'identity:update_consumer' }),
  route('DELETE', '/v3/OS-OAUTH1/consumers/:consumer_id', deleteConsumerHandler, { policy: 'identity:delete_consumer', status: 204 }),
  route('POST', '/v3/OS-OAUTH1/request_token', requestToken, { policy: PUBLIC, status: 201, bodyMode: 'none' }),
  route('POST', '/v3/OS-OAUTH1/access_token', accessToken, { policy: PUBLIC, status: 201, bodyMode: 'none' }),
  route('PUT', '/v3/OS-OAUTH1/authorize/:request_token_id', authorizeHandler, { policy: 'identity:authorize_request_token' }),
  route('GET', '/v3/users/:user_id/OS-OAUTH1/access_tokens', listAccessTokensHandler, { policy: 'identity:list_access_tokens' }),
  route('GET', '/v3/users/:user_id/OS-OAUTH1/access_tokens/:access_token_id', showAccessToken, { policy: 'identity:get_access_token' }),
  route('DELETE', '/v3/users/:user_id/OS-OAUTH1/access_tokens/:access_token_id', deleteAccessTokenHandler, { policy: 'identity:delete_access_token', status: 204 }),
  route('GET', '/v3/users/:user_id/OS-OAUTH1/access_tokens/:access_token_id/roles', listAccessTokenRoles, { policy: 'identity:list_access_token_roles' }),
  route('GET', '/v3/users/:user_id/OS-OAUTH1/access_tokens/:access_token_id/roles/:role_id', showAccessTokenRole, { policy: 'identity:get_access_token_role' }),
]

const domainConfigRoutes = [
  route('PUT', '/v3/domains/:domain_id/config', createConfig, { policy: 'identity:create_domain_config' }),
  ...['', '/:group', '/:group/:option'].flatMap((part) => [
    route('GET', `/v3/domains/:domain_id/config${part}`, showConfig, { policy: inHandler('identity:get_domain_config', 'identity:get_security_compliance_domain_config') }),
    route('PATCH', `/v3/domains/:domain_id/config${part}`, updateConfig, { policy: 'identity:update_domain_config' }),
    route('DELETE', `/v3/domains/:domain_id/config${part}`, deleteConfig, { policy: 'identity:delete_domain_config', status: 204 }),
    route('GET', `/v3/domains/config${part}/default`, showDefaultConfig, { policy: 'identity:get_domain_config_default' }),
  ]),
]

export const routes: readonly Route[] = [
  ...discoveryRoutes, ...tokenRoutes, ...domainRoutes, ...projectRoutes, ...userRoutes, ...groupRoutes, ...roleRoutes, ...allGrantRoutes, ...catalogRoutes, ...delegationRoutes,
  ...policyRoutes, ...endpointFilterRoutes, ...oauthRoutes, ...domainConfigRoutes,
]
