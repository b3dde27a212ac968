/** Addresses as hosts configure them: with the length of their subnet's prefix. */
import type { IpAllocationRow, SubnetRow } from '../database.ts'

export interface HostAddress { subnetId: string; ipAddress: string; prefixLength: number }

export class Addresses {
  readonly #lengths: Map<string, number>

  constructor(subnets: readonly SubnetRow[]) { this.#lengths = new Map(subnets.map((s) => [s.id, Number(s.cidr.split('/')[1])])) }

  of(rows: readonly Pick<IpAllocationRow, 'subnet_id' | 'ip_address'>[]): HostAddress[] {
    return rows.map((r) => ({ subnetId: r.subnet_id, ipAddress: r.ip_address, prefixLength: this.#lengths.get(r.subnet_id) ?? (r.ip_address.includes(':') ? 64 : 24) }))
  }
}
