/** The context of the network service, narrowed once, and who counts as what in its rules. */
import type { ConfigOf } from '#core/config/config.ts'
import { may, type Context } from '#core/http/context.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { config } from './config.ts'
import type { NetworkTables } from './database.ts'

export type NetworkConfig = ConfigOf<typeof config>
export type NetworkContext = Context<NetworkTables, Record<string, never>, NetworkConfig>
export type ApiRequestOf<B = unknown> = RouteRequest<B>

/** Upstream's `context.is_admin`: sees and may reference everything. */
export function isAdmin(ctx: NetworkContext): boolean {
  return may(ctx, 'context_is_admin')
}

/** Admin, or a service that acts for others (`advsvc`): not limited to its own project. */
export function seesAll(ctx: NetworkContext): boolean {
  return isAdmin(ctx) || may(ctx, 'context_is_advsvc')
}

export function ownProject(ctx: NetworkContext): string {
  return ctx.identity.project?.id ?? ''
}
