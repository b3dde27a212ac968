/** The context of compute: whose tables, neighbours and options it has. */
import type { ConfigOf } from '#core/config/config.ts'
import type { Context } from '#core/http/context.ts'
import type { ComputeClients } from './clients.ts'
import type { computeConfig } from './config.ts'
import type { ComputeTables } from './database.ts'

export type ComputeConfig = ConfigOf<typeof computeConfig>
export type ComputeContext = Context<ComputeTables, ComputeClients, ComputeConfig>
