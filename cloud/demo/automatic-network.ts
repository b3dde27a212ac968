/**
 * What `openstack server create --nic auto` needs of a cloud: an external network that is the default one, and a
 * default pool to take the project's subnet from (the guide to auto-allocated topologies calls both prerequisites).
 */
import { ApiRefused, type OpenStack } from '../openstack.ts'

/** Apart from the demo's own 10.0.0.0/24, so that one router may lead to both. */
const POOL = { name: 'default-pool-v4', prefixes: ['10.128.0.0/16'], default_prefixlen: 26, shared: true, is_default: true }

export async function ensureAutomaticNetworks(admin: OpenStack, external: { id: string }): Promise<void> {
  const networks = (await admin.get<{ networks: { id: string }[] }>('network', '/v2.0/networks?is_default=True')).networks
  // An operator's own default stays the default.
  if (networks.length === 0) await unlessTaken(admin.put('network', `/v2.0/networks/${external.id}`, { network: { is_default: true } }))
  const pools = (await admin.get<{ subnetpools: { id: string }[] }>('network', '/v2.0/subnetpools?is_default=True&ip_version=4')).subnetpools
  if (pools.length === 0) await unlessTaken(admin.post('network', '/v2.0/subnetpools', { subnetpool: POOL }))
}

/** Somebody else's default, made just now, serves as well. */
async function unlessTaken(request: Promise<unknown>): Promise<void> {
  try {
    await request
  } catch (error) {
    if (!(error instanceof ApiRefused) || (error.status !== 409 && error.status !== 400)) throw error
  }
}
