/**
 * What a newcomer does with the official client, in the order of upstream's install guide: sign in, make a project,
 * upload an image, draw a network, boot a server, look at it, reach it, change it, take everything down again.
 */
import type { CommandRow, Expected, Step, Who } from './command-row.ts'

const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/

function row(who: Who, line: string, more: Omit<CommandRow, 'who' | 'line'> = {}): CommandRow {
  return { who, line, ...more }
}
const admin = (line: string, more?: Omit<CommandRow, 'who' | 'line'>): CommandRow => row('admin', line, more)
const member = (line: string, more?: Omit<CommandRow, 'who' | 'line'>): CommandRow => row('member', line, more)

/** The server of the walk comes to this status. */
const serverBecomes = (status: string, more: Record<string, Expected> = {}): CommandRow =>
  member('server show walk-server-{tag}', { becomes: true, fields: { status, 'OS-EXT-STS:task_state': (state) => state === null || state === 'None', ...more } })

export const tutorial: Step[] = [
  { name: 'sign in', needs: [], rows: [
    admin('token issue', { fields: { id: /^.{60,}$/, expires: /T.*[Z0]$/ } }),
    admin('catalog list', { column: { name: 'Type', holds: ['identity', 'image', 'placement', 'network', 'compute'] } }),
    admin('--os-password wrong-{tag} token issue', { refused: /requires authentication|HTTP 401/ }),
  ] },
  { name: 'a project and a user', needs: ['sign in'], rows: [
    admin('domain create --description walked walk-domain-{tag}', { fields: { enabled: true, description: 'walked' } }),
    admin('project create --domain walk-domain-{tag} walk-project-{tag}', { keep: { project: 'id' } }),
    admin('user create --domain walk-domain-{tag} --password {password} walk-user-{tag}', { fields: { enabled: true } }),
    admin('role create walk-role-{tag}'),
    admin('role add --project {project} --user walk-user-{tag} --user-domain walk-domain-{tag} member'),
    admin('role add --project {project} --user walk-user-{tag} --user-domain walk-domain-{tag} walk-role-{tag}'),
    admin('role assignment list --names --project {project}', { column: { name: 'Role', holds: ['member', 'walk-role-{tag}'] } }),
    member('token issue', { fields: { project_id: '{project}' } }),
    member('user list', { refused: /not authorized|HTTP 403/ }),
  ] },
  { name: 'an image', needs: ['a project and a user'], rows: [
    admin('image create --disk-format raw --container-format bare --public --file {image} walk-image-{tag}', { keep: { imageId: 'id' } }),
    member('image show walk-image-{tag}', { becomes: true, fields: { status: 'active', size: (size) => size === 1024 * 1024, checksum: '{imageChecksum}', visibility: 'public' } }),
    member('image save --file {saved} walk-image-{tag}'),
    admin('image set --property os_distro=walk --min-ram 32 walk-image-{tag}'),
    member('image show walk-image-{tag}', { fields: { min_ram: 32, properties: /os_distro.*walk/ } }),
    member('image delete walk-image-{tag}', { refused: /403|not permitted|Failed to delete/ }),
  ] },
  { name: 'flavors', needs: ['a project and a user'], rows: [
    admin('flavor create --ram 64 --disk 1 --vcpus 1 walk-small-{tag}', { fields: { ram: 64, disk: 1, vcpus: 1 } }),
    admin('flavor create --ram 128 --disk 1 --vcpus 1 --property hw:cpu_policy=shared walk-large-{tag}'),
    member('flavor list', { column: { name: 'Name', holds: ['walk-small-{tag}', 'walk-large-{tag}'], andMore: true } }),
    member('flavor create --ram 64 --disk 1 --vcpus 1 walk-mine-{tag}', { refused: /403/ }),
  ] },
  { name: 'a key and a security group', needs: ['a project and a user'], rows: [
    member('keypair create --public-key {publicKey} walk-key-{tag}', { fields: { fingerprint: '{fingerprint}' } }),
    member('security group create walk-group-{tag}', { keep: { group: 'id' } }),
    member('security group rule create --proto icmp walk-group-{tag}', { fields: { protocol: 'icmp', direction: 'ingress' } }),
    member('security group rule create --proto tcp --dst-port 22 walk-group-{tag}', { fields: { port_range_min: 22, port_range_max: 22 } }),
    member('security group rule create --proto tcp --dst-port 22 walk-group-{tag}', { refused: /409|already exists/ }),
    member('security group rule list --ingress --protocol tcp walk-group-{tag}', { column: { name: 'Port Range', holds: ['22:22'] } }),
  ] },
  { name: 'a network of its own', needs: ['a project and a user'], rows: [
    member('network create walk-net-{tag}', { fields: { status: 'ACTIVE', shared: false }, keep: { network: 'id' } }),
    member('subnet create --network walk-net-{tag} --dns-nameserver 192.0.2.53 --gateway 172.16.1.1 --subnet-range 172.16.1.0/24 walk-subnet-{tag}', {
      fields: { cidr: '172.16.1.0/24', enable_dhcp: true, allocation_pools: /172\.16\.1\.2".*172\.16\.1\.254/ }, keep: { subnet: 'id' },
    }),
    member('network list', { column: { name: 'Name', holds: ['walk-net-{tag}', '{public}'], andMore: true } }),
    member('network create --external walk-mine-{tag}', { refused: /403/ }),
  ] },
  { name: "the provider's network", needs: ['a project and a user'], rows: [
    admin('network create --share --provider-physical-network provider --provider-network-type flat walk-provider-{tag}', { fields: { 'provider:network_type': 'flat', shared: true } }),
    admin('subnet create --network walk-provider-{tag} --no-dhcp --subnet-range 203.0.113.0/24 walk-provider-subnet-{tag}', { fields: { enable_dhcp: false } }),
    admin('subnet delete walk-provider-subnet-{tag}'),
    admin('network delete walk-provider-{tag}'),
  ] },
  { name: 'a router', needs: ['a network of its own'], rows: [
    member('router create walk-router-{tag}', { fields: { admin_state_up: true }, keep: { router: 'id' } }),
    member('router add subnet walk-router-{tag} walk-subnet-{tag}'),
    member('router set walk-router-{tag} --external-gateway {public}'),
    member('router show walk-router-{tag}', { fields: { status: 'ACTIVE', external_gateway_info: /ip_address/, interfaces_info: /172\.16\.1\.1/ } }),
    member('port list --router walk-router-{tag}', { column: { name: 'Fixed IP Addresses', holds: [/172\.16\.1\.1/], andMore: true } }),
    member('network delete walk-net-{tag}', { refused: /409|in use/ }),
  ] },
  { name: 'a server', needs: ['an image', 'flavors', 'a key and a security group', 'a network of its own'], rows: [
    member('server create --wait --flavor walk-small-{tag} --image walk-image-{tag} --network walk-net-{tag} --security-group walk-group-{tag} --key-name walk-key-{tag} walk-server-{tag}', { keep: { server: 'id' }, fields: { id: UUID, adminPass: /./ } }),
    serverBecomes('ACTIVE', { key_name: 'walk-key-{tag}', addresses: /172\.16\.1\.\d+/, 'OS-EXT-STS:power_state': /Running|1/, security_groups: /walk-group/ }),
    member('server list', { column: { name: 'Name', holds: ['walk-server-{tag}'] } }),
    member('port list --server walk-server-{tag} --long', { column: { name: 'Status', holds: ['ACTIVE'] } }),
    member('server show {project}', { refused: /No (server|Server)|could not be found/ }),
    admin('server list --all-projects --long --project {project}', { column: { name: 'Flavor Name', holds: ['walk-small-{tag}'] } }),
  ] },
  { name: 'its console', needs: ['a server'], rows: [
    member('console log show walk-server-{tag}', { becomes: true, text: /\S/ }),
    member('console url show --novnc walk-server-{tag}', { fields: { url: /^https?:\/\// } }),
  ] },
  { name: 'its properties', needs: ['a server'], rows: [
    member('server set --property walked=yes --name walk-renamed-{tag} walk-server-{tag}'),
    member('server show walk-renamed-{tag}', { fields: { properties: /walked.*yes/ } }),
    member('server unset --property walked walk-renamed-{tag}'),
    member('server set --name walk-server-{tag} walk-renamed-{tag}'),
    member('server show walk-server-{tag}', { fields: { properties: (value) => !JSON.stringify(value).includes('walked') } }),
    member('server event list walk-server-{tag}', { column: { name: 'Action', holds: ['create'] } }),
  ] },
  { name: 'a floating IP', needs: ['a server', 'a router'], rows: [
    member('floating ip create {public}', { keep: { floating: 'floating_ip_address' }, fields: { status: 'DOWN' } }),
    member('server add floating ip walk-server-{tag} {floating}'),
    member('floating ip show {floating}', { becomes: true, fields: { status: 'ACTIVE', fixed_ip_address: /^172\.16\.1\./ } }),
    member('server show walk-server-{tag}', { becomes: true, fields: { addresses: (value) => JSON.stringify(value).split('.').length > 6 } }),
    member('server remove floating ip walk-server-{tag} {floating}'),
    member('floating ip delete {floating}'),
    member('floating ip list', { column: { name: 'Floating IP Address', holds: [] } }),
  ] },
  { name: 'power', needs: ['a server'], rows: [
    member('server stop walk-server-{tag}'), serverBecomes('SHUTOFF'),
    member('server start walk-server-{tag}'), serverBecomes('ACTIVE'),
    member('server reboot --wait walk-server-{tag}'),
    member('server reboot --hard --wait walk-server-{tag}'), serverBecomes('ACTIVE'),
  ] },
  { name: 'pause, suspend, lock', needs: ['a server'], rows: [
    member('server pause walk-server-{tag}'), serverBecomes('PAUSED'),
    member('server unpause walk-server-{tag}'), serverBecomes('ACTIVE'),
    member('server suspend walk-server-{tag}'), serverBecomes('SUSPENDED'),
    member('server resume walk-server-{tag}'), serverBecomes('ACTIVE'),
    member('server lock walk-server-{tag}'),
    member('server unlock walk-server-{tag}'),
    member('server start walk-server-{tag}', { refused: /409|vm_state active/ }),
  ] },
  { name: 'a snapshot', needs: ['a server'], rows: [
    member('server image create --wait --name walk-shot-{tag} walk-server-{tag}', { fields: { id: UUID } }),
    member('image show walk-shot-{tag}', { becomes: true, fields: { status: 'active', properties: /image_type.*snapshot/ } }),
    serverBecomes('ACTIVE'),
    member('image delete walk-shot-{tag}'),
  ] },
  { name: 'another interface', needs: ['a server'], rows: [
    member('port create --network walk-net-{tag} walk-port-{tag}', { fields: { status: 'DOWN', fixed_ips: /172\.16\.1\./ } }),
    member('server add port walk-server-{tag} walk-port-{tag}'),
    member('port show walk-port-{tag}', { becomes: true, fields: { status: 'ACTIVE', device_id: '{server}' } }),
    member('port list --server walk-server-{tag}', { column: { name: 'Name', holds: ['walk-port-{tag}', ''] } }),
    member('server remove port walk-server-{tag} walk-port-{tag}'),
    member('port list --server walk-server-{tag}', { becomes: true, column: { name: 'Name', holds: [''] } }),
  ] },
  { name: 'rebuild', needs: ['a server'], rows: [
    member('server rebuild --wait --image walk-image-{tag} walk-server-{tag}'),
    serverBecomes('ACTIVE', { image: /walk-image/ }),
  ] },
  { name: 'resize', needs: ['a server'], rows: [
    member('server resize --wait --flavor walk-large-{tag} walk-server-{tag}'), serverBecomes('VERIFY_RESIZE'),
    member('server resize revert walk-server-{tag}'), serverBecomes('ACTIVE', { flavor: /walk-small/ }),
    member('server resize --wait --flavor walk-large-{tag} walk-server-{tag}'),
    member('server resize confirm walk-server-{tag}'), serverBecomes('ACTIVE', { flavor: /walk-large/ }),
  ] },
  { name: 'rescue', needs: ['a server'], rows: [
    member('server rescue walk-server-{tag}'), serverBecomes('RESCUE'),
    member('server unrescue walk-server-{tag}'), serverBecomes('ACTIVE'),
  ] },
  { name: 'shelve', needs: ['a server'], rows: [
    member('server shelve walk-server-{tag}'), serverBecomes('SHELVED_OFFLOADED'),
    member('server unshelve walk-server-{tag}'), serverBecomes('ACTIVE'),
  ] },
  { name: 'the operator looks', needs: ['a server'], rows: [
    admin('hypervisor list', { column: { name: 'State', holds: ['up'] } }),
    admin('compute service list', { column: { name: 'Binary', holds: ['nova-compute'], andMore: true } }),
    admin('network agent list', { column: { name: 'Alive', holds: [/true|:-\)/], andMore: true } }),
    member('limits show --absolute', { column: { name: 'Name', holds: ['totalInstancesUsed'], andMore: true } }),
    member('quota show', { fields: { instances: 10 } }),
    admin('usage list', { column: { name: 'Project', holds: ['{project}'], andMore: true } }),
  ] },
  { name: 'the server goes', needs: ['a server'], rows: [
    member('server delete --wait walk-server-{tag}'),
    member('server list', { column: { name: 'Name', holds: [] } }),
    member('port list --network walk-net-{tag} --device-owner compute:nova', { column: { name: 'ID', holds: [] } }),
  ] },
  { name: 'the network goes', needs: ['a router', 'the server goes'], rows: [
    member('router unset --external-gateway walk-router-{tag}'),
    member('router remove subnet walk-router-{tag} walk-subnet-{tag}'),
    member('router delete walk-router-{tag}'),
    member('port delete walk-port-{tag}'),
    member('network delete walk-net-{tag}'),
    member('security group delete walk-group-{tag}'),
    member('keypair delete walk-key-{tag}'),
  ] },
  { name: 'everything goes', needs: ['the network goes'], rows: [
    admin('image delete walk-image-{tag}'),
    admin('flavor delete walk-small-{tag} walk-large-{tag}'),
    admin('role delete walk-role-{tag}'),
    admin('user delete --domain walk-domain-{tag} walk-user-{tag}'),
    admin('project delete --domain walk-domain-{tag} walk-project-{tag}'),
    admin('domain delete walk-domain-{tag}', { refused: /disable|403/ }),
    admin('domain set --disable walk-domain-{tag}'),
    admin('domain delete walk-domain-{tag}'),
    admin('image show walk-image-{tag}', { refused: /No (i|I)mage|could not be found/ }),
    admin('project show {project}', { refused: /No project|could not be found/ }),
  ] },
]
