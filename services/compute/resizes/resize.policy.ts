/** Who may change the size of servers. */
import { definePolicies } from '#core/policy/policy.ts'
import { forMember, forNobody } from '../policy-kinds.ts'

export const resizePolicies = definePolicies([
  forMember('servers:resize', 'Resize a server', 'POST /servers/{server_id}/action (resize)'),
  forMember('servers:confirm_resize', 'Confirm the resize of a server', 'POST /servers/{server_id}/action (confirmResize)'),
  forMember('servers:revert_resize', 'Take the resize of a server back', 'POST /servers/{server_id}/action (revertResize)'),
  forNobody('compute:servers:resize:cross_cell', 'Resize a server into another cell; there are no cells', 'POST /servers/{server_id}/action (resize)'),
])
