/** Who may rescue servers. */
import { definePolicies } from '#core/policy/policy.ts'
import { forMember } from '../policy-kinds.ts'

export const rescuePolicies = definePolicies([
  forMember('os-rescue', 'Boot a server from an image to repair it', 'POST /servers/{server_id}/action (rescue)'),
  { ...forMember('os-unrescue', 'Boot a rescued server from its own disks again', 'POST /servers/{server_id}/action (unrescue)'), deprecatedCheck: 'rule:admin_or_owner' },
])
