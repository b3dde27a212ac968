/** Security groups and rules: defaults, spellings, refusals. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { change, make, makeNetwork, refusal, show, startNetworkBench, type Json, type NetworkBench } from '../testing/network-bench.ts'

describe('security groups', () => {
  let bench: NetworkBench
  beforeAll(async () => { bench = await startNetworkBench() })
  afterAll(() => bench.stop())

  it('begin with a default one that lets members in and everything out', async () => {
    const { security_groups: groups } = (await bench.alice.get<{ security_groups: Json[] }>('/v2.0/security-groups')).body
    expect(groups.map((g) => g['name'])).toEqual(['default'])
    const rules = groups[0]!['security_group_rules'] as Json[]
    expect(rules.map((r) => `${String(r['direction'])} ${String(r['ethertype'])} ${r['remote_group_id'] === groups[0]!.id}`).sort()).toEqual(['egress IPv4 false', 'egress IPv6 false', 'ingress IPv4 true', 'ingress IPv6 true'])
    expect(refusal(await bench.alice.post('/v2.0/security-groups', { security_group: { name: 'Default' } }))).toBe('409 SecurityGroupDefaultAlreadyExists')
    expect(refusal(await bench.alice.delete(`/v2.0/security-groups/${groups[0]!.id}`))).toBe('409 SecurityGroupCannotRemoveDefault')
    expect(refusal(await bench.alice.put(`/v2.0/security-groups/${groups[0]!.id}`, { security_group: { name: 'x' } }))).toBe('409 SecurityGroupCannotUpdateDefault')
  })

  it('describe the rules of a new group by null, and those a user makes by text', async () => {
    const descriptions = (group: Json): unknown[] => (group['security_group_rules'] as Json[]).map((r) => r['description'])
    const { security_groups: groups } = (await bench.alice.get<{ security_groups: Json[] }>('/v2.0/security-groups?name=default')).body
    expect(descriptions(groups[0]!)).toEqual([null, null, null, null])
    const group = await make(bench.alice, 'security_group', { name: 'own' })
    expect(descriptions(group)).toEqual([null, null])
    const rule = await make(bench.alice, 'security_group_rule', { security_group_id: group.id, direction: 'ingress' })
    expect(rule['description']).toBe('')
    expect(descriptions(await show(bench.alice, 'security_group', group.id)).toSorted()).toEqual(['', null, null])
    const listed = await bench.alice.get<{ security_group_rules: Json[] }>(`/v2.0/security-group-rules?security_group_id=${group.id}&description=`)
    expect(listed.body.security_group_rules.map((r) => r.id)).toEqual([rule.id])
  })

  it('store rules in one spelling and none twice', async () => {
    const group = await make(bench.alice, 'security_group', { name: 'web' })
    expect(group['security_group_rules']).toHaveLength(2)
    const rule = (more: Record<string, unknown>): Record<string, unknown> => ({ security_group_id: group.id, direction: 'ingress', ...more })
    const ssh = await make(bench.alice, 'security_group_rule', rule({ protocol: 'TCP', port_range_min: '22', port_range_max: 22, remote_ip_prefix: '10.0.0.5/8' }))
    expect(ssh).toMatchObject({ protocol: 'tcp', port_range_min: 22, ethertype: 'IPv4', remote_ip_prefix: '10.0.0.5/8', normalized_cidr: '10.0.0.0/8' })
    expect(refusal(await bench.alice.post('/v2.0/security-group-rules', { security_group_rule: rule({ protocol: 6, port_range_min: 22, port_range_max: 22, remote_ip_prefix: '10.0.0.5/8' }) }))).toBe('409 SecurityGroupRuleExists')
    expect(await make(bench.alice, 'security_group_rule', rule({ protocol: 'icmp', ethertype: 'ipv6' }))).toMatchObject({ protocol: 'ipv6-icmp', ethertype: 'IPv6' })
    expect(await make(bench.alice, 'security_group_rule', rule({ protocol: 'udp', port_range_min: 1, port_range_max: 65_535 }))).toMatchObject({ port_range_min: null, port_range_max: null })
    expect((await show(bench.alice, 'security_group', group.id))['revision_number']).toBe(4)
    const found = await bench.alice.get<{ security_group_rules: Json[] }>('/v2.0/security-group-rules?normalized_cidr=10.0.0.0/8&sort_key=normalized_cidr&sort_dir=asc')
    expect(found.body.security_group_rules.map((r) => r.id)).toEqual([ssh.id])
    expect((await bench.alice.delete(`/v2.0/security-group-rules/${ssh.id}`)).status).toBe(204)
  })

  it('say of several new rules that two of them are the same, and keep none', async () => {
    const group = await make(bench.alice, 'security_group', { name: 'twice' })
    const rule = { security_group_id: group.id, direction: 'ingress', protocol: 'tcp', remote_ip_prefix: '0.0.0.0/0' }
    const answer = await bench.alice.post('/v2.0/security-group-rules', { security_group_rules: [rule, { ...rule, protocol: '6', remote_ip_prefix: null }] })
    expect(refusal(answer)).toBe('409 DuplicateSecurityGroupRuleInPost')
    expect((await show(bench.alice, 'security_group', group.id))['security_group_rules']).toHaveLength(2)
  })

  it.each([
    [{ ethertype: 'IPX', protocol: 'nonsense' }, '400 SecurityGroupRuleInvalidProtocol'],
    [{ port_range_min: 22, port_range_max: 22 }, '400 SecurityGroupProtocolRequiredWithPorts'],
    [{ protocol: 'tcp', port_range_min: 80, port_range_max: 22 }, '400 SecurityGroupInvalidPortRange'],
    [{ protocol: 'tcp', port_range_min: 0, port_range_max: 22 }, '400 SecurityGroupInvalidPortValue'],
    [{ protocol: 'tcp', port_range_min: 70_000 }, '400 SecurityGroupInvalidPortValue'],
    [{ protocol: 'icmp', port_range_min: 256 }, '400 SecurityGroupInvalidIcmpValue'],
    [{ protocol: 'icmp', port_range_max: 0 }, '400 SecurityGroupMissingIcmpType'],
    [{ protocol: 'gre', port_range_min: 1, port_range_max: 2 }, '400 SecurityGroupInvalidProtocolForPort'],
    [{ protocol: 'nonsense' }, '400 SecurityGroupRuleInvalidProtocol'],
    [{ protocol: '256' }, '400 SecurityGroupRuleInvalidProtocol'],
    [{ ethertype: 'IPX' }, '400 SecurityGroupRuleInvalidEtherType'],
    [{ ethertype: 'IPv6', remote_ip_prefix: '10.0.0.0/8' }, '400 SecurityGroupRuleParameterConflict'],
    [{ protocol: 'ipv6-icmp' }, '400 SecurityGroupEthertypeConflictWithProtocol'],
    [{ remote_ip_prefix: 'anywhere' }, '400 InvalidCIDR'],
    [{ remote_group_id: 'bad_group_id' }, '404 SecurityGroupNotFound'],
    [{ direction: 'sideways' }, '400 HTTPBadRequest'],
  ])('refuse %j', async (item, expected) => {
    const { security_groups: groups } = (await bench.alice.get<{ security_groups: Json[] }>('/v2.0/security-groups?name=default')).body
    expect(refusal(await bench.alice.post('/v2.0/security-group-rules', { security_group_rule: { security_group_id: groups[0]!.id, direction: 'ingress', ...item } }))).toBe(expected)
  })

  it('stay while a port has them, and are nobody else\'s', async () => {
    const { network } = await makeNetwork(bench.alice, '10.1.0.0/24')
    const group = await make(bench.alice, 'security_group', { name: 'used' })
    const port = await make(bench.alice, 'port', { network_id: network.id, security_groups: [group.id] })
    expect(refusal(await bench.alice.delete(`/v2.0/security-groups/${group.id}`))).toBe('409 SecurityGroupInUse')
    expect(refusal(await bench.alice.put(`/v2.0/security-groups/${group.id}`, { security_group: { stateful: false } }))).toBe('409 SecurityGroupInUse')
    const stateless = await make(bench.alice, 'security_group', { name: 'stateless', stateful: false })
    expect(refusal(await bench.alice.put(`/v2.0/ports/${port.id}`, { port: { security_groups: [group.id, stateless.id] } }))).toBe('409 SecurityGroupConflict')
    expect((await change(bench.alice, 'port', port.id, { security_groups: [] }))['security_groups']).toEqual([])
    expect((await bench.alice.delete(`/v2.0/security-groups/${group.id}`)).status).toBe(204)
    expect(refusal(await bench.bob.get(`/v2.0/security-groups/${stateless.id}`))).toBe('404 SecurityGroupNotFound')
    expect(refusal(await bench.bob.post('/v2.0/security-group-rules', { security_group_rule: { security_group_id: stateless.id, direction: 'egress' } }))).toBe('404 SecurityGroupNotFound')
  })
})
