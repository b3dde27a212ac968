/** What the API says of values it refuses: upstream's words, with values as upstream prints them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { make, makeNetwork, startNetworkBench, type Json, type NetworkBench } from '../testing/network-bench.ts'

const PREFIXES = 'Validation of dictionary\'s keys failed. Expected keys:'

describe('refusals', () => {
  let bench: NetworkBench
  let own: { network: Json; subnet: Json }
  let group: Json
  beforeAll(async () => {
    bench = await startNetworkBench()
    own = await makeNetwork(bench.alice)
    group = await make(bench.alice, 'security_group', { name: 'g' })
  })
  afterAll(() => bench.stop())

  async function words(path: string, item: Record<string, unknown>): Promise<string> {
    const kind = path.replace(/s$/, '').replaceAll('-', '_')
    const answer = await bench.alice.post<{ NeutronError: { type: string; message: string } }>(`/v2.0/${path}`, { [kind]: item })
    expect(answer.status, answer.text).toBe(400)
    return `${answer.body.NeutronError.type}: ${answer.body.NeutronError.message}`
  }
  const rule = (more: Record<string, unknown>): Promise<string> => words('security-group-rules', { security_group_id: group.id, direction: 'ingress', ...more })
  const subnet = (more: Record<string, unknown>): Promise<string> => words('subnets', { network_id: own.network.id, cidr: '10.9.0.0/24', ip_version: 4, ...more })

  it('print what was given as upstream does', async () => {
    expect(await rule({ remote_ip_prefix: true })).toBe('InvalidCIDR: Invalid CIDR True given as IP prefix.')
    expect(await rule({ remote_ip_prefix: [{ a: null }] })).toBe("InvalidCIDR: Invalid CIDR [{'a': None}] given as IP prefix.")
    expect(await rule({ protocol: ['a'] })).toMatch(/^SecurityGroupRuleInvalidProtocol: Security group rule protocol \['a'\] not supported\./)
    expect(await subnet({ service_types: [null] })).toBe('InvalidInputSubnetServiceType: Subnet service type None is not a string.')
    expect(await subnet({ service_types: [{ a: 1 }] })).toBe("InvalidInputSubnetServiceType: Subnet service type {'a': 1} is not a string.")
    expect(await subnet({ allocation_pools: [{}] })).toBe(`HTTPBadRequest: Invalid input for allocation_pools. Reason: ${PREFIXES} {'start', 'end'} Provided keys: set().`)
    expect(await subnet({ host_routes: [{}] })).toBe(`HTTPBadRequest: Invalid input for host_routes. Reason: ${PREFIXES} {'destination', 'nexthop'} Provided keys: set().`)
  })

  it('take no protocol for one that it nearly is', async () => {
    expect(await rule({ protocol: 4.5 })).toMatch(/^SecurityGroupRuleInvalidProtocol: Security group rule protocol 4\.5 not supported\./)
    expect(await rule({ protocol: -0.5 })).toMatch(/^SecurityGroupRuleInvalidProtocol: /)
  })

  it('say which values there are', async () => {
    expect(await rule({ direction: 'both' })).toBe("HTTPBadRequest: Invalid input for direction. Reason: both is not in ['ingress', 'egress'].")
    expect(await subnet({ ip_version: 5 })).toBe('HTTPBadRequest: Invalid input for ip_version. Reason: 5 is not in [4, 6].')
    expect(await words('ports', { network_id: own.network.id, 'binding:vnic_type': 'x' })).toMatch(/^HTTPBadRequest: Invalid input for binding:vnic_type\. Reason: x is not in \['normal', /)
  })

  it('say that zones are too many', async () => {
    const many = Array.from({ length: 60 }, (_, i) => `zone${i}`)
    for (const zones of [many, ['z'.repeat(256)]]) {
      for (const path of ['networks', 'routers']) {
        expect(await words(path, { availability_zone_hints: zones })).toBe('InvalidInput: Invalid input for operation: Too many availability_zone_hints specified.')
      }
    }
  })
})
