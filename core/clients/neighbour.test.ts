/** A refusal of a neighbour, as the one who called it reads it: the sentence, and what the neighbour added to it. */
import { describe, expect, it } from 'vitest'
import type { Identity } from '#core/auth/identity.ts'
import { localNeighbour, NeighbourError } from './neighbour.ts'

const NOBODY: Identity = { user: { id: 'u', name: 'u', domain: { id: 'd', name: 'd' } }, roles: [], methods: [], auditIds: [], issuedAt: '', expiresAt: '' }

async function refusalOf(body: object): Promise<NeighbourError> {
  const neighbour = localNeighbour('network', async () => ({ status: 409, headers: {}, body }), NOBODY, 'http://cloud.test')
  const answer = await neighbour.request({ identity: NOBODY, requestId: 'req-1' }, 'service', { method: 'POST', path: '/v2.0/ports' }).catch((error: unknown) => error)
  if (!(answer instanceof NeighbourError)) throw new Error(`not refused: ${JSON.stringify(answer)}`)
  return answer
}

describe('a refusal of a neighbour', () => {
  it.each([
    [{ NeutronError: { type: 'IpAddressGenerationFailure', message: 'No more IP addresses available on network n.', detail: 'Subnet s: all 5 are taken.' } }, 'IpAddressGenerationFailure', 'No more IP addresses available on network n. Subnet s: all 5 are taken.'],
    [{ NeutronError: { type: 'PortNotFound', message: 'Port p could not be found.', detail: '' } }, 'PortNotFound', 'Port p could not be found.'],
    [{ itemNotFound: { code: 404, message: 'Server s could not be found.' } }, '', 'Server s could not be found.'],
    [{ errors: [{ code: 'placement.concurrent_update', detail: 'Preamble.\n\n The reason.  ' }] }, 'placement.concurrent_update', 'The reason.'],
  ])('reads %j', async (body, code, message) => {
    expect(await refusalOf(body)).toMatchObject({ status: 409, code, message })
  })
})
