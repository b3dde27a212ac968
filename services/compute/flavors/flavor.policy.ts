/** Who may do what with flavors. */
import { definePolicies } from '#core/policy/policy.ts'
import { forAdmin, forReader } from '../policy-kinds.ts'

export const flavorPolicies = definePolicies([
  forAdmin('os-flavor-manage:create', 'Make a flavor', 'POST /flavors'),
  forAdmin('os-flavor-manage:update', 'Change the description of a flavor', 'PUT /flavors/{flavor_id}'),
  forAdmin('os-flavor-manage:delete', 'Delete a flavor', 'DELETE /flavors/{flavor_id}'),
  forAdmin('os-flavor-access:add_tenant_access', 'Let a project use a private flavor', 'POST /flavors/{flavor_id}/action (addTenantAccess)'),
  forAdmin('os-flavor-access:remove_tenant_access', 'Take a private flavor from a project', 'POST /flavors/{flavor_id}/action (removeTenantAccess)'),
  { ...forAdmin('os-flavor-access', 'See which projects may use a private flavor', 'GET /flavors/{flavor_id}/os-flavor-access'), deprecatedCheck: 'rule:admin_or_owner' },
  forReader('os-flavor-extra-specs:show', 'See one extra spec of a flavor', 'GET /flavors/{flavor_id}/os-extra_specs/{key}'),
  forAdmin('os-flavor-extra-specs:create', 'Give a flavor extra specs', 'POST /flavors/{flavor_id}/os-extra_specs'),
  forAdmin('os-flavor-extra-specs:update', 'Change an extra spec of a flavor', 'PUT /flavors/{flavor_id}/os-extra_specs/{key}'),
  forAdmin('os-flavor-extra-specs:delete', 'Take an extra spec from a flavor', 'DELETE /flavors/{flavor_id}/os-extra_specs/{key}'),
  forReader('os-flavor-extra-specs:index', 'See the extra specs of a flavor, also inside its reply', 'GET /flavors/{flavor_id}/os-extra_specs', 'GET /flavors/detail', 'GET /flavors/{flavor_id}'),
])
