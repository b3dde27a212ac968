import { expect, it } from 'vitest'
import { makeId, makeNetwork, makeSubnet } from '../../../testing/wanted.ts'
import { dnsmasqArguments, dnsmasqFiles, type ServedNetwork } from './dnsmasq-files.ts'

const subnet = makeSubnet({ id: makeId(), hostRoutes: [{ destination: '10.9.0.0/16', nexthop: '192.168.50.9' }] })
const tag = `tag:subnet-${subnet.id}`

function served(over: Partial<ServedNetwork> = {}, extraDhcpOpts: { optName: string; optValue: string; ipVersion: number }[] = []): ServedNetwork {
  const fixed = (subnetId: string, ipAddress: string) => ({ subnetId, ipAddress, prefixLength: 24 })
  return {
    ...makeNetwork({ subnets: [subnet] }), ...over,
    dhcp: {
      portId: makeId(), macAddress: 'fa:16:3e:00:00:02', fixedIps: [fixed(subnet.id, '192.168.50.2')], dnsDomain: 'example.org.',
      leases: [{ portId: 'p'.repeat(36), macAddress: 'fa:16:3e:00:00:11', hostname: '', fixedIps: [fixed(subnet.id, '192.168.50.11')], extraDhcpOpts }],
    },
  }
}

it('names a guest by its address where it has no name', () => {
  expect(dnsmasqFiles(served(), () => true).host).toBe('fa:16:3e:00:00:11,host-192-168-50-11.example.org,192.168.50.11\n')
  expect(dnsmasqFiles(served(), () => true).addn_hosts).toBe('192.168.50.11\thost-192-168-50-11.example.org host-192-168-50-11\n')
})

it('leads metadata through the DHCP port where no router is, else through the router; the default route is in both options', () => {
  const lines = (isolated: boolean) => dnsmasqFiles(served(), () => isolated).opts.split('\n')
  expect(lines(true)).toContain(`${tag},option:classless-static-route,10.9.0.0/16,192.168.50.9,169.254.169.254/32,192.168.50.2,0.0.0.0/0,192.168.50.1`)
  expect(lines(false)).toContain(`${tag},249,10.9.0.0/16,192.168.50.9,169.254.169.254/32,192.168.50.1,0.0.0.0/0,192.168.50.1`)
  expect(lines(true)).toContain(`${tag},option:router,192.168.50.1`)
  expect(lines(true)).toContain(`${tag},option:dns-server,192.168.50.2`)
})

it('takes nameservers of the subnet, or none where the API says 0.0.0.0', () => {
  const opts = (dnsNameservers: string[]) => dnsmasqFiles(served({ subnets: [{ ...subnet, dnsNameservers }] }), () => true).opts.split('\n')
  expect(opts(['9.9.9.9', '1.1.1.1'])).toContain(`${tag},option:dns-server,9.9.9.9,1.1.1.1`)
  expect(opts(['0.0.0.0'])).toContain(`${tag},option:dns-server`)
})

it('gives a port its own options, and no second line for a value with a line break', () => {
  const files = dnsmasqFiles(served({}, [
    { optName: 'bootfile-name', optValue: 'pxe.0\ntag:evil', ipVersion: 4 }, { optName: '150', optValue: '10.0.0.1', ipVersion: 4 },
    { optName: 'client-id', optValue: '01:02', ipVersion: 4 }, { optName: 'dns-server', optValue: 'fd00::1', ipVersion: 6 },
  ]), () => true)
  expect(files.host).toBe(`fa:16:3e:00:00:11,id:01:02,host-192-168-50-11.example.org,192.168.50.11,set:port-${'p'.repeat(36)}\n`)
  expect(files.opts.split('\n').filter((line) => line.startsWith('tag:port-'))).toEqual([
    `tag:port-${'p'.repeat(36)},option:bootfile-name,pxe.0 tag:evil`, `tag:port-${'p'.repeat(36)},150,10.0.0.1`,
  ])
})

it('serves stateful and stateless DHCPv6, not SLAAC', () => {
  const six = (mode: string | null) => makeSubnet({ cidr: 'fd00:50::/64', ipVersion: 6, gatewayIp: 'fd00:50::1', ipv6AddressMode: mode, ipv6RaMode: mode })
  const ranges = (mode: string | null) => dnsmasqArguments(served({ subnets: [six(mode)] }), '/x', 'ns-1', []).filter((argument) => argument.startsWith('--dhcp-range'))
  expect(ranges('slaac')).toEqual([])
  expect(ranges('dhcpv6-stateful')[0]).toMatch(/,fd00:50::,static,64,86400s$/)
  expect(ranges('dhcpv6-stateless')).toHaveLength(1)
  expect(dnsmasqArguments(served(), '/x', 'ns-1', ['8.8.8.8'])).toEqual(expect.arrayContaining([
    `--dhcp-range=set:subnet-${subnet.id},192.168.50.0,static,255.255.255.0,86400s`, '--server=8.8.8.8', '--local=/example.org/', '--dhcp-option-force=option:mtu,1450',
  ]))
})

it('tells dnsmasq nothing of an address the guest makes itself: a line without an address would hide the one that has it', () => {
  const six = makeSubnet({ id: makeId(), cidr: 'fd00:50::/64', ipVersion: 6, gatewayIp: 'fd00:50::1', ipv6AddressMode: 'slaac', ipv6RaMode: 'slaac' })
  const hosts = (subnetIds: string[], extra: { optName: string; optValue: string; ipVersion: number }[]): string => {
    const network = served({ subnets: [six, subnet] }, extra)
    const fixedIps = [{ subnetId: six.id, ipAddress: 'fd00:50::11', prefixLength: 64 }, { subnetId: subnet.id, ipAddress: '192.168.50.11', prefixLength: 24 }].filter(({ subnetId }) => subnetIds.includes(subnetId))
    return dnsmasqFiles({ ...network, dhcp: { ...network.dhcp, leases: network.dhcp.leases.map((lease) => ({ ...lease, fixedIps })) } }, () => true).host
  }
  const option = { optName: 'ntp-server', optValue: 'fd00::1', ipVersion: 6 }
  const port = `set:port-${'p'.repeat(36)}`
  expect(hosts([six.id, subnet.id], [])).toBe('fa:16:3e:00:00:11,host-192-168-50-11.example.org,192.168.50.11\n')
  expect(hosts([six.id, subnet.id], [option])).toBe(`fa:16:3e:00:00:11,host-192-168-50-11.example.org,192.168.50.11,${port}\n`)
  expect(hosts([six.id], [])).toBe('')
  expect(hosts([six.id], [option])).toBe(`fa:16:3e:00:00:11,${port}\n`)
})
