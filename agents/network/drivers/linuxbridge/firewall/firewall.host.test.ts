import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { run } from '#core/host/run.ts'
import { HostLab, pings, pingsSoon, tryIn, until, whyNoHostTests } from '../../../testing/host-lab.ts'
import { conversation, listen, portAt, reaches, reachesSoon } from '../../../testing/scenes.ts'
import { makeGroup, makeNetwork, makeSubnet } from '../../../testing/wanted.ts'
import type { Port, SecurityGroup } from '../../driver.ts'

const reason = whyNoHostTests()
if (reason !== undefined) console.log(`skipped: ${reason}`)

let lab: HostLab
beforeEach(async () => { if (reason === undefined) lab = await HostLab.open() })
afterEach(async () => { if (reason === undefined) await lab.close() })

describe.skipIf(reason !== undefined)('security groups on a host', () => {
  it('filters by groups, statefully, and stops stolen addresses', async () => {
    const host = await lab.host('h1')
    const subnet = makeSubnet()
    const network = makeNetwork({ subnets: [subnet] })
    const egress = { direction: 'egress' as const }
    const web: SecurityGroup = makeGroup([egress, { protocol: 'tcp', portRangeMin: 80, portRangeMax: 80 }])
    const members: SecurityGroup = makeGroup([egress])
    members.rules.push({ ...makeGroup([{}]).rules[0]!, remoteGroupId: members.id })
    members.memberIps = ['192.168.50.13', '192.168.50.14']
    const secured = (last: number, group: SecurityGroup) => portAt(network, subnet, last, { portSecurityEnabled: true, securityGroupIds: [group.id] })
    const [w1, w2, m1, m2] = [secured(11, web), secured(12, web), secured(13, members), secured(14, members)]
    host.wanted = { ...host.wanted, networks: [network], ports: [w1, w2, m1, m2], securityGroups: [web, members] }
    await host.agent.sync()
    const guests = []
    for (const [port, last] of [[w1, 11], [w2, 12], [m1, 13], [m2, 14]] as const) guests.push(await lab.guest(host, port, network, { address: `192.168.50.${last}/24` }))
    const [g1, g2, g3, g4] = guests as [string, string, string, string]
    await until(() => [w1, w2, m1, m2].every(({ id }) => host.up.get(id) === 'up'))
    for (const guest of guests) { listen(lab, guest, 80); listen(lab, guest, 22) }
    await until(async () => await reaches(g3, '192.168.50.11', 80))
    expect(await reachesSoon(g2, '192.168.50.11', 80), 'rule for port 80, replies come back').toBe(true)
    expect(await reaches(g2, '192.168.50.11', 22), 'no rule for port 22').toBe(false)
    expect(await pings(g2, '192.168.50.11'), 'no rule for ICMP').toBe(false)
    expect(await reachesSoon(g4, '192.168.50.13', 22), 'remote group').toBe(true)
    expect(await reaches(g1, '192.168.50.13', 22), 'not a member of the remote group').toBe(false)
    expect((await tryIn(g1, 'arping', '-q', '-f', '-c', '60', '-w', '60', '-I', 'eth0', '192.168.50.12')).code, 'ARP').toBe(0)

    await run('ip', ['-n', g4, 'addr', 'add', '192.168.50.99/24', 'dev', 'eth0'])
    expect(await pings(g4, '192.168.50.13', '-I', '192.168.50.99'), 'stolen IP address').toBe(false)
    expect((await tryIn(g4, 'arping', '-q', '-c', '1', '-w', '1', '-I', 'eth0', '-s', '192.168.50.99', '192.168.50.13')).code, 'stolen address in ARP').not.toBe(0)
    await run('ip', ['-n', g4, 'link', 'set', 'eth0', 'address', 'fa:16:3e:66:66:66'])
    expect(await pings(g4, '192.168.50.13'), 'stolen MAC address').toBe(false)
    await run('ip', ['-n', g4, 'link', 'set', 'eth0', 'address', m2.macAddress])
    expect(await pingsSoon(g4, '192.168.50.13'), 'its own address again').toBe(true)

    m2.allowedAddressPairs = [{ ipAddress: '192.168.50.96/28', macAddress: m2.macAddress }]
    members.memberIps = [...members.memberIps, '192.168.50.96/28']
    host.wanted.ports = [w1, w2, m1, { ...m2 }]
    host.wanted.securityGroups = [web, { ...members }]
    await host.agent.sync()
    expect(await pingsSoon(g4, '192.168.50.13', '-I', '192.168.50.99'), 'allowed address pair').toBe(true)

    host.wanted.securityGroups = [{ ...web, rules: web.rules.slice(0, 1) }, members]
    await host.agent.sync()
    expect(await reaches(g2, '192.168.50.11', 80), 'the rule is gone').toBe(false)
    const oneWay: SecurityGroup = makeGroup([{ direction: 'egress' }], { stateful: false })
    host.wanted.ports = [w1, { ...w2, securityGroupIds: [oneWay.id] }, m1, { ...m2 }]
    host.wanted.securityGroups = [web, members, oneWay]
    await host.agent.sync()
    expect(await reaches(g2, '192.168.50.11', 80), 'a stateless group lets no reply in').toBe(false)
    host.wanted.securityGroups = [web, members, { ...oneWay, rules: [...oneWay.rules, ...makeGroup([{ protocol: 'tcp' }]).rules] }]
    await host.agent.sync()
    expect(await reachesSoon(g2, '192.168.50.11', 80), 'but its rule does').toBe(true)
    host.wanted.ports = [{ ...w1, portSecurityEnabled: false, securityGroupIds: [] }, w2, m1, m2]
    await host.agent.sync()
    expect(await reachesSoon(g2, '192.168.50.11', 22), 'port security off').toBe(true)
    expect(await host.agent.sync()).toBe(0)
  })

  it('ends an established connection whose rule was removed, and keeps those still allowed through a restart', async () => {
    const host = await lab.host('h1')
    const subnet = makeSubnet()
    const network = makeNetwork({ subnets: [subnet] })
    const open = { protocol: 'tcp', portRangeMin: 7000, portRangeMax: 7001 }
    const group = makeGroup([{ direction: 'egress' }, { ...open, portRangeMax: 7000 }, { ...open, portRangeMin: 7001, remoteIpPrefix: '192.168.50.0/24' }])
    const [a, b] = [11, 12].map((last) => portAt(network, subnet, last, { portSecurityEnabled: true, securityGroupIds: [group.id] })) as [Port, Port]
    host.wanted = { ...host.wanted, networks: [network], ports: [a, b], securityGroups: [group] }
    await host.agent.sync()
    const guestA = await lab.guest(host, a, network, { address: '192.168.50.11/24' })
    const guestB = await lab.guest(host, b, network, { address: '192.168.50.12/24' })
    await until(() => [a, b].every(({ id }) => host.up.get(id) === 'up'))
    const talk = await conversation(lab, guestA, guestB, '192.168.50.12', 7000)
    expect(await talk.echoes()).toBe(true)
    await lab.restart(host)
    expect(await host.agent.sync()).toBe(0)
    expect(await talk.echoes(), 'after a restart of the agent').toBe(true)
    host.wanted.securityGroups = [{ ...group, rules: [...group.rules, ...makeGroup([{ protocol: 'udp' }]).rules] }]
    await host.agent.sync()
    expect(await talk.echoes(), 'after a rule was added').toBe(true)
    host.wanted.securityGroups = [{ ...group, rules: [group.rules[0]!, group.rules[2]!] }]
    await host.agent.sync()
    expect(await talk.echoes(3_000), 'after its rule was removed').toBe(false)
  })
})
