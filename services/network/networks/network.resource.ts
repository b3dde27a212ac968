/** Networks: the attribute table, who may know of which, and the commands behind it. */
import { UNSET, type AttributeTable, type Item, type Resource, type Rows } from '../attributes/attribute.ts'
import { toBoolean, toInteger, toLowerCase } from '../attributes/convert.ts'
import { flagAttribute, name, readOnly, standard } from '../attributes/standard.ts'
import { availabilityZoneHints, dnsDomain, nonNegative, text } from '../attributes/validate.ts'
import { ownProject, type NetworkContext } from '../context.ts'
import type { NetworkRow } from '../database.ts'
import { errors } from '../errors.ts'
import { networksSharedWith, sharedFilter } from '../rbac-policies/sharing.ts'
import { ensureDefaultGroup } from '../security-groups/default-group.ts'
import { createNetwork } from './create-network.ts'
import { deleteNetwork } from './delete-network.ts'
import { networkChildren } from './network.store.ts'
import { networkView } from './network.view.ts'
import { segmentsFault } from './segments.ts'
import { updateNetwork } from './update-network.ts'

const PLACE = { post: true, put: true, default: UNSET, enforce: true, filter: true } as const

const attributes: AttributeTable = standard({
  name: name(),
  subnets: {},
  admin_state_up: flagAttribute(true),
  status: readOnly(),
  shared: { post: true, put: true, default: false, convert: toBoolean, filter: true, enforce: true },
  mtu: { post: true, put: true, default: 0, convert: toInteger, validate: nonNegative, enforce: true, filter: true, sort: true },
  'provider:network_type': { ...PLACE, validate: text(32), column: 'network_type' },
  'provider:physical_network': { ...PLACE, validate: text(64), column: 'physical_network' },
  'provider:segmentation_id': { ...PLACE, convert: toInteger, column: 'segmentation_id' },
  segments: { post: true, put: true, default: UNSET, enforce: true, validate: segmentsFault },
  'router:external': { post: true, put: true, default: false, convert: toBoolean, enforce: true, filter: true, column: 'external' },
  is_default: { post: true, put: true, default: false, convert: toBoolean, enforce: true, filter: true },
  availability_zones: {},
  availability_zone_hints: { post: true, default: [], validate: availabilityZoneHints, sort: true },
  port_security_enabled: { post: true, put: true, default: true, convert: toBoolean, enforce: true },
  ipv4_address_scope: {},
  ipv6_address_scope: {},
  dns_domain: { post: true, put: true, default: '', convert: toLowerCase, validate: dnsDomain },
})

export const networkResource: Resource<NetworkRow> = {
  name: 'network', collection: 'networks', table: 'networks', attributes, quota: 'network',
  notFound: (id) => errors.NetworkNotFound({ netId: id }),
  scope: (ctx: NetworkContext, rows: Rows) => rows.where((eb) => eb.or([
    eb('networks.project_id', '=', ownProject(ctx)), eb('networks.id', 'in', networksSharedWith(ctx, ['access_as_shared', 'access_as_external'])),
  ])),
  filters: { shared: (ctx, rows, values) => sharedFilter(ctx, rows, 'networks', values) },
  async views(ctx, rows, fields) {
    const children = await networkChildren(ctx, rows, fields)
    return rows.map((row) => networkView(row, children))
  },
  async create(ctx, item: Item) {
    await ensureDefaultGroup(ctx, item['project_id'] as string)
    return await createNetwork(ctx, item)
  },
  update: updateNetwork,
  delete: deleteNetwork,
}
