/** Who may plug NICs into servers. */
import { definePolicies } from '#core/policy/policy.ts'
import { forMember, forReader } from '../policy-kinds.ts'

const PATH = '/servers/{server_id}/os-interface'
const OLD = { deprecatedCheck: 'rule:admin_or_owner' }

export const interfacePolicies = definePolicies([
  { ...forReader('os-attach-interfaces:list', 'List the NICs of a server', `GET ${PATH}`), ...OLD },
  { ...forReader('os-attach-interfaces:show', 'Show a NIC of a server', `GET ${PATH}/{port_id}`), ...OLD },
  { ...forMember('os-attach-interfaces:create', 'Plug a NIC into a server', `POST ${PATH}`), ...OLD },
  { ...forMember('os-attach-interfaces:delete', 'Pull a NIC out of a server', `DELETE ${PATH}/{port_id}`), ...OLD },
])
