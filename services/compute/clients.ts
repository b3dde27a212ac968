/** The neighbours compute calls. */
import type { Neighbour } from '#core/clients/neighbour.ts'
import { identityClient } from '#services/identity/contract.ts'
import { imageClient } from '#services/image/contract.ts'
import { networkClient } from '#services/network/contract.ts'
import { placementClient } from '#services/placement/contract.ts'

export type ComputeClients = ReturnType<typeof computeClients>

export function computeClients(neighbour: (type: string) => Neighbour) {
  return {
    identity: identityClient(neighbour('identity')),
    image: imageClient(neighbour('image')),
    network: networkClient(neighbour('network')),
    placement: placementClient(neighbour('placement')),
  }
}
