/** What every network driver must hold to, the fake one included. */
import { expect, it } from 'vitest'
import type { NetworkDriver, Wanted } from '../drivers/driver.ts'
import { makeId, makeMac, makeNetwork, makePort, makeRouter, makeSubnet } from './wanted.ts'

/** `start` gives a started driver on an empty host and ends it after the test. */
export function networkDriverConformance(start: () => Promise<NetworkDriver>): void {
  it('applies once: the second time there is nothing to change', async () => {
    const driver = await start()
    const wanted = someState()
    const first = await driver.apply(wanted, 'everything')
    expect(first.failures).toEqual([])
    expect(first.changed).toBeGreaterThan(0)
    expect((await driver.apply(wanted, 'everything')).changed).toBe(0)
    expect(await driver.check(wanted)).toEqual([])
  })

  it('says that its own ports are up and its routers active', async () => {
    const driver = await start()
    const wanted = someState()
    const applied = await driver.apply(wanted, 'everything')
    expect(applied.portsUp).toEqual(expect.arrayContaining([wanted.networks[0]!.dhcp!.portId, wanted.routers[0]!.interfaces[0]!.portId]))
    expect(applied.routersActive).toEqual([wanted.routers[0]!.id])
  })

  it('never calls a port up that is administratively down', async () => {
    const driver = await start()
    const wanted = someState()
    const port = makePort(wanted.networks[0]!, { adminStateUp: false })
    const applied = await driver.apply({ ...wanted, ports: [port] }, 'everything')
    expect(applied.portsUp).not.toContain(port.id)
    expect(applied.portsDown).toContain(port.id)
  })

  it('names what is missing, and what should not be there', async () => {
    const driver = await start()
    const wanted = someState()
    await driver.apply(wanted, 'everything')
    const other = someState('192.168.61')
    expect((await driver.check({ ...wanted, networks: [...wanted.networks, ...other.networks] })).map(({ id }) => id)).toContain(other.networks[0]!.id)
    const nothing: Wanted = { networks: [], ports: [], securityGroups: [], routers: [] }
    expect(await driver.check(nothing)).not.toEqual([])
    expect((await driver.apply(nothing, 'everything')).failures).toEqual([])
    expect(await driver.check(nothing)).toEqual([])
  })

  it('treats a part as a part: the rest of the host stays', async () => {
    const driver = await start()
    const [a, b] = [someState(), someState('192.168.61')]
    await driver.apply(a, 'everything')
    const both: Wanted = { networks: [...a.networks, ...b.networks], ports: [], securityGroups: [], routers: [...a.routers, ...b.routers] }
    const ids = (list: { id: string }[]): Set<string> => new Set(list.map(({ id }) => id))
    await driver.apply(both, { networkIds: ids(b.networks), routerIds: ids(b.routers), portIds: new Set(), securityGroupIds: new Set() })
    expect(await driver.check(both)).toEqual([])
    await driver.apply(a, { networkIds: ids(b.networks), routerIds: ids(b.routers), portIds: new Set(), securityGroupIds: new Set() })
    expect(await driver.check(a)).toEqual([])
  })

  it('begins anew after a cleanup', async () => {
    const driver = await start()
    const wanted = someState()
    await driver.apply(wanted, 'everything')
    await driver.cleanup('everything')
    expect(await driver.check(wanted)).not.toEqual([])
  })
}

/** A network with DHCP behind a router. */
function someState(net = '192.168.60'): Wanted {
  const subnet = makeSubnet({ cidr: `${net}.0/24`, gatewayIp: `${net}.1` })
  const address = (last: number) => [{ subnetId: subnet.id, ipAddress: `${net}.${last}`, prefixLength: 24 }]
  const network = makeNetwork({ type: 'local', segmentationId: null, subnets: [subnet] })
  network.dhcp = { portId: makeId(), macAddress: makeMac(), fixedIps: address(2), dnsDomain: 'openstacklocal', leases: [] }
  const router = makeRouter({ interfaces: [{ portId: makeId(), macAddress: makeMac(), networkId: network.id, fixedIps: address(1), subnetIds: [subnet.id] }] })
  return { networks: [network], ports: [], securityGroups: [], routers: [router] }
}
