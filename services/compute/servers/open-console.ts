/**
 * What stands behind the address of a console: the token says which server, its host says where the console is now.
 * The host is asked anew each time, because a reboot moves a console and a token outlives it.
 */
import type { ConsoleType } from '../agent/compute-agent.contract.ts'
import type { ComputeContext } from '../context.ts'
import { agentOf } from '../hosts/agent-of.ts'
import { consoleOfToken } from './console-token.store.ts'
import { getServer } from './server.store.ts'

/** Undefined when the token is not good, or its server gone. Throws what the host says when the guest has no console now. */
export async function openConsole(ctx: ComputeContext, token: string): Promise<{ serverId: string; console: ConsoleType } | undefined> {
  const found = await consoleOfToken(ctx, token)
  const row = found === undefined ? undefined : await getServer(ctx, found.serverId)
  if (found === undefined || row?.host == null) return undefined
  return { serverId: row.id, console: await agentOf(ctx, row.host).console({ serverId: row.id, type: found.console.type }) }
}
