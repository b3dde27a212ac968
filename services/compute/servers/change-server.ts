/** Changes what a user may change of a server without touching the guest. */
import { flag } from '#core/db/json.ts'
import type { Static } from '#core/schema/schema.ts'
import type { ComputeContext } from '../context.ts'
import { normalName, shortIpV6 } from '../schema/read-values.ts'
import type { ServerRow } from './server.row.ts'
import type { ServerUpdate } from './server.schema.ts'
import { updateServer } from './server.store.ts'

export async function changeServerFields(ctx: ComputeContext, id: string, given: Static<typeof ServerUpdate>['server']): Promise<void> {
  const set: Partial<ServerRow> = {}
  if (given.name !== undefined) set.display_name = normalName(given.name)
  if (given.description !== undefined) set.display_description = given.description
  if (given.hostname !== undefined) set.hostname = given.hostname
  if (given.accessIPv4 !== undefined) set.access_ip_v4 = given.accessIPv4
  if (given.accessIPv6 !== undefined) set.access_ip_v6 = shortIpV6(given.accessIPv6)
  if (given['OS-DCF:diskConfig'] !== undefined) set.auto_disk_config = flag(given['OS-DCF:diskConfig'] === 'AUTO')
  if (Object.keys(set).length > 0) await updateServer(ctx, id, set)
}
