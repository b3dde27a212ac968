/** What compute says of requests that do not fit: upstream's sentences, which clients show to people. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exchange } from '../testing/exchange.ts'
import { startComputeCloud, type ComputeCloud } from '../testing/compute-cloud.ts'

const SAFE = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
const SPACES = "An invalid 'name' value was provided. The name must be: printable characters. Can not start or end with whitespace."

describe('requests that do not fit', () => {
  let cloud: ComputeCloud
  beforeAll(async () => { cloud = await startComputeCloud() })
  afterAll(async () => { await cloud.stop() })

  it('names have sentences of their own', async () => {
    await exchange(cloud.admin, [
      { do: 'POST /flavors', body: { flavor: { name: ' a', ram: 1, vcpus: 1, disk: 1 } }, then: 400, says: SPACES },
      { do: 'POST /os-keypairs', at: '2.91', body: { keypair: { name: 'a@b' } }, then: 400, says: `An invalid 'name' value was provided. The name must be: Only expected characters: [_- ${SAFE}]` },
      { do: 'POST /os-keypairs', body: { keypair: { name: 'a+b', public_key: 'x' } }, then: 400, says: `An invalid 'name' value was provided. The name must be: Only expected characters: [@._- ${SAFE}]` },
      { do: 'PUT /os-aggregates/1', body: { aggregate: { name: 'a\tb' } }, then: 400, says: "An invalid 'name' value was provided. The name must be: printable characters with at least one non space character" },
    ])
  })

  it('values are printed as upstream prints them', async () => {
    await exchange(cloud.admin, [
      { do: 'POST /flavors', body: { flavor: { name: 'a', ram: 'a\tb', vcpus: 1, disk: 1 } }, then: 400, says: "Invalid input for field/attribute ram. Value: a\tb. 'a\\tb' does not match '^[0-9]+$'" },
      { do: 'POST /servers/x/action', body: { migrate: { host: 'a b' } }, then: 400, says: "Invalid input for field/attribute host. Value: a b. 'a b' does not match '^[a-zA-Z0-9-._]*$'" },
      { do: 'POST /servers/x/action', body: { removeFixedIp: { address: 'fe80::1%eth0' } }, at: '2.43', then: 400, says: "Invalid input for field/attribute address. Value: fe80::1%eth0. 'fe80::1%eth0' is not valid under any of the given schemas" },
    ])
  })

  it('numbers as text have the bounds of numbers', async () => {
    const refused = (field: string, problem: string): string => `Invalid input for field/attribute ${field}. ${problem}`
    await exchange(cloud.admin, [
      { do: 'POST /flavors', body: { flavor: { name: 'a', ram: '0', vcpus: 1, disk: 1 } }, then: 400, says: refused('ram', 'Value: 0. 0 is less than the minimum of 1') },
      { do: 'POST /flavors', body: { flavor: { name: 'a', ram: 1, vcpus: '2147483648', disk: 1 } }, then: 400, says: refused('vcpus', 'Value: 2147483648. 2147483648 is greater than the maximum of 2147483647') },
      { do: 'POST /flavors', body: { flavor: { name: 'a', ram: 1, vcpus: 1, disk: 1, rxtx_factor: '0' } }, then: 400, says: refused('rxtx_factor', 'Value: 0. 0 is less than or equal to the minimum of 0') },
      { do: 'PUT /os-quota-sets/alpha', body: { quota_set: { cores: '-2' } }, then: 400, says: refused('cores', 'Value: -2. -2 is less than the minimum of -1') },
      { do: 'POST /servers', body: { server: { name: 'a', flavorRef: 'tiny', networks: 'none', min_count: '0' } }, then: 400, says: refused('min_count', 'Value: 0. 0 is less than the minimum of 1') },
      { do: 'POST /flavors/tiny/os-extra_specs', body: { extra_specs: { 'trait:HW_CPU': 'required' } }, then: 400, says: "Validation failed; extra spec 'trait:HW_CPU' does not appear to be a valid extra spec." },
    ])
  })

  it('queries are told by the name of the parameter', async () => {
    await exchange(cloud.admin, [
      { do: 'GET /servers?limit=', then: 400, says: "Invalid input for query parameters limit. Value: . '' is too short" },
      { do: 'GET /servers?limit=1&limit=a', then: 400, says: "Invalid input for query parameters limit. Value: a. 'a' does not match '^[0-9]*$'" },
      { do: 'GET /servers?ip=', then: 400, says: "Invalid input for query parameters ip. Value: . '' is not a 'regex'" },
      { do: 'GET /servers?name=%ff', then: 400, says: 'Query string is not UTF-8 encoded' },
      { do: 'GET /servers?name=%c3%a9%', then: 200 },
      { do: 'GET /os-hypervisors?limit=1&limit=1', at: '2.52', then: 200 },
      { do: 'GET /os-hypervisors?limit=1&limit=1', then: 400 },
    ])
  })

  it('a known path has no other methods than its own', async () => {
    const calls = [['PATCH', 'servers'], ['POST', 'limits'], ['DELETE', 'flavors'], ['GET', 'flavors/tiny/action']] as const
    for (const [method, path] of calls) expect((await cloud.admin.request(method, `/v2.1/${path}`)).status, path).toBe(404)
  })
})
