/** The context of identity, narrowed once. */
import type { ConfigOf } from '#core/config/config.ts'
import type { Context } from '#core/http/context.ts'
import type { config } from './config.ts'
import type { IdentityTables } from './database.ts'
import type { IdentityMeans } from './means.ts'

export type IdentityConfig = ConfigOf<typeof config>
/** Identity calls no neighbour; what it carries in their place is its keys and its memory. */
export type IdentityContext = Context<IdentityTables, IdentityMeans, IdentityConfig>
