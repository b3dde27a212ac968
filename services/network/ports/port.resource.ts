/** Ports: the attribute table, who may know of which, the filters that are no column, and the commands behind it. */
import { mintMac } from '../addresses/mac.ts'
import { UNSET, type AttributeTable, type Resource, type Rows } from '../attributes/attribute.ts'
import { nullToEmptyList, toBoolean, toCanonicalMac, toLowerCase } from '../attributes/convert.ts'
import { flagAttribute, name, readOnly, standard, TAGS_ON_CREATE } from '../attributes/standard.ts'
import { dict, dnsName, fixedIps, listOf, macAddress, oneOf, orNull, text, uuid } from '../attributes/validate.ts'
import { isAdmin, ownProject, type NetworkContext } from '../context.ts'
import type { PortRow } from '../database.ts'
import { errors, invalidInput } from '../errors.ts'
import { assertMayCreateOn, networkTarget } from '../networks/on-network.ts'
import { ownNetworks } from '../rbac-policies/sharing.ts'
import { createPort } from './create-port.ts'
import { deletePort } from './delete-port.ts'
import { addressPairs, canonicalFixedIps, dhcpOptions } from './port.attributes.ts'
import { portChildren } from './port.store.ts'
import { portView } from './port.view.ts'
import { updatePort } from './update-port.ts'

const VNIC_TYPES = ['normal', 'direct', 'macvtap', 'baremetal', 'direct-physical', 'virtio-forwarder', 'smart-nic', 'vdpa', 'accelerator-direct', 'accelerator-direct-physical', 'remote-managed']

const attributes: AttributeTable = standard({
  name: name(),
  network_id: { post: true, validate: uuid, filter: true, sort: true },
  admin_state_up: flagAttribute(true),
  mac_address: { post: true, put: true, default: UNSET, convert: (v) => (v === null ? mintMac('fa:16:3e:00:00:00') : toCanonicalMac(v)), validate: macAddress, enforce: true, filter: true, sort: true },
  fixed_ips: { post: true, put: true, default: UNSET, convert: canonicalFixedIps, validate: fixedIps, enforce: 'items', filter: true },
  device_id: name(),
  device_owner: name({ enforce: true }),
  status: readOnly(),
  security_groups: { post: true, put: true, default: UNSET, convert: nullToEmptyList, validate: listOf(uuid), filter: true },
  'binding:host_id': { post: true, put: true, default: UNSET, validate: orNull(text(255)), enforce: true, filter: true, column: 'binding_host' },
  'binding:profile': { post: true, put: true, default: UNSET, validate: orNull(dict), enforce: true },
  'binding:vnic_type': { post: true, put: true, default: 'normal', validate: oneOf(VNIC_TYPES), enforce: true },
  'binding:vif_type': { enforce: true },
  'binding:vif_details': { enforce: true },
  port_security_enabled: { post: true, put: true, default: UNSET, convert: toBoolean, enforce: true },
  allowed_address_pairs: { post: true, put: true, default: UNSET, convert: nullToEmptyList, enforce: 'items' },
  extra_dhcp_opts: { post: true, put: true, default: null, validate: dhcpOptions },
  dns_name: { post: true, put: true, default: '', convert: toLowerCase, validate: dnsName },
  dns_assignment: {},
  ip_allocation: readOnly(),
  'network:tenant_id': { hidden: true },
  shared: { hidden: true },
})
attributes['tags'] = TAGS_ON_CREATE

export const portResource: Resource<PortRow> = {
  name: 'port', collection: 'ports', table: 'ports', attributes, quota: 'port',
  notFound: (id) => errors.PortNotFound({ portId: id }),
  scope: (ctx, rows) => rows.where((eb) => eb.or([eb('ports.project_id', '=', ownProject(ctx)), eb('ports.network_id', 'in', ownNetworks(ctx))])),
  filters: { fixed_ips: filterByAddress, security_groups: filterByGroup },
  async views(ctx, rows, fields) {
    const children = await portChildren(ctx, rows, fields)
    return rows.map((row) => portView(ctx, row, children))
  },
  policyTarget: networkTarget,
  async beforeCreate(ctx: NetworkContext, item) {
    if (item['allowed_address_pairs'] !== undefined) addressPairs(ctx, item['allowed_address_pairs'])
    if (!isAdmin(ctx)) await assertMayCreateOn(ctx, 'port', item)
  },
  beforeUpdate(ctx: NetworkContext, item) {
    if (item['allowed_address_pairs'] !== undefined) addressPairs(ctx, item['allowed_address_pairs'])
  },
  create: createPort,
  update: updatePort,
  delete: deletePort,
}

/** `fixed_ips=ip_address=10.0.0.5`, `subnet_id=…`, `ip_address_substr=0.0.5`: kinds must all hold, values of a kind are alternatives. */
function filterByAddress(_ctx: NetworkContext, rows: Rows, values: unknown[]): Rows {
  const asked = new Map<string, string[]>()
  for (const value of values as string[]) {
    const [key, ...rest] = value.split('=')
    if (key === undefined || key.trim() === '' || rest.length === 0) throw invalidInput(`'${value}' is not of the form <key>=[value]`)
    asked.set(key.trim(), [...(asked.get(key.trim()) ?? []), rest.join('=').trim()])
  }
  let narrowed = rows
  for (const [key, wanted] of asked) {
    if (key === 'ip_address_substr') {
      for (const part of wanted) narrowed = narrowed.where((eb) => eb('ports.id', 'in', eb.selectFrom('ip_allocations').select('port_id').where('ip_address', 'like', `%${part.replaceAll(/[%_\\]/g, '')}%`)))
    } else if (key === 'ip_address' || key === 'subnet_id') {
      narrowed = narrowed.where((eb) => eb('ports.id', 'in', eb.selectFrom('ip_allocations').select('port_id').where(key, 'in', wanted)))
    }
  }
  return narrowed
}

function filterByGroup(_ctx: NetworkContext, rows: Rows, values: unknown[]): Rows {
  return rows.where((eb) => eb('ports.id', 'in', eb.selectFrom('port_security_groups').select('port_id').where('security_group_id', 'in', values as string[])))
}

