/**
 * What this host should have, as last told by the control plane. A complete answer replaces it; a partial one
 * covers exactly what was asked: what was asked for and did not come is gone. Groups that no port and no rule
 * names any more are forgotten with the ports.
 */
import type { WantedStateType } from '#services/network/agent/network-agent.contract.ts'
import type { Network, Port, Router, SecurityGroup, Wanted } from './drivers/driver.ts'

/** What the control plane asks the host to look at; without any id, everything. */
export interface Nudge {
  networkIds: readonly string[]
  routerIds: readonly string[]
  portIds: readonly string[]
  securityGroupIds?: readonly string[]
  leaseNetworkIds?: readonly string[]
}

export function asksForAll({ networkIds, routerIds, portIds, securityGroupIds = [], leaseNetworkIds = [] }: Nudge): boolean {
  return networkIds.length + routerIds.length + portIds.length + securityGroupIds.length + leaseNetworkIds.length === 0
}

/** Ids to look at; `everything` needs no ids. */
export class Question {
  everything = false
  readonly networkIds = new Set<string>()
  readonly routerIds = new Set<string>()
  readonly portIds = new Set<string>()
  readonly securityGroupIds = new Set<string>()

  get empty(): boolean {
    return !this.everything && this.networkIds.size + this.routerIds.size + this.portIds.size + this.securityGroupIds.size === 0
  }

  add(nudge: Nudge): void {
    if (asksForAll(nudge)) this.everything = true
    for (const id of [...nudge.networkIds, ...nudge.leaseNetworkIds ?? []]) this.networkIds.add(id)
    for (const id of nudge.routerIds) this.routerIds.add(id)
    for (const id of nudge.portIds) this.portIds.add(id)
    for (const id of nudge.securityGroupIds ?? []) this.securityGroupIds.add(id)
  }

  merge(other: Question): void {
    this.everything ||= other.everything
    for (const key of ['networkIds', 'routerIds', 'portIds', 'securityGroupIds'] as const) {
      for (const id of other[key]) this[key].add(id)
    }
  }
}

export class WantedStore {
  readonly networks = new Map<string, Network>()
  readonly ports = new Map<string, Port>()
  readonly securityGroups = new Map<string, SecurityGroup>()
  readonly routers = new Map<string, Router>()
  /** False until the first complete answer: nothing may be removed before. */
  known = false

  /** Takes an answer in. */
  accept(question: Question, answer: WantedStateType): void {
    if (answer.complete) {
      for (const map of [this.networks, this.ports, this.securityGroups, this.routers]) map.clear()
      this.known = true
    } else {
      for (const id of question.networkIds) this.networks.delete(id)
      for (const id of question.routerIds) this.routers.delete(id)
      for (const id of question.portIds) this.ports.delete(id)
      for (const [id, port] of this.ports) if (question.networkIds.has(port.networkId)) this.ports.delete(id)
    }
    for (const network of answer.networks) this.networks.set(network.id, network)
    for (const port of answer.ports) this.ports.set(port.id, port)
    for (const group of answer.securityGroups) this.securityGroups.set(group.id, group)
    for (const router of answer.routers) this.routers.set(router.id, router)
    this.#forgetGroups()
  }

  current(): Wanted {
    return {
      networks: [...this.networks.values()], ports: [...this.ports.values()],
      securityGroups: [...this.securityGroups.values()], routers: [...this.routers.values()],
    }
  }

  #forgetGroups(): void {
    const used = new Set<string>()
    for (const port of this.ports.values()) for (const id of port.securityGroupIds) used.add(id)
    const direct = [...used]
    for (const id of direct) {
      for (const rule of this.securityGroups.get(id)?.rules ?? []) if (rule.remoteGroupId !== null) used.add(rule.remoteGroupId)
    }
    for (const id of this.securityGroups.keys()) if (!used.has(id)) this.securityGroups.delete(id)
  }
}
