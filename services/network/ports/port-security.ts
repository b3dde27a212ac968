/** Port security, its groups and the extra addresses a guest may use: what may stand beside what. */
import type { Item } from '../attributes/attribute.ts'
import { isAdmin, type NetworkContext } from '../context.ts'
import type { SecurityGroupRow } from '../database.ts'
import { errors } from '../errors.ts'
import { isSharedWith } from '../rbac-policies/rbac-policy.store.ts'
import { getSecurityGroups } from '../security-groups/security-group.store.ts'

/** Ports of the service itself carry traffic of many addresses: no security on them. */
export function isTrusted(deviceOwner: string): boolean {
  return deviceOwner.startsWith('network:')
}

/** The groups named, all of them the project's or shared with it, all of one kind. */
export async function checkGroups(ctx: NetworkContext, projectId: string, ids: readonly string[]): Promise<string[]> {
  const groups = await getSecurityGroups(ctx, ids)
  const usable: SecurityGroupRow[] = []
  for (const group of groups) if (isAdmin(ctx) || group.project_id === projectId || (await isSharedWith(ctx, group.id, projectId))) usable.push(group)
  const missing = ids.filter((id) => !usable.some((g) => g.id === id))
  if (missing.length > 0) throw errors.SecurityGroupNotFound({ id: missing.join(', ') })
  if (new Set(usable.map((g) => g.stateful)).size > 1) {
    throw errors.SecurityGroupConflict({ reason: 'Cannot apply both stateful and stateless security groups on the same port at the same time' })
  }
  return usable.map((g) => g.id)
}

interface AddressPair { mac_address: string; ip_address: string }

/** Pairs without a MAC mean the port's own. */
export function readPairs(pairs: readonly Partial<AddressPair>[], macAddress: string): AddressPair[] {
  const read = pairs.map((p) => ({ mac_address: p.mac_address ?? macAddress, ip_address: p.ip_address! }))
  const keys = new Set<string>()
  for (const pair of read) {
    const key = `${pair.mac_address} ${pair.ip_address}`
    if (keys.has(key)) throw errors.DuplicateAddressPairInRequest({ macAddress: pair.mac_address, ipAddress: pair.ip_address })
    keys.add(key)
  }
  return read
}

/** With port security off there is nothing for pairs and groups to do: both are refused. */
export function assertNothingSecured(item: Item, held: { pairs: number; groups: number }): void {
  const pairs = item['allowed_address_pairs'] as unknown[] | undefined
  if ((pairs ?? []).length > 0 || (pairs === undefined && held.pairs > 0)) throw errors.AddressPairAndPortSecurityRequired()
  const groups = item['security_groups'] as unknown[] | undefined
  if ((groups ?? []).length > 0) throw errors.PortSecurityAndIPRequiredForSecurityGroups()
  if (groups === undefined && held.groups > 0) throw errors.PortSecurityPortHasSecurityGroup()
}

