import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LATEST, startComputeCloud, type ComputeCloud } from '../testing/compute-cloud.ts'

interface Group { id: string; name: string; tenant_id: string; rules: object[] }

describe('what older clients ask compute for and network or image own', () => {
  let cloud: ComputeCloud
  beforeAll(async () => { cloud = await startComputeCloud() })
  afterAll(async () => { await cloud.stop() })

  it('are security groups and their rules', async () => {
    const { member } = cloud
    const made = await member.post<{ security_group: Group }>('/v2.1/os-security-groups', { security_group: { name: 'web', description: 'of the web' } })
    expect(made.body.security_group).toMatchObject({ name: 'web', description: 'of the web', rules: [] })
    const { id } = made.body.security_group
    const rule = await member.post<{ security_group_rule: { id: string } }>('/v2.1/os-security-group-rules', { security_group_rule: { parent_group_id: id, ip_protocol: 'tcp', from_port: 22, to_port: 22, cidr: '10.0.0.0/8' } })
    expect(rule.body.security_group_rule).toMatchObject({ parent_group_id: id, ip_protocol: 'tcp', from_port: 22, to_port: 22, ip_range: { cidr: '10.0.0.0/8' }, group: {} })
    const open = await member.post<{ security_group_rule: object }>('/v2.1/os-security-group-rules', { security_group_rule: { parent_group_id: id, ip_protocol: 'udp', group_id: id } })
    expect(open.body.security_group_rule).toMatchObject({ from_port: 1, to_port: 65_535, ip_range: {}, group: { name: 'web' } })
    const shown = await member.get<{ security_group: Group }>(`/v2.1/os-security-groups/${id}`)
    expect(shown.body.security_group.rules).toHaveLength(2)
    const listed = await member.get<{ security_groups: Group[] }>('/v2.1/os-security-groups')
    expect(listed.body.security_groups.map((group) => group.name)).toEqual(['default', 'web'])
    expect((await member.delete(`/v2.1/os-security-group-rules/${rule.body.security_group_rule.id}`)).status).toBe(202)
    expect((await member.put<{ security_group: Group }>(`/v2.1/os-security-groups/${id}`, { security_group: { name: 'net', description: 'x' } })).body.security_group).toMatchObject({ name: 'net' })
    expect((await cloud.other.get(`/v2.1/os-security-groups/${id}`)).status).toBe(404)
    expect((await member.delete(`/v2.1/os-security-groups/${id}`)).status).toBe(202)
    expect((await member.get('/v2.1/os-security-groups', LATEST)).status).toBe(404)
  })

  it('are refused as compute always did', async () => {
    const { member } = cloud
    const [group] = (await member.get<{ security_groups: Group[] }>('/v2.1/os-security-groups')).body.security_groups
    const refusals: [object, string][] = [
      [{ ip_protocol: 'tcp', from_port: 80 }, 'Not enough parameters to build a valid rule.'],
      [{ ip_protocol: 'tcp', from_port: 80, to_port: 22 }, 'Invalid port range 80:22. Former value cannot be greater than the later'],
      [{ ip_protocol: 'tcp', from_port: 0, to_port: 22 }, 'Invalid port range 0:22. Valid TCP ports should be between 1-65535'],
      [{ ip_protocol: 'icmp', from_port: 256, to_port: 0 }, 'Invalid port range 256:0. For ICMP, the type:code must be valid'],
      [{ ip_protocol: 'tcp', from_port: 'a', to_port: 22 }, 'Invalid input received: To and From ports must be integers'],
      [{ ip_protocol: 'gre', from_port: 1, to_port: 2 }, 'Invalid IP protocol gre.'],
      [{ ip_protocol: 'tcp', from_port: 1, to_port: 2, cidr: 'x' }, 'x is not a valid IP network.'],
    ]
    for (const [fields, message] of refusals) {
      const answer = await member.post<object>('/v2.1/os-security-group-rules', { security_group_rule: { parent_group_id: group!.id, ...fields } })
      expect(answer.body).toEqual({ badRequest: { code: 400, message } })
    }
    expect((await member.delete(`/v2.1/os-security-groups/${group!.id}`)).status).toBe(400)
    expect((await member.post<object>('/v2.1/os-security-groups', { security_group: { name: ' ', description: 'x' } })).body).toEqual({ badRequest: { code: 400, message: 'Security group name cannot be empty.' } })
  })

  it('are networks, floating IPs and their pools', async () => {
    const { member } = cloud
    const networks = await member.get<{ networks: { id: string; cidr: string | null }[] }>('/v2.1/os-networks')
    expect(networks.body.networks.find((network) => network.id === cloud.networkId)).toMatchObject({ cidr: null })
    expect((await member.get<{ network: object }>(`/v2.1/os-tenant-networks/${cloud.networkId}`)).body.network).toMatchObject({ id: cloud.networkId, cidr: 'None' })
    expect((await member.get('/v2.1/os-networks/none')).status).toBe(404)
    expect((await member.get<{ floating_ip_pools: object[] }>('/v2.1/os-floating-ip-pools')).body.floating_ip_pools).toEqual([])
    expect((await member.post<object>('/v2.1/os-floating-ips', { pool: 'none' })).body).toEqual({ itemNotFound: { code: 404, message: 'Floating IP pool not found.' } })
    expect((await member.get<{ floating_ips: object[] }>('/v2.1/os-floating-ips')).body.floating_ips).toEqual([])
  })

  it('are images and their properties', async () => {
    const { member } = cloud
    const image = (await member.get<{ image: { id: string; links: object[] } }>(`/v2.1/images/${cloud.imageId}`)).body.image
    expect(image).toMatchObject({ id: cloud.imageId, status: 'ACTIVE', progress: 100 })
    expect((await member.get<{ images: { id: string }[] }>('/v2.1/images')).body.images.map((one) => one.id)).toContain(cloud.imageId)
    expect((await member.get(`/v2.1/images/${cloud.imageId}`, LATEST)).status).toBe(404)
    expect((await member.get(`/v2.1/images/${cloud.imageId}/metadata`, { 'openstack-api-version': 'compute 2.38' })).status).toBe(200)
    expect((await member.get(`/v2.1/images/${cloud.imageId}/metadata`, LATEST)).status).toBe(404)
  })

  it('is an audit of usage that no host has run', async () => {
    const answer = await cloud.admin.get<{ instance_usage_audit_log: object }>('/v2.1/os-instance_usage_audit_log/2026-01-01 00:00:00'.replace(' ', '%20'))
    expect(answer.body.instance_usage_audit_log).toMatchObject({ hosts_not_run: ['host1'], period_beginning: '2025-11-01 00:00:00', period_ending: '2025-12-01 00:00:00', overall_status: '0 of 1 hosts done. 0 errors.' })
    expect((await cloud.admin.get('/v2.1/os-instance_usage_audit_log/soon')).status).toBe(400)
    expect((await cloud.member.get('/v2.1/os-instance_usage_audit_log')).status).toBe(403)
  })
})
