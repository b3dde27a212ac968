/** Before 1.26 an inventory had to leave something to allocate. */
export interface CapacityRule {
  /** Least capacity an inventory may have. */
  least: 0 | 1
  /** What an inventory with less is told about its reserved value. */
  relation: string
}

export function capacityRule(version: number): CapacityRule {
  return version >= 26 ? { least: 0, relation: 'greater than' } : { least: 1, relation: 'greater than or equal to' }
}
