/** The one route of all actions, made of what each slice lists. */
import { inHandler, route } from '#core/http/route.ts'
import { consoleActions } from '../consoles/console.actions.ts'
import { networkActions } from '../interfaces/network.actions.ts'
import { rescueActions } from '../rescue/rescue.actions.ts'
import { migrateActions } from '../resizes/migrate.actions.ts'
import { resizeActions } from '../resizes/resize.actions.ts'
import { shelveActions } from '../shelving/shelve.actions.ts'
import { actionHandler } from './action.ts'
import { adminActions } from './admin.actions.ts'
import { powerActions } from './power.actions.ts'
import { rebuildActions } from './rebuild.actions.ts'
import { snapshotActions } from './snapshot.actions.ts'

const serverActionTable = [...powerActions, ...adminActions, ...snapshotActions, ...rebuildActions, ...consoleActions, ...networkActions, ...resizeActions, ...migrateActions, ...rescueActions, ...shelveActions]

export const serverActionRoutes = [
  route('POST', '/v2.1/servers/:id/action', actionHandler(serverActionTable), { policy: inHandler(...new Set(serverActionTable.map((entry) => entry.rule))), maxBodyBytes: 1_048_576 }),
]
