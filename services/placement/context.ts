/** What placement's code is handed: the core's context, narrowed once. Placement calls no neighbour. */
import type { Context } from '#core/http/context.ts'
import type { PlacementConfig } from './config.ts'
import type { PlacementTables } from './database.ts'

export type PlacementClients = Record<string, never>
export type PlacementContext = Context<PlacementTables, PlacementClients, PlacementConfig>
