/** Who may read and change what hangs on a server. */
import { definePolicies, type PolicyRule } from '#core/policy/policy.ts'
import { forAdmin, forMember, forReader } from '../policy-kinds.ts'

function owned(rule: PolicyRule): PolicyRule {
  return { ...rule, deprecatedCheck: 'rule:admin_or_owner' }
}

const METADATA = '/servers/{server_id}/metadata'
const TAGS = '/servers/{server_id}/tags'
const VOLUMES = '/servers/{server_id}/os-volume_attachments'

export const serverDetailPolicies = definePolicies([
  forReader('server-metadata:index', 'List the metadata of a server', `GET ${METADATA}`),
  forReader('server-metadata:show', 'Show a metadata item of a server', `GET ${METADATA}/{key}`),
  forMember('server-metadata:create', 'Add metadata to a server', `POST ${METADATA}`),
  forMember('server-metadata:update_all', 'Replace the metadata of a server', `PUT ${METADATA}`),
  forMember('server-metadata:update', 'Set a metadata item of a server', `PUT ${METADATA}/{key}`),
  forMember('server-metadata:delete', 'Remove a metadata item of a server', `DELETE ${METADATA}/{key}`),
  forReader('os-server-tags:index', 'List the tags of a server', `GET ${TAGS}`),
  forReader('os-server-tags:show', 'Ask whether a server has a tag', `GET ${TAGS}/{tag}`),
  forMember('os-server-tags:update', 'Tag a server', `PUT ${TAGS}/{tag}`),
  forMember('os-server-tags:update_all', 'Replace the tags of a server', `PUT ${TAGS}`),
  forMember('os-server-tags:delete', 'Remove a tag of a server', `DELETE ${TAGS}/{tag}`),
  forMember('os-server-tags:delete_all', 'Remove all tags of a server', `DELETE ${TAGS}`),
  forReader('ips:index', 'List the addresses of a server', 'GET /servers/{server_id}/ips'),
  forReader('ips:show', 'List the addresses of a server on one network', 'GET /servers/{server_id}/ips/{network_label}'),
  forAdmin('os-server-diagnostics', 'See the figures of a guest', 'GET /servers/{server_id}/diagnostics'),
  owned(forReader('os-server-password:show', 'Read the password a guest has set', 'GET /servers/{server_id}/os-server-password')),
  owned(forMember('os-server-password:clear', 'Forget the password a guest has set', 'DELETE /servers/{server_id}/os-server-password')),
  forReader('compute:server:topology:index', 'See the NUMA topology of a server', 'GET /servers/{server_id}/topology'),
  forAdmin('compute:server:topology:host:index', 'See how the NUMA topology of a server lies on its host', 'GET /servers/{server_id}/topology'),
  owned(forReader('os-instance-actions:list', 'List what was done with a server', 'GET /servers/{server_id}/os-instance-actions')),
  owned(forReader('os-instance-actions:show', 'Show one thing that was done with a server', 'GET /servers/{server_id}/os-instance-actions/{request_id}')),
  forAdmin('os-instance-actions:events', 'See the steps of what was done with a server', 'GET /servers/{server_id}/os-instance-actions/{request_id}'),
  forAdmin('os-instance-actions:events:details', 'See why a step failed', 'GET /servers/{server_id}/os-instance-actions/{request_id}'),
  forAdmin('os-server-external-events:create', 'Tell compute what happened to a server elsewhere', 'POST /os-server-external-events'),
  forReader('os-volumes-attachments:index', 'List the volumes of a server', `GET ${VOLUMES}`),
  forReader('os-volumes-attachments:show', 'Show a volume of a server', `GET ${VOLUMES}/{volume_id}`),
  forMember('os-volumes-attachments:create', 'Attach a volume to a server', `POST ${VOLUMES}`),
])
