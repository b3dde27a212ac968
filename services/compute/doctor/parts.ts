/** Hosts against what servers stand on: nobody is to learn from a start that fails, or a guest that is not reached, that a part is gone. */
import type { LostPartType } from '../agent/compute-agent.contract.ts'
import type { ComputeContext } from '../context.ts'
import { agentOf } from '../hosts/agent-of.ts'
import { isHostUp, listHosts } from '../hosts/host.store.ts'
import { nicSpec } from '../servers/server-spec.ts'
import { vifsOf } from '../servers/server.row.ts'
import { getServer } from '../servers/server.store.ts'
import { placesOf } from './doctor.store.ts'
import { prove, type Finding } from './prove.ts'

export const partsCheck = prove({
  name: 'parts', invariant: 'Every server has its disks on its host, the images they lie over, and while it runs the devices of its ports.',
  async find(ctx) {
    const hosts = (await listHosts(ctx)).filter((host) => isHostUp(ctx, host))
    return (await Promise.all(hosts.map(({ host }) => lookAt(ctx, host)))).flat()
  },
})

/** To the guest it is a card pulled out and another of the same address put in, which it has to set up. */
async function plugAgain(ctx: ComputeContext, serverId: string, tapName: string): Promise<void> {
  const server = await getServer(ctx, serverId)
  const nic = server === undefined ? undefined : vifsOf(server).map(nicSpec).find((one) => one.tapName === tapName)
  if (server?.host == null || nic === undefined) throw new Error('the server has no such port any more; its next start makes its NICs anew')
  await agentOf(ctx, server.host).replugNic({ serverId, nic })
}

async function lookAt(ctx: ComputeContext, host: string): Promise<Finding[]> {
  // That a host does not answer is said once, by the check of its guests.
  const lost = await agentOf(ctx, host).lostParts({}).catch(() => [])
  const places = await placesOf(ctx, [...new Set(lost.map((part) => part.serverId))])
  return lost.filter(({ serverId }) => places.get(serverId)?.deleted === 0 && places.get(serverId)?.host === host).map((part) => finding(host, part))
}

function finding(host: string, { serverId, kind, name, image }: LostPartType): Finding {
  const about = { kind: `lost-${kind}`, resource: 'server', id: serverId, serverId }
  if (kind === 'device') return { ...about, sentence: `server ${serverId} runs on ${host}, and ${name}, the device of one of its ports, is gone; plugged in again it is a new card to the guest: one that keeps the old, or sets up cards only at boot, needs openstack server reboot --hard ${serverId}`, mend: async (ctx) => { await plugAgain(ctx, serverId, name) } }
  const gone = kind === 'image' ? `${name}, which a disk of server ${serverId} lies over, is gone from ${host}` : `${name} of server ${serverId} is gone from ${host}`
  if (image !== null) return { ...about, sentence: gone, mend: async (ctx) => { await agentOf(ctx, host).cacheImage(image) } }
  return { ...about, sentence: `${gone}; put it back from a backup, or, once what matters is copied out of the guest if it still runs, make its disks anew (openstack server rebuild ${serverId})` }
}
