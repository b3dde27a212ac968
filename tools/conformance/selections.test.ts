import { describe, expect, it } from 'vitest'
import { choose, withoutExcluded } from './selections.ts'

describe('selections', () => {
  it('are names or regular expressions; nothing chosen is the walk and the smoke tests', () => {
    expect(choose([])).toMatchObject({ walk: true })
    expect(choose([]).tempest).toHaveLength(1)
    expect(choose(['identity', 'test_servers\\.'])).toEqual({ walk: false, tempest: ['^tempest\\.api\\.identity\\.', 'test_servers\\.'], realGuests: false })
    expect(choose(['clients'])).toEqual({ walk: true, tempest: [], realGuests: false })
  })

  it('run with real guests where these are asked for: what is named, or the scenarios', () => {
    expect(choose(['guests', 'smoke'])).toEqual({ ...choose(['smoke']), realGuests: true })
    expect(choose(['guests'])).toEqual({ walk: false, tempest: ['^tempest\\.scenario\\.'], realGuests: true })
    const pings = ['tempest.scenario.test_network_basic_ops.TestNetworkBasicOps.test_network_basic_ops[id-1]']
    expect(withoutExcluded(pings, { realGuests: true }).run).toEqual(pings)
    const silent = 'tempest.scenario.test_network_basic_ops.TestNetworkBasicOps.test_preserve_preexisting_port[id-2]'
    expect(withoutExcluded([...pings, silent], { realGuests: false }).run).toEqual([silent])
  })

  it('of smoke hold the tests that upstream tags so, of our services alone', () => {
    const smoke = new RegExp(choose(['smoke']).tempest[0]!)
    expect([
      'tempest.api.network.test_networks.NetworksTest.test_list_networks[id-1,smoke]', 'tempest.scenario.test_x.T.test_y[compute,id-1,network,smoke]',
      'tempest.api.compute.test_x.T.test_smoke[id-1]', 'tempest.api.object_storage.test_x.T.test_y[id-1,smoke]',
    ].map((id) => smoke.test(id))).toEqual([true, true, false, false])
  })

  it('leave out what is gone upstream, and say so', () => {
    const { run, left } = withoutExcluded(['tempest.api.identity.v3.a.B.c[id-1]', 'tempest.api.identity.v2.a.B.c[id-2]', 'tempest.api.identity.admin.v2.a.B.c[id-3]'], { realGuests: true })
    expect(run).toEqual(['tempest.api.identity.v3.a.B.c[id-1]'])
    expect(left).toEqual([['the identity API v2.0 is gone upstream', 2]])
  })
})
