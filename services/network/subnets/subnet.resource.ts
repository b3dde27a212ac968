/** Subnets: the attribute table, who may know of which, and the commands behind it. */
import { pythonStr } from '#core/schema/fault.ts'
import { UNSET, type AttributeTable, type Resource } from '../attributes/attribute.ts'
import { tagsOf } from '../attributes/children.ts'
import { nullToEmptyList, toBoolean, toCanonicalCidr, toCanonicalIp, toInteger } from '../attributes/convert.ts'
import { flagAttribute, name, standard } from '../attributes/standard.ts'
import { hostRoutes, ipAddress, ipPools, nameservers, nonNegative, oneOf, orNull, subnet, uuid } from '../attributes/validate.ts'
import { isAdmin, ownProject, seesAll, type NetworkContext } from '../context.ts'
import type { SubnetRow } from '../database.ts'
import { errors } from '../errors.ts'
import { assertMayCreateOn, networkTarget } from '../networks/on-network.ts'
import { networksSharedWith, ownNetworks } from '../rbac-policies/sharing.ts'
import { createSubnet } from './create-subnet.ts'
import { deleteSubnet } from './delete-subnet.ts'
import { networkOwners } from './subnet.store.ts'
import { subnetView } from './subnet.view.ts'
import { updateSubnet } from './update-subnet.ts'

const IPV6_MODE = { post: true, default: UNSET, validate: oneOf(['dhcpv6-stateful', 'dhcpv6-stateless', 'slaac']), filter: true, sort: true } as const
const PREFIXES = ['network:', 'neutron:', 'compute:']

function toServiceTypes(value: unknown): unknown {
  if (value === null) return []
  if (!Array.isArray(value)) throw errors.HTTPBadRequest({ message: 'Subnet service types must be a list.' })
  for (const type of value as unknown[]) {
    if (typeof type !== 'string') throw errors.InvalidInputSubnetServiceType({ serviceType: pythonStr(type) })
    if (!PREFIXES.some((p) => type.startsWith(p))) throw errors.InvalidSubnetServiceType({ serviceType: type })
  }
  return value
}

const attributes: AttributeTable = standard({
  name: name(),
  ip_version: { post: true, convert: toInteger, validate: oneOf([4, 6]), filter: true, sort: true },
  network_id: { post: true, validate: uuid, filter: true, sort: true },
  subnetpool_id: { post: true, default: UNSET, validate: orNull((v) => (v === 'prefix_delegation' ? undefined : uuid(v))), filter: true, sort: true },
  use_default_subnetpool: { post: true, default: false, convert: toBoolean, hidden: true },
  prefixlen: { post: true, default: UNSET, convert: toInteger, validate: nonNegative, hidden: true },
  cidr: { post: true, default: UNSET, convert: (v) => (v === null ? null : toCanonicalCidr(v)), validate: orNull(subnet), filter: true, sort: true },
  gateway_ip: { post: true, put: true, default: UNSET, convert: toCanonicalIp, validate: orNull(ipAddress), filter: true, sort: true },
  allocation_pools: { post: true, put: true, default: UNSET, validate: ipPools },
  dns_nameservers: { post: true, put: true, default: UNSET, convert: nullToEmptyList, validate: nameservers },
  host_routes: { post: true, put: true, default: UNSET, convert: nullToEmptyList, validate: hostRoutes },
  enable_dhcp: flagAttribute(true),
  ipv6_ra_mode: IPV6_MODE,
  ipv6_address_mode: IPV6_MODE,
  // Upstream lists rules for it (`create_subnet:service_types`) and asks them nowhere: members may set it.
  service_types: { post: true, put: true, default: UNSET, convert: toServiceTypes },
  shared: { hidden: true, filter: true, convert: toBoolean },
  'network:tenant_id': { hidden: true },
})

export const subnetResource: Resource<SubnetRow> = {
  name: 'subnet', collection: 'subnets', table: 'subnets', attributes, quota: 'subnet',
  notFound: (id) => errors.SubnetNotFound({ subnetId: id }),
  scope: (ctx, rows) => rows.where((eb) => eb.or([
    eb('subnets.project_id', '=', ownProject(ctx)), eb('subnets.network_id', 'in', networksSharedWith(ctx, ['access_as_shared'])), eb('subnets.network_id', 'in', ownNetworks(ctx)),
  ])),
  filters: {
    shared: (ctx, rows, values) => rows.where((eb) => eb.or(values.map((v) => eb('subnets.network_id', v === true ? 'in' : 'not in', networksSharedWith(ctx, ['access_as_shared']))))),
  },
  async views(ctx, rows) {
    const tags = await tagsOf(ctx, rows)
    const networks = seesAll(ctx) ? new Map() : await networkOwners(ctx, rows.map((r) => r.network_id))
    return rows.map((row) => {
      const network = networks.get(row.network_id)
      // A row that is neither mine nor on my network came through the scope's third door: it is shared.
      const shared = network?.shared === 1 || (network !== undefined && network.project_id !== ownProject(ctx) && row.project_id !== ownProject(ctx))
      return subnetView(row, tags, network === undefined ? undefined : { project_id: network.project_id, shared })
    })
  },
  policyTarget: networkTarget,
  async beforeCreate(ctx: NetworkContext, item) {
    if (!isAdmin(ctx)) await assertMayCreateOn(ctx, 'subnet', item)
  },
  create: createSubnet,
  update: updateSubnet,
  delete: deleteSubnet,
}
