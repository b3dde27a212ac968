import { describe, expect, it } from 'vitest'
import { networkDriverConformance } from '../../testing/driver-conformance.ts'
import { makeNetwork, makePort } from '../../testing/wanted.ts'
import { FakeNetworkDriver } from './fake-driver.ts'

describe('the fake network driver', () => {
  networkDriverConformance(async () => new FakeNetworkDriver())

  it('fails when told to, once', async () => {
    const driver = new FakeNetworkDriver()
    driver.script.failNext.push(new Error('out of cable'))
    const port = makePort(makeNetwork())
    const wanted = { networks: [], ports: [port], securityGroups: [], routers: [] }
    await expect(driver.apply(wanted, 'everything')).rejects.toThrow('out of cable')
    expect((await driver.apply(wanted, 'everything')).portsUp).toEqual([port.id])
  })
})
