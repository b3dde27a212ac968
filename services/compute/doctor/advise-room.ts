/** What to do when no host would do: what is short everywhere, which flavor fits today, which hosts could be put to use. */
import type { ComputeContext } from '../context.ts'
import { listUsableFlavors } from '../flavors/flavor.store.ts'
import { isHostUp, listHosts } from '../hosts/host.store.ts'
import { limitsOf } from '../quotas/effective-limits.ts'
import { readUsage } from '../quotas/quota.store.ts'
import type { Refusal } from '../scheduler/explanation.ts'
import { resourcesOf } from '../scheduler/resources.ts'
import { embeddedFlavor } from '../servers/create-server.ts'
import { flavorOf, type EmbeddedFlavor, type ServerRow } from '../servers/server.row.ts'
import { roomOn, type Room } from './room.ts'

const HOSTS_LOOKED_AT = 20

/** By the filter that refused. Room, disabled and silent hosts are advised on by what the hosts are now. */
const WAYS_OUT: Record<string, string> = {
  'availability-zone': 'Ask for another zone: openstack availability zone list',
  destination: 'Ask for another host, or leave the choice open: openstack compute service list --service nova-compute',
  'same-host': 'Leave out the hint same_host, or name a server whose host will do.',
  'different-host': 'Leave out the hint different_host, or add a host.',
  'server-group': 'The rule of its server group leaves no host: use a soft rule, or another group.',
  'image-properties': 'Use an image made for these hosts, or change the property that ties it to others: openstack image unset --property',
  'aggregate-properties': 'Use a flavor without that demand, or give the hosts\' aggregate what it wants: openstack aggregate set --property',
  'aggregate-isolation': 'Its hosts are reserved for other projects: an administrator can let this one in with openstack aggregate set --property filter_tenant_id_…',
  capabilities: 'Use a flavor that does not ask for it: openstack flavor unset --property takes a demand away.',
  features: 'Use a flavor and an image that do not ask for it: openstack flavor unset --property, openstack image unset --property',
}

interface HostRoom { host: string; room: Map<string, Room> }

export async function adviseRoom(ctx: ComputeContext, server: ServerRow, refusals: readonly Refusal[]): Promise<string[]> {
  const hosts = await listHosts(ctx)
  const usable = hosts.filter((host) => isHostUp(ctx, host) && host.disabled === 0)
  const rooms: HostRoom[] = []
  for (const { host, node_id: node } of usable.slice(0, HOSTS_LOOKED_AT)) {
    const room = await roomOn(ctx, node)
    if (room !== undefined) rooms.push({ host, room })
  }
  return [
    ...(hosts.length === 0 ? ['There is no compute host yet; nacre status shows what runs.'] : []),
    ...hosts.filter((host) => host.disabled === 1).map((host) => `Put ${host.host} to use again: openstack compute service set --enable ${host.host} nova-compute`),
    ...hosts.filter((host) => host.disabled === 0 && !isHostUp(ctx, host)).map((host) => `Look after ${host.host}, which is down since ${host.last_seen_at}.`),
    ...(refusals.some((r) => r.filter === 'capacity') ? await adviseSize(ctx, server, rooms) : []),
    ...Object.entries(WAYS_OUT).filter(([filter]) => refusals.some((r) => r.filter === filter)).map(([, advice]) => advice),
    ...await adviseQuota(ctx, server), ...(server.host === null ? [`Then delete it and create it again: openstack server delete ${server.id}`] : ['Then try again.']),
  ]
}

function fits(flavor: EmbeddedFlavor, { room }: HostRoom): boolean {
  return Object.entries(resourcesOf(flavor)).every(([name, amount]) => amount <= (room.get(name)?.most ?? 0))
}

async function adviseSize(ctx: ComputeContext, server: ServerRow, rooms: HostRoom[]): Promise<string[]> {
  const wanted = flavorOf(server)
  const now = rooms.find((room) => fits(wanted, room))
  if (now !== undefined) return [`There is room for flavor ${wanted.name} on ${now.host} now.`]
  const short = shortest(wanted, rooms)
  const smaller = (await listUsableFlavors(ctx, server.project_id)).map(embeddedFlavor)
    .filter((flavor) => flavor.ram <= wanted.ram && flavor.vcpus <= wanted.vcpus && flavor.disk <= wanted.disk).toSorted((a, b) => b.ram - a.ram || b.vcpus - a.vcpus || b.disk - a.disk)
  for (const flavor of smaller) {
    const room = rooms.find((candidate) => fits(flavor, candidate))
    if (room !== undefined) return [...short, `Use flavor ${flavor.name} (${flavor.vcpus} VCPU, ${flavor.ram} MiB, ${flavor.disk} GiB), which fits on ${room.host} now.`]
  }
  return [...short, 'No smaller flavor fits either: free room by deleting or shelving servers, or add a host.']
}

/** What is missing on the host that comes nearest. */
function shortest(wanted: EmbeddedFlavor, rooms: HostRoom[]): string[] {
  const lacks = rooms.map(({ host, room }) => {
    const missing = Object.entries(resourcesOf(wanted)).flatMap(([name, amount]) => { const most = room.get(name)?.most ?? 0; return amount > most ? [{ name, by: amount - most, share: (amount - most) / amount }] : [] })
    return { host, missing, share: missing.reduce((sum, m) => sum + m.share, 0) }
  }).toSorted((a, b) => a.share - b.share)
  const [nearest] = lacks
  return nearest === undefined ? [] : [`${nearest.host} comes nearest: it is short of ${nearest.missing.map((m) => `${m.name} by ${m.by}`).join(', ')}.`]
}

/** A server in ERROR counts: without room in the quota it has to go before another is made. */
async function adviseQuota(ctx: ComputeContext, server: ServerRow): Promise<string[]> {
  const [limits, used] = [await limitsOf(ctx, server.project_id), await readUsage(ctx, server.project_id, undefined)]
  const more = { instances: 1, cores: server.vcpus, ram: server.memory_mb }
  const full = Object.entries(more).filter(([name, amount]) => limits[name]! >= 0 && used[name]! + amount > limits[name]!)
  return full.length === 0 ? [] : [`The quota of its project has no room for another one beside it (${full.map(([name]) => `${name} ${used[name]} of ${limits[name]}`).join(', ')}): delete it first, or openstack quota set.`]
}
