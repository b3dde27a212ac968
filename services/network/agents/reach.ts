/** Which hosts can carry a network: DHCP and routers go where their wires are. */
import { fromJson } from '#core/db/json.ts'
import type { NetworkContext } from '../context.ts'
import type { NetworkRow } from '../database.ts'
import { reaches } from '../ports/binding.ts'
import { bridgeConfigurations } from './agent.store.ts'

export type Reaching = (host: string, network: NetworkRow) => boolean

/** Reads what every host says of itself once; the answer is asked per host and network. */
export async function hostsReaching(ctx: NetworkContext): Promise<Reaching> {
  const texts = new Map((await bridgeConfigurations(ctx)).map((r) => [r.host, r.configurations]))
  const read = new Map<string, Record<string, unknown>>()
  return (host, network) => {
    let configurations = read.get(host)
    if (configurations === undefined) read.set(host, configurations = fromJson<Record<string, unknown>>(texts.get(host), {}))
    return reaches(configurations, network)
  }
}
