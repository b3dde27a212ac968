/** Who may shelve servers. */
import { definePolicies } from '#core/policy/policy.ts'
import { forAdmin, forMember } from '../policy-kinds.ts'

export const shelvePolicies = definePolicies([
  forMember('os-shelve:shelve', 'Shelve a server', 'POST /servers/{server_id}/action (shelve)'),
  forMember('os-shelve:unshelve', 'Bring a shelved server back', 'POST /servers/{server_id}/action (unshelve)'),
  forAdmin('os-shelve:unshelve_to_host', 'Bring a shelved server back on a named host', 'POST /servers/{server_id}/action (unshelve)'),
  forAdmin('os-shelve:shelve_offload', 'Take a shelved server off its host', 'POST /servers/{server_id}/action (shelveOffload)'),
])
