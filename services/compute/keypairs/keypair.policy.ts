/** Who may do what with key pairs: their owner, or an administrator. */
import { definePolicies } from '#core/policy/policy.ts'
import { forOwner } from '../policy-kinds.ts'

export const keypairPolicies = definePolicies([
  forOwner('os-keypairs:index', 'List key pairs', 'GET /os-keypairs'),
  forOwner('os-keypairs:create', 'Make or import a key pair', 'POST /os-keypairs'),
  forOwner('os-keypairs:delete', 'Delete a key pair', 'DELETE /os-keypairs/{keypair_name}'),
  forOwner('os-keypairs:show', 'Show a key pair', 'GET /os-keypairs/{keypair_name}'),
])
