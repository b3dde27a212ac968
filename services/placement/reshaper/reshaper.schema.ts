/** A reshaping: new inventories of some providers, and the claims that move along with them. */
import { Type } from '#core/schema/schema.ts'
import { ConsumerClaim, type ManyClaims } from '../allocations/allocation.schema.ts'
import { InventoriesUpdate, mapOf, UUID_PATTERN } from '../inventories/inventory.schema.ts'

const closed = { additionalProperties: false }

export const Reshape = Type.Object({
  inventories: mapOf(UUID_PATTERN, InventoriesUpdate, { ...closed, minProperties: 1 }),
  /** May be empty: there may be no claims on what moves. */
  allocations: mapOf(UUID_PATTERN, ConsumerClaim),
}, closed)

export interface Reshape { inventories: Record<string, InventoriesUpdate>; allocations: ManyClaims }
