/** Keeps the firewall's tables loaded and forgets connections that lost their permission. */
import type { Wanted } from '../../driver.ts'
import type { HostShell } from '../host-shell.ts'
import type { Names } from '../names.ts'
import { NftLoader } from '../nft-loader.ts'
import { Plan } from '../plan.ts'
import { forgetConnections, whatToForget } from './conntrack.ts'
import { PortNumbers } from './port-numbers.ts'
import { buildFirewall, filteredPorts } from './tables.ts'

export class FirewallKeeper {
  readonly #shell: HostShell
  readonly #names: Names
  readonly #numbers: PortNumbers
  readonly #l2: NftLoader
  readonly #groups: NftLoader
  #applied: Wanted | undefined
  #filtered = new Set<string>()

  constructor(shell: HostShell, names: Names, stateDir: string) {
    this.#shell = shell
    this.#names = names
    this.#numbers = new PortNumbers(stateDir)
    this.#l2 = new NftLoader(shell)
    this.#groups = new NftLoader(shell)
  }

  /** True when traffic of this port is filtered as the last applied state wants it. */
  covers(portId: string): boolean { return this.#filtered.has(portId) }

  async plan(wanted: Wanted, thorough: boolean): Promise<Plan> {
    const plan = new Plan('firewall', 'security groups')
    const ports = filteredPorts(wanted.ports)
    await this.#numbers.load()
    this.#numbers.assign(ports.map(({ id }) => id), wanted.networks.filter(({ type }) => type === 'vxlan' || type === 'local').map(({ id }) => id))
    const { l2, groups } = buildFirewall(wanted, this.#names, this.#numbers)
    const problems = [await this.#groups.problem(groups, thorough), await this.#l2.problem(l2, thorough)]
    if (problems.every((problem) => problem === undefined)) {
      this.#remember(wanted)
      return plan
    }
    for (const problem of problems) if (problem !== undefined) plan.wrong(problem)
    return plan.run(async () => {
      await this.#numbers.save()
      if (problems[0] !== undefined) await this.#groups.load(groups)
      if (problems[1] !== undefined) await this.#l2.load(l2)
      const before = this.#applied
      this.#remember(wanted)
      if (before !== undefined) await forgetConnections(this.#shell, whatToForget(before, wanted, this.#zoneOf(wanted)))
    })
  }

  #remember(wanted: Wanted): void {
    this.#applied = wanted
    this.#filtered = new Set(wanted.ports.map(({ id }) => id))
  }

  #zoneOf(wanted: Wanted): (port: { networkId: string }) => number {
    const types = new Map(wanted.networks.map((network) => [network.id, network.type]))
    return ({ networkId }) => {
      const type = types.get(networkId)
      return type === 'vxlan' || type === 'local' ? this.#numbers.zone(networkId) : 0
    }
  }
}
