/**
 * Everything a piece of work may need, passed first and explicitly: who asks, for which request, and the service's
 * own means (database, neighbours, configuration, operations). A service narrows the type parameters once, in its
 * `context.ts`. `inTransaction` (core/db) hands on a context whose `db` is the transaction.
 */
import type { Kysely } from 'kysely'
import type { Identity } from '#core/auth/identity.ts'
import type { Bus } from '#core/bus/bus.ts'
import type { IdSource } from '#core/ids/ids.ts'
import type { Log } from '#core/log/log.ts'
import type { Operations } from '#core/operations/operations.ts'
import type { Policy, PolicyRule } from '#core/policy/policy.ts'
import type { Target } from '#core/policy/rules.ts'
import type { Clock } from '#core/time/clock.ts'
import { httpErrors, type ApiError } from '#core/errors/errors.ts'

/** The part that is the same in every service. */
export interface ContextBase {
  requestId: string
  globalRequestId?: string
  identity: Identity
  /** The caller's token, while a request is served over HTTP; never stored. */
  token?: string
  operations: Operations
  policy: Policy
  /** What a refusal looks like in this service. */
  forbidden: (rule: string) => ApiError
  bus: Bus
  clock: Clock
  ids: IdSource
  log: Log
  /** Wakes a reconciler of this service by name. */
  nudge: (reconciler: string) => void
}

export interface Context<Tables = unknown, Clients = unknown, Config = unknown> extends ContextBase {
  db: Kysely<Tables>
  clients: Clients
  config: Config
}

/** Throws the service's refusal unless the caller may do `rule` to `target`. */
export function authorise(ctx: ContextBase, rule: string, target?: Target): void {
  if (!ctx.policy.allows(ctx.identity, rule, target ?? ownTarget(ctx))) throw ctx.forbidden(rule)
}

/** As `authorise`, as a question. */
export function may(ctx: ContextBase, rule: string, target?: Target): boolean {
  return ctx.policy.allows(ctx.identity, rule, target ?? ownTarget(ctx))
}

/** The caller as the target: their project, their user. */
function ownTarget(ctx: { identity: Identity }): Target {
  return { project_id: ctx.identity.project?.id, tenant_id: ctx.identity.project?.id, user_id: ctx.identity.user.id }
}

export function forbiddenByDefault(rule: string): ApiError {
  return httpErrors.Forbidden({ rule })
}

export type { PolicyRule }
