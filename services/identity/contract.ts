/** Identity's face to the others: typed functions over its API. Who a token speaks for, `authenticator.ts` tells. */
import { NeighbourError, type Caller, type Neighbour } from '#core/clients/neighbour.ts'

export function identityClient(neighbour: Neighbour) {
  return {
    /** False only when identity says so: an identity that cannot answer stops nobody. */
    async projectExists(ctx: Caller, projectId: string): Promise<boolean> {
      try {
        const { status } = await neighbour.request(ctx, 'service', { method: 'GET', path: `/v3/projects/${encodeURIComponent(projectId)}`, ok: [404] })
        return status !== 404
      } catch (error) {
        if (error instanceof NeighbourError) return true
        throw error
      }
    },
  }
}
