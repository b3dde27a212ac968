/** All SQL about console tokens. Only a hash is stored: the token itself is in the address the user got. */
import { createHash, randomUUID } from 'node:crypto'
import type { ComputeContext } from '../context.ts'
import type { ConsoleType } from '../agent/compute-agent.contract.ts'

export interface ConsoleTokenRow { token_hash: string; server_id: string; console_type: string; console: string; access_url: string; expires_at: string }

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/** Makes a token for a console, good for `consoleTokenTtlS`. */
export async function mintConsoleToken(ctx: ComputeContext, serverId: string, consoleType: string, console: ConsoleType, accessUrlOf: (token: string) => string): Promise<{ token: string; url: string }> {
  const token = randomUUID()
  const url = accessUrlOf(token)
  const expires = new Date(ctx.clock.now() + ctx.config.consoleTokenTtlS * 1000).toISOString()
  await ctx.db.deleteFrom('console_tokens').where('expires_at', '<', new Date(ctx.clock.now()).toISOString()).execute()
  await ctx.db.insertInto('console_tokens').values({ token_hash: hashOf(token), server_id: serverId, console_type: consoleType, console: JSON.stringify(console), access_url: url.split('?')[0]!, expires_at: expires }).execute()
  return { token, url }
}

export async function dropConsoleTokens(ctx: ComputeContext, serverId: string): Promise<void> {
  await ctx.db.deleteFrom('console_tokens').where('server_id', '=', serverId).execute()
}

/** The console behind a token that is still good. */
export async function consoleOfToken(ctx: ComputeContext, token: string): Promise<{ serverId: string; consoleType: string; console: ConsoleType } | undefined> {
  const row = await ctx.db.selectFrom('console_tokens').selectAll().where('token_hash', '=', hashOf(token)).executeTakeFirst()
  if (row === undefined || Date.parse(row.expires_at) < ctx.clock.now()) return undefined
  return { serverId: row.server_id, consoleType: row.console_type, console: JSON.parse(row.console) as ConsoleType }
}
