/** A host may run a router before the router's ports are bound to it: what it said of them then must not be its last word. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startNetworkAgent, type RunningNetworkAgent } from '#agents/network/agent.ts'
import type { FakeNetworkDriver } from '#agents/network/drivers/fake/fake-driver.ts'
import { silentLog } from '#core/log/log.ts'
import { CHANGED_TOPIC } from '../changes/changes.ts'
import { make, makeNetwork, startNetworkBench, type Json, type NetworkBench } from '../testing/network-bench.ts'
import { bindRouter, L3_AGENT } from './agent.store.ts'

const PATIENCE = { timeout: 60_000, interval: 10 }

describe('a router\'s host', () => {
  let bench: NetworkBench
  let agent: RunningNetworkAgent
  beforeAll(async () => {
    bench = await startNetworkBench()
    agent = await startNetworkAgent({ bus: bench.bus, host: 'h1', driver: 'fake', stateDir: '/nonexistent', tunnelIp: '10.9.0.1', bridgeMappings: {}, log: silentLog })
    await vi.waitFor(async () => { expect(await agents()).toHaveLength(1) }, PATIENCE)
  })
  afterAll(async () => {
    await agent.stop()
    await bench.stop()
  })

  async function agents(): Promise<Json[]> {
    return (await bench.admin.get<{ agents: Json[] }>(`/v2.0/agents?agent_type=${encodeURIComponent(L3_AGENT)}`)).body.agents
  }

  it('speaks again of ports that were bound to it after it had spoken', async () => {
    const { subnet } = await makeNetwork(bench.alice)
    const router = await make(bench.alice, 'router', {})
    // Nobody hears that the router has a leg now: it is given to the host by hand, ahead of its port.
    const fanout = bench.bus.fanout.bind(bench.bus)
    let missed = 0
    const deaf = vi.spyOn(bench.bus, 'fanout').mockImplementation(async (topic, message) => {
      if (topic === CHANGED_TOPIC) missed += 1
      else await fanout(topic, message)
    })
    const added = await bench.alice.put<{ port_id: string }>(`/v2.0/routers/${router.id}/add_router_interface`, { subnet_id: subnet.id })
    const [l3] = await agents()
    await bindRouter(bench.context(), router.id, l3!.id)
    await vi.waitFor(() => { expect(missed).toBeGreaterThan(1) }, PATIENCE)
    await agent.sync()
    const { routers } = (agent.driver as FakeNetworkDriver).wanted
    expect(routers.flatMap((r) => r.interfaces.map((i) => i.portId))).toEqual([added.body.port_id])
    deaf.mockRestore()
    bench.nudge('routers')
    await vi.waitFor(async () => {
      const shown = await bench.admin.get<{ port: Json }>(`/v2.0/ports/${added.body.port_id}`)
      expect(shown.body.port).toMatchObject({ 'binding:host_id': 'h1', status: 'ACTIVE' })
    }, PATIENCE)
  })
})
