/** Who may use the older calls for what network owns. Network asks again. */
import { definePolicies, type PolicyRule } from '#core/policy/policy.ts'
import { forAnyone, forMember, forReader } from '../policy-kinds.ts'

function owned(rule: PolicyRule): PolicyRule {
  return { ...rule, deprecatedCheck: 'rule:admin_or_owner' }
}
const GROUPS = '/os-security-groups'

export const networkProxyPolicies = definePolicies([
  owned(forReader('os-security-groups:get', 'List security groups', `GET ${GROUPS}`)),
  owned(forReader('os-security-groups:show', 'Show a security group', `GET ${GROUPS}/{id}`)),
  owned(forMember('os-security-groups:create', 'Make a security group', `POST ${GROUPS}`)),
  owned(forMember('os-security-groups:update', 'Change a security group', `PUT ${GROUPS}/{id}`)),
  owned(forMember('os-security-groups:delete', 'Delete a security group', `DELETE ${GROUPS}/{id}`)),
  owned(forMember('os-security-groups:rule:create', 'Make a security group rule', 'POST /os-security-group-rules')),
  owned(forMember('os-security-groups:rule:delete', 'Delete a security group rule', 'DELETE /os-security-group-rules/{id}')),
  forAnyone('os-floating-ip-pools', 'List the pools of floating IPs', 'GET /os-floating-ip-pools'),
  owned(forReader('os-floating-ips:list', 'List floating IPs', 'GET /os-floating-ips')),
  owned(forReader('os-floating-ips:show', 'Show a floating IP', 'GET /os-floating-ips/{id}')),
  owned(forMember('os-floating-ips:create', 'Take a floating IP', 'POST /os-floating-ips')),
  owned(forMember('os-floating-ips:delete', 'Give a floating IP back', 'DELETE /os-floating-ips/{id}')),
  owned(forReader('os-networks:list', 'List networks', 'GET /os-networks')),
  owned(forReader('os-networks:show', 'Show a network', 'GET /os-networks/{id}')),
  { name: 'os_compute_api:os-tenant-networks:list', check: 'rule:project_reader_api', scopes: ['project'], deprecatedCheck: 'rule:admin_or_owner', description: 'List the networks of a project', operations: ['GET /os-tenant-networks'] },
  { name: 'os_compute_api:os-tenant-networks:show', check: 'rule:project_reader_api', scopes: ['project'], deprecatedCheck: 'rule:admin_or_owner', description: 'Show a network of a project', operations: ['GET /os-tenant-networks/{id}'] },
])
