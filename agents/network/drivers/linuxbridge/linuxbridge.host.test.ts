import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { agentClient } from '#core/agents/contract.ts'
import { run, which } from '#core/host/run.ts'
import { networkAgentContract } from '#services/network/agent/network-agent.contract.ts'
import { HostLab, pings, pingsSoon, tryIn, until, whyNoHostTests, type LabHost } from '../../testing/host-lab.ts'
import { askForAddress, conversation, edgeHost, EXTERNAL, listen, makeExternal, makeTenant, portAt, reaches, withDhcp } from '../../testing/scenes.ts'
import { makeGroup, makeId, makeMac, makeNetwork, makeSubnet } from '../../testing/wanted.ts'
import type { Network, Port } from '../driver.ts'

const reason = whyNoHostTests()
if (reason !== undefined) console.log(`skipped: ${reason}`)

/** Needed only to play somebody else's firewall. */
const noIptables = await which('iptables') === undefined
if (noIptables) console.log('one test is skipped: no iptables to play another firewall with')

let lab: HostLab
beforeEach(async () => { if (reason === undefined) lab = await HostLab.open() })
afterEach(async () => { if (reason === undefined) await lab.close() })

function client(host: LabHost) { return agentClient(lab.bus, networkAgentContract, host.name) }

describe.skipIf(reason !== undefined)('the Linux bridge driver on a host', () => {
  it('gives a guest its address by DHCP, wires its tap when it appears, and reports the port', async () => {
    const host = await lab.host('h1')
    const subnet = makeSubnet({ dnsNameservers: ['9.9.9.9'] })
    const network = makeNetwork({ subnets: [subnet] })
    const silent = makeGroup([])
    const port = portAt(network, subnet, 11, { portSecurityEnabled: true, securityGroupIds: [silent.id] })
    withDhcp(network, subnet, [port])
    const dhcpPort = network.dhcp!
    host.wanted = { ...host.wanted, networks: [network], ports: [port], securityGroups: [silent] }
    await host.agent.sync()
    expect(host.up.get(network.dhcp!.portId)).toBe('up')
    expect(host.up.get(port.id)).toBe('down')
    const guest = await lab.guest(host, port, network)
    await until(() => host.up.get(port.id) === 'up')
    expect(await askForAddress(guest)).toContain('lease of 192.168.50.11 obtained')
    expect(await host.agent.sync()).toBe(0)

    const heir = portAt(network, subnet, 11)
    withDhcp(network, subnet, [heir])
    network.dhcp = { ...network.dhcp!, ...{ portId: dhcpPort.portId, macAddress: dhcpPort.macAddress } }
    host.wanted = { ...host.wanted, networks: [network], ports: [heir] }
    await client(host).changed({ networkIds: [network.id], routerIds: [], portIds: [heir.id, port.id] })
    const next = await lab.guest(host, heir, network)
    await until(() => host.up.get(heir.id) === 'up')
    expect(await askForAddress(next), 'an address that changed hands').toContain('lease of 192.168.50.11 obtained')
  })

  it('wires what a nudge names, and lets go of it', async () => {
    const host = await edgeHost(lab)
    await host.agent.sync()
    const external = makeExternal()
    const a = makeTenant(external, 10, 2001)
    host.wanted = { ...host.wanted, networks: [external, a.network], routers: [a.router] }
    await client(host).changed({ networkIds: [], routerIds: [a.router.id], portIds: [] })
    await until(() => host.activeRouters.includes(a.router.id))
    const group = makeGroup([{ direction: 'egress' }])
    const port = portAt(a.network, a.subnet, 11, { portSecurityEnabled: true, securityGroupIds: [group.id] })
    host.wanted = { ...host.wanted, ports: [port], securityGroups: [group] }
    const guest = await lab.guest(host, port, a.network, { address: '192.168.50.11/24', gateway: '192.168.50.1' })
    await client(host).changed({ networkIds: [], routerIds: [], portIds: [port.id] })
    await until(() => host.up.get(port.id) === 'up')
    expect(await pingsSoon(guest, EXTERNAL.gateway)).toBe(true)
    host.wanted.securityGroups = [{ ...group, rules: [] }]
    await client(host).changed({ networkIds: [], routerIds: [], portIds: [], securityGroupIds: [group.id] })
    await until(async () => !await pings(guest, EXTERNAL.gateway))
    host.wanted = { ...host.wanted, networks: [], ports: [], securityGroups: [], routers: [] }
    await client(host).changed({ networkIds: [a.network.id, external.id], routerIds: [a.router.id], portIds: [port.id] })
    await until(async () => !(await tryIn(host.options.netns!, 'ip', '-br', 'link')).stdout.includes('brq'))
    expect(await host.agent.sync()).toBe(0)
  })

  it('lets two clouds live side by side on one host', async () => {
    const one = await lab.host('h1')
    const two = await lab.host('h2', { netns: one.options.netns, cloudTag: `${lab.tag}b` })
    const subnet = makeSubnet()
    const guests: string[] = []
    for (const host of [one, two]) {
      const network = makeNetwork({ subnets: [subnet], segmentationId: 1 })
      const group = makeGroup([{ direction: 'egress' }, { protocol: 'icmp' }])
      const ports = [11, 12].map((last) => portAt(network, subnet, last, { portSecurityEnabled: true, securityGroupIds: [group.id] }))
      host.wanted = { ...host.wanted, networks: [network], ports, securityGroups: [group] }
      await host.agent.sync()
      for (const port of ports) guests.push(await lab.guest(host, port, network, { address: port.fixedIps[0]!.ipAddress + '/24' }))
      await until(() => ports.every(({ id }) => host.up.get(id) === 'up'))
    }
    expect(await pingsSoon(guests[0]!, '192.168.50.12')).toBe(true)
    expect(await pingsSoon(guests[2]!, '192.168.50.12')).toBe(true)
    expect([await one.agent.sync(), await two.agent.sync()]).toEqual([0, 0])
    await one.agent.driver.cleanup('everything')
    expect(await pingsSoon(guests[2]!, '192.168.50.12'), 'the other cloud was cleaned up').toBe(true)
    expect(await two.agent.sync()).toBe(0)
  })

  it('routes, translates, and answers floating IPs from everywhere; two tenants share their addresses', async () => {
    const host = await edgeHost(lab)
    const external = makeExternal()
    const a = makeTenant(external, 10, 2001)
    const b = makeTenant(external, 20, 2002)
    const [a1, a2] = [portAt(a.network, a.subnet, 11), portAt(a.network, a.subnet, 12)]
    const b1 = portAt(b.network, b.subnet, 11)
    a.router.floatingIps = [{ id: makeId(), floatingIpAddress: '172.31.99.101', fixedIpAddress: '192.168.50.11' }]
    b.router.floatingIps = [{ id: makeId(), floatingIpAddress: '172.31.99.201', fixedIpAddress: '192.168.50.11' }]
    a.router.portForwardings = [{ id: makeId(), floatingIpAddress: '172.31.99.102', protocol: 'tcp', externalPortRange: '8022', internalIpAddress: '192.168.50.12', internalPortRange: '22' }]
    host.wanted = { ...host.wanted, networks: [external, a.network, b.network], ports: [a1, a2, b1], routers: [a.router, b.router] }
    await host.agent.sync()
    expect(host.activeRouters.sort()).toEqual([a.router.id, b.router.id].sort())
    const guestA1 = await lab.guest(host, a1, a.network, { address: '192.168.50.11/24', gateway: '192.168.50.1' })
    const guestA2 = await lab.guest(host, a2, a.network, { address: '192.168.50.12/24', gateway: '192.168.50.1' })
    const guestB1 = await lab.guest(host, b1, b.network, { address: '192.168.50.11/24', gateway: '192.168.50.1' })
    await until(() => [a1, a2, b1].every(({ id }) => host.up.get(id) === 'up'))
    expect(await pingsSoon(guestA1, '192.168.50.12'), 'same network').toBe(true)
    expect(await pingsSoon(guestA2, EXTERNAL.gateway), 'SNAT to the outside').toBe(true)
    expect(await pingsSoon(host.options.netns!, '172.31.99.101'), 'floating IP from the host').toBe(true)
    expect(await pingsSoon(host.options.netns!, '172.31.99.201'), 'floating IP of the other tenant').toBe(true)
    expect(await pingsSoon(guestA2, '172.31.99.201'), 'floating IP between tenants').toBe(true)
    expect(await pingsSoon(guestA2, '172.31.99.101'), 'hairpin').toBe(true)
    expect(await pings(host.options.netns!, '192.168.50.12'), 'no way in without a floating IP').toBe(false)
    const internet = await lab.namespace('inet')
    await lab.cable(host.options.netns!, '198.51.100.1/24', internet, '198.51.100.2/24')
    await run('ip', ['-n', host.options.netns!, 'route', 'add', 'default', 'via', '198.51.100.2'])
    expect(await pingsSoon(guestA2, '198.51.100.2'), 'through the host\'s default route').toBe(true)
    listen(lab, guestB1, 80)
    await until(async () => await reaches(guestA1, '172.31.99.201', 80))
    listen(lab, guestA2, 22)
    await until(async () => await reaches(host.options.netns!, '172.31.99.102', 8022))
    a.router.floatingIps = []
    await host.agent.sync()
    expect(await pings(host.options.netns!, '172.31.99.101'), 'a floating IP that was taken away').toBe(false)
    expect(await pingsSoon(guestA1, EXTERNAL.gateway), 'falls back to the shared address').toBe(true)
    expect(await host.agent.sync()).toBe(0)
  })

  it('answers metadata with the right headers, by the router and on an isolated network', async () => {
    const seen: Record<string, string | string[] | undefined>[] = []
    const api = createServer((request, response) => { seen.push({ ...request.headers, url: request.url }); response.end('it is me') })
    await new Promise<void>((resolve) => { api.listen(0, '127.0.0.1', resolve) })
    lab.atEnd(() => { api.closeAllConnections(); api.close() })
    const host = await edgeHost(lab, { sharedSecret: 's3cr3t', upstreamUrl: `http://127.0.0.1:${(api.address() as AddressInfo).port}` })
    const external = makeExternal()
    const a = makeTenant(external, 10, 2001)
    const lonely = makeSubnet()
    const island = makeNetwork({ subnets: [lonely], segmentationId: 2003 })
    const [routed, isolated] = [portAt(a.network, a.subnet, 11), portAt(island, lonely, 11)]
    withDhcp(a.network, a.subnet, [routed])
    withDhcp(island, lonely, [isolated])
    lab.owners.set(`${a.router.id}/192.168.50.11`, { portId: routed.id, deviceId: routed.deviceId, projectId: 'p-routed' })
    lab.owners.set(`${island.id}/192.168.50.11`, { portId: isolated.id, deviceId: isolated.deviceId, projectId: 'p-island' })
    host.wanted = { ...host.wanted, networks: [external, a.network, island], ports: [routed, isolated], routers: [a.router] }
    await host.agent.sync()
    const guest = await lab.guest(host, routed, a.network, { address: '192.168.50.11/24', gateway: '192.168.50.1' })
    const islander = await lab.guest(host, isolated, island, { address: '192.168.50.11/24' })
    await until(() => [routed, isolated].every(({ id }) => host.up.get(id) === 'up'))
    await run('ip', ['-n', islander, 'route', 'add', '169.254.169.254/32', 'via', '192.168.50.2'])
    for (const [ns, port, project] of [[guest, routed, 'p-routed'], [islander, isolated, 'p-island']] as const) {
      const answer = await tryIn(ns, 'curl', '-s', '-m', '120', '-H', 'X-Instance-ID: forged', 'http://169.254.169.254/openstack/latest/meta_data.json')
      expect(answer.stdout).toBe('it is me')
      expect(seen.at(-1)).toMatchObject({
        url: '/openstack/latest/meta_data.json', host: '169.254.169.254', 'x-forwarded-for': '192.168.50.11', 'x-instance-id': port.deviceId, 'x-tenant-id': project,
        'x-instance-id-signature': createHmac('sha256', 's3cr3t').update(port.deviceId).digest('hex'),
      })
    }
    await run('ip', ['-n', guest, 'addr', 'add', '192.168.50.77/24', 'dev', 'eth0'])
    const stranger = await tryIn(guest, 'curl', '-s', '-m', '120', '-o', '/dev/null', '-w', '%{http_code}', '--interface', '192.168.50.77', 'http://169.254.169.254/')
    expect(stranger.stdout).toBe('404')
  })

  it.skipIf(noIptables)('gets through a firewall of others that drops what is forwarded', async () => {
    const host = await edgeHost(lab)
    const { netns } = host.options
    await run('iptables', ['-P', 'FORWARD', 'DROP'], { netns })
    const external = makeExternal()
    const a = makeTenant(external, 10, 2001)
    const ports = [11, 12].map((last) => portAt(a.network, a.subnet, last))
    host.wanted = { ...host.wanted, networks: [external, a.network], ports, routers: [a.router] }
    await host.agent.sync()
    const guests = []
    for (const port of ports) guests.push(await lab.guest(host, port, a.network, { address: `${port.fixedIps[0]!.ipAddress}/24`, gateway: '192.168.50.1' }))
    await until(() => ports.every(({ id }) => host.up.get(id) === 'up'))
    const internet = await lab.namespace('inet')
    await lab.cable(netns!, '198.51.100.1/24', internet, '198.51.100.2/24')
    expect(await pingsSoon(guests[0]!, '192.168.50.12'), 'from guest to guest').toBe(true)
    expect(await pingsSoon(guests[0]!, '198.51.100.2'), 'out').toBe(true)
    expect(await host.agent.sync()).toBe(0)
    await host.agent.driver.cleanup('everything')
    expect((await run('iptables', ['-S', 'FORWARD'], { netns })).stdout).toBe('-P FORWARD DROP\n')
  })

  it('spans hosts by VXLAN', async () => {
    const one = await lab.host('h1', { tunnelIp: '10.211.0.1' })
    const two = await lab.host('h2', { tunnelIp: '10.211.0.2' })
    await lab.cable(one.options.netns!, '10.211.0.1/24', two.options.netns!, '10.211.0.2/24')
    const subnet = makeSubnet()
    const network = makeNetwork({ subnets: [subnet], segmentationId: 3001 })
    const [a, b] = [portAt(network, subnet, 11), portAt(network, subnet, 12)]
    const seenFrom = (remote: string, port: Port): Network => ({
      ...network, remoteTunnelIps: [remote], neighbours: [{ macAddress: port.macAddress, ipAddresses: [port.fixedIps[0]!.ipAddress], tunnelIp: remote }],
    })
    one.wanted = { ...one.wanted, networks: [seenFrom('10.211.0.2', b)], ports: [a] }
    two.wanted = { ...two.wanted, networks: [seenFrom('10.211.0.1', a)], ports: [b] }
    await one.agent.sync()
    await two.agent.sync()
    const guestA = await lab.guest(one, a, network, { address: '192.168.50.11/24' })
    await lab.guest(two, b, network, { address: '192.168.50.12/24' })
    await until(() => one.up.get(a.id) === 'up' && two.up.get(b.id) === 'up')
    expect(await pingsSoon(guestA, '192.168.50.12')).toBe(true)
    expect(await pingsSoon(guestA, '192.168.50.12', '-M', 'do', '-s', '1422'), 'a full frame').toBe(true)
    expect(await one.agent.sync()).toBe(0)
    one.wanted = { ...one.wanted, networks: [network] }
    await one.agent.sync()
    expect((await tryIn(one.options.netns!, 'bridge', 'fdb', 'show', 'dev', 'vxlan-3001')).stdout).not.toContain('dst 10.211.0.2')
  })

  it('heals what is deleted by hand, without touching what is right', async () => {
    const host = await edgeHost(lab)
    const external = makeExternal()
    const a = makeTenant(external, 10, 2001)
    const [port, other] = [portAt(a.network, a.subnet, 11), portAt(a.network, a.subnet, 12)]
    withDhcp(a.network, a.subnet, [port, other])
    host.wanted = { ...host.wanted, networks: [external, a.network], ports: [port, other], routers: [a.router] }
    await host.agent.sync()
    const guest = await lab.guest(host, port, a.network, { address: '192.168.50.11/24', gateway: '192.168.50.1' })
    const neighbour = await lab.guest(host, other, a.network, { address: '192.168.50.12/24' })
    await until(() => host.up.get(port.id) === 'up' && host.up.get(other.id) === 'up')
    expect(await pingsSoon(guest, EXTERNAL.gateway)).toBe(true)
    const talk = await conversation(lab, guest, neighbour, '192.168.50.12', 7000)
    expect(await talk.echoes()).toBe(true)
    const { netns } = host.options
    const broken: [string, () => Promise<unknown>, () => Promise<boolean>][] = [
      ['the router\'s namespace', async () => await run('ip', ['netns', 'del', `qrouter-${a.router.id}-${netns}`]), async () => await pings(guest, EXTERNAL.gateway)],
      ['DHCP\'s namespace', async () => await run('ip', ['netns', 'del', `qdhcp-${a.network.id}-${netns}`]), async () => await pings(guest, '192.168.50.2')],
      ['the external bridge', async () => await run('ip', ['-n', netns!, 'link', 'del', `bx-${lab.tag}`]), async () => await pings(guest, EXTERNAL.gateway)],
      ['a cable', async () => await run('ip', ['-n', netns!, 'link', 'del', `tap${a.router.interfaces[0]!.portId.slice(0, 11)}`]), async () => await pings(guest, EXTERNAL.gateway)],
      ['the bridge', async () => await run('ip', ['-n', netns!, 'link', 'del', `brq${a.network.id.slice(0, 11)}`]), async () => await pings(guest, EXTERNAL.gateway)],
    ]
    for (const [what, breakIt, works] of broken) {
      await breakIt()
      await until(async () => await works() && (await host.agent.driver.check(host.wanted)).length === 0)
      expect(await talk.echoes(), `a connection next to ${what}`).toBe(true)
    }
    const pid = (await run('cat', [`${host.options.stateDir}/dhcp/${a.network.id}/pid`])).stdout.trim()
    process.kill(Number(pid), 'SIGKILL')
    await until(async () => (await tryIn(guest, 'udhcpc', '-i', 'eth0', '-n', '-q', '-f', '-t', '1', '-T', '1', '-s', '/bin/true')).code === 0)
    await run('nft', ['delete', 'table', 'inet', `nacre_${lab.tag}_sg`], { netns })
    await until(async () => (await tryIn(netns!, 'nft', 'list', 'table', 'inet', `nacre_${lab.tag}_sg`)).code === 0)
    await until(async () => await host.agent.sync() === 0)
    const [router, dhcp] = [`qrouter-${a.router.id}-${netns}`, `qdhcp-${a.network.id}-${netns}`]
    // What the host tells of the damage before may come late, and have this mended before it is looked at.
    const problems = async (): Promise<string> => (await host.agent.driver.check(host.wanted)).map(({ problem }) => problem).sort().join('; ')
    const turned = `${dhcp} has net.ipv6.conf.default.accept_ra 1, should be 0; ${router} has net.ipv4.conf.all.arp_ignore 0, should be 1; ${router} has net.ipv4.ip_forward 0, should be 1`
    await until(async () => {
      await run('sysctl', ['-qw', 'net.ipv4.ip_forward=0', 'net.ipv4.conf.all.arp_ignore=0'], { netns: router })
      await run('sysctl', ['-qw', 'net.ipv6.conf.default.accept_ra=1'], { netns: dhcp })
      return await problems() === turned
    })
    await host.agent.sync()
    expect(await problems()).toBe('')
    expect(await pingsSoon(guest, EXTERNAL.gateway)).toBe(true)
    await until(async () => {
      await run('nft', ['flush', 'chain', 'inet', `nacre_${lab.tag}_sg`, 'forward'], { netns })
      return await problems() === `the table inet nacre_${lab.tag}_sg was changed by hand`
    })
    await host.agent.sync()
    expect(await problems()).toBe('')
  })

  it('asks the resolvers the host has now, not those it had when the agent started', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'nacre-resolvers-'))
    onTestFinished(async () => { await rm(folder, { recursive: true }) })
    const [file, stateDir] = [join(folder, 'resolv.conf'), join(folder, 'state')]
    await writeFile(file, 'nameserver 127.0.0.53\nnameserver 192.0.2.7\n')
    const driver = await lab.driver('roaming', { dnsServers: undefined, resolverFiles: [file], stateDir })
    const subnet = makeSubnet({})
    const network = makeNetwork({ type: 'local', segmentationId: null, subnets: [subnet] })
    withDhcp(network, subnet, [])
    const wanted = { networks: [network], ports: [], securityGroups: [], routers: [] }
    const servers = async (): Promise<string[]> => (await readFile(join(stateDir, 'dhcp', network.id, 'arguments'), 'utf8')).split('\n').filter((line) => line.startsWith('--server='))
    await driver.apply(wanted, 'everything')
    expect(await servers()).toEqual(['--server=192.0.2.7'])
    await writeFile(file, 'nameserver 198.51.100.1\nnameserver 198.51.100.2\n')
    expect((await driver.apply(wanted, 'everything')).changed).toBe(1)
    expect(await servers()).toEqual(['--server=198.51.100.1', '--server=198.51.100.2'])
    await writeFile(file, '# no network at the moment\n')
    expect((await driver.apply(wanted, 'everything')).changed).toBe(0)
    expect(await driver.check(wanted)).toEqual([])
  })

  it('announces IPv6 prefixes and routes them', async () => {
    const host = await edgeHost(lab)
    const external = makeExternal()
    const a = makeTenant(external, 10, 2001)
    const six = makeSubnet({ cidr: 'fd00:50::/64', ipVersion: 6, gatewayIp: 'fd00:50::1', ipv6RaMode: 'slaac', ipv6AddressMode: 'slaac' })
    a.network.subnets.push(six)
    a.router.interfaces.push({ portId: makeId(), macAddress: makeMac(), networkId: a.network.id, fixedIps: [{ subnetId: six.id, ipAddress: 'fd00:50::1', prefixLength: 64 }], subnetIds: [six.id] })
    const group = makeGroup([{ direction: 'egress', ethertype: 'IPv6' }])
    const port = portAt(a.network, a.subnet, 11, { macAddress: 'fa:16:3e:00:00:11', portSecurityEnabled: true, securityGroupIds: [group.id] })
    port.fixedIps.push({ subnetId: six.id, ipAddress: 'fd00:50::f816:3eff:fe00:11', prefixLength: 64 })
    host.wanted = { ...host.wanted, networks: [external, a.network], ports: [port], routers: [a.router], securityGroups: [group] }
    await host.agent.sync()
    const guest = await lab.guest(host, port, a.network)
    await until(() => host.up.get(port.id) === 'up')
    await run('ip', ['-n', guest, 'link', 'set', 'eth0', 'down'])
    await run('ip', ['-n', guest, 'link', 'set', 'eth0', 'up'])
    await until(async () => (await tryIn(guest, 'ip', '-6', 'addr', 'show', 'dev', 'eth0', 'scope', 'global')).stdout.includes('fd00:50::f816:3eff:fe00:11'))
    expect(await pingsSoon(guest, 'fd00:50::1')).toBe(true)
    expect(await pings(`qrouter-${a.router.id}-${host.options.netns}`, 'fd00:50::f816:3eff:fe00:11'), 'no ingress rule').toBe(false)
  })

  it('leaves no trace after a cleanup', async () => {
    const host = await edgeHost(lab)
    const external = makeExternal()
    const a = makeTenant(external, 10, 2001)
    withDhcp(a.network, a.subnet, [])
    host.wanted = { ...host.wanted, networks: [external, a.network], routers: [a.router] }
    await host.agent.sync()
    host.wanted = { ...host.wanted, networks: [external], routers: [] }
    await host.agent.sync()
    expect((await run('ip', ['netns', 'list'])).stdout).not.toContain(a.router.id)
    expect((await tryIn(host.options.netns!, 'ip', '-br', 'link')).stdout).not.toContain('tap')
    host.wanted = { ...host.wanted, networks: [external, a.network], routers: [a.router] }
    await host.agent.sync()
    await host.agent.stop()
    await host.agent.driver.cleanup('everything')
    expect((await run('ip', ['netns', 'list'])).stdout).not.toContain(a.router.id)
    expect((await tryIn(host.options.netns!, 'ip', '-br', 'link')).stdout.trim().split('\n')).toHaveLength(1)
    expect((await tryIn(host.options.netns!, 'nft', 'list', 'tables')).stdout).toBe('')
  })
})
