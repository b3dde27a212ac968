/** The neighbours compute calls, and what for. */
import type { Neighbour } from '#core/clients/neighbour.ts'
import { placementClient } from '#services/placement/contract.ts'
import { identityCalls } from './neighbours/identity.ts'
import { imageCalls } from './neighbours/image.ts'
import { networkCalls } from './neighbours/network.ts'
import { networkProxyCalls } from './neighbours/network-proxies.ts'

export type ComputeClients = ReturnType<typeof computeClients>

export function computeClients(neighbour: (type: string) => Neighbour) {
  return {
    identity: identityCalls(neighbour('identity')),
    image: imageCalls(neighbour('image')),
    network: networkCalls(neighbour('network')),
    networkProxies: networkProxyCalls(neighbour('network')),
    placement: placementClient(neighbour('placement')),
  }
}
