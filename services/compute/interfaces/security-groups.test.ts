import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startComputeCloud, type ComputeCloud, type Server } from '../testing/compute-cloud.ts'
import { exchange } from '../testing/exchange.ts'

describe('security groups of a server', () => {
  let cloud: ComputeCloud
  let server: Server
  beforeAll(async () => {
    cloud = await startComputeCloud()
    server = await cloud.boot(cloud.member, { name: 'one' })
  })
  afterAll(async () => { await cloud.stop() })

  const groupNames = async (): Promise<string[]> => {
    const { body } = await cloud.member.get<{ security_groups: { name: string }[] }>(`/v2.1/servers/${server.id}/os-security-groups`)
    return body.security_groups.map(({ name }) => name).sort()
  }

  it('come and go by name, each once', async () => {
    const made = await cloud.member.post<{ security_group: { id: string } }>('/v2.1/os-security-groups', { security_group: { name: 'web', description: 'of the web' } })
    const act = `POST /servers/${server.id}/action`
    await exchange(cloud.member, [
      { do: act, body: { addSecurityGroup: { name: 'web' } }, then: 202 },
      { do: act, body: { addSecurityGroup: { name: 'web' } }, then: 400, says: `Invalid input for security_groups. Reason: Duplicate items in the list: '${made.body.security_group.id}'.` },
      { do: act, body: { addSecurityGroup: { name: 'nope' } }, then: 404, says: 'Security group nope is not found for project alpha' },
    ])
    expect(await groupNames()).toEqual(['default', 'web'])
    await exchange(cloud.member, [
      { do: act, body: { removeSecurityGroup: { name: 'web' } }, then: 202 },
      { do: act, body: { removeSecurityGroup: { name: 'web' } }, then: 404, says: `Security group web not associated with the instance ${server.id}` },
    ])
    expect(await groupNames()).toEqual(['default'])
  })
})
