/** The rules other rules are made of. Names, checks and scopes are upstream's. */
import { definePolicies } from '#core/policy/policy.ts'

export const baseRules = definePolicies([
  { name: 'context_is_admin', check: 'role:admin', description: 'Counts as administrator' },
  { name: 'owner', check: 'tenant_id:%(tenant_id)s', description: 'Owns the thing' },
  { name: 'admin_or_owner', check: 'rule:context_is_admin or rule:owner', description: 'Administrator or owner' },
  { name: 'context_is_advsvc', check: 'role:advsvc', description: 'A service that acts for others' },
  { name: 'admin_or_network_owner', check: 'rule:context_is_admin or tenant_id:%(network:tenant_id)s', description: 'Administrator or owner of the network' },
  { name: 'admin_owner_or_network_owner', check: 'rule:owner or rule:admin_or_network_owner', description: 'Owner of the thing or its network' },
  { name: 'network_owner', check: 'tenant_id:%(network:tenant_id)s', description: 'Owns the network the thing is on' },
  { name: 'admin_only', check: 'rule:context_is_admin', description: 'Administrators' },
  { name: 'regular_user', check: '', description: 'Anybody with a token' },
  { name: 'shared', check: 'field:networks:shared=True', description: 'The network is shared' },
  { name: 'default', check: 'rule:admin_or_owner', description: 'What holds where no rule is listed' },
  { name: 'admin_or_ext_parent_owner', check: 'rule:context_is_admin or tenant_id:%(ext_parent:tenant_id)s', description: 'Administrator or owner of the parent' },
  { name: 'ext_parent_owner', check: 'tenant_id:%(ext_parent:tenant_id)s', description: 'Owns the parent' },
  { name: 'sg_owner', check: 'tenant_id:%(security_group:tenant_id)s', description: 'Owns the security group' },
  { name: 'shared_address_scopes', check: 'field:address_scopes:shared=True', description: 'The address scope is shared' },
  { name: 'external', check: 'field:networks:router:external=True', description: 'The network is external' },
  { name: 'network_device', check: 'field:port:device_owner=~^network:', description: 'A port of the service itself' },
  { name: 'restrict_wildcard', check: '(not field:rbac_policy:target_tenant=* and not field:rbac_policy:target_project=*) or rule:admin_only', description: 'Not for everybody at once' },
  { name: 'admin_or_sg_owner', check: 'rule:context_is_admin or tenant_id:%(security_group:tenant_id)s', description: 'Administrator or owner of the security group' },
  { name: 'admin_owner_or_sg_owner', check: 'rule:owner or rule:admin_or_sg_owner', description: 'Owner of the rule or its group' },
  { name: 'shared_subnetpools', check: 'field:subnetpools:shared=True', description: 'The subnet pool is shared' },
])
