/** The URL map of compute: each slice lists its own routes, one line each. */
import type { Route } from '#core/http/route.ts'
import { administrationRoutes } from './administration.ts'
import { consoleRoutes } from './consoles/routes.ts'
import { flavorRoutes } from './flavors/routes.ts'
import { imageProxyRoutes } from './image-proxies/routes.ts'
import { interfaceRoutes } from './interfaces/routes.ts'
import { keypairRoutes } from './keypairs/routes.ts'
import { networkProxyRoutes } from './network-proxies/routes.ts'
import { withProjectCheck } from './project-path.ts'
import { serverActionRoutes } from './server-actions/routes.ts'
import { serverDetailRoutes } from './server-details/routes.ts'
import { serverRoutes } from './servers/routes.ts'
import { usageAuditRoutes } from './usage-audit/routes.ts'
import { versionRoutes } from './versions/version-documents.ts'

export const computeRoutes: readonly Route[] = [
  ...versionRoutes,
  ...[...flavorRoutes, ...keypairRoutes, ...serverRoutes, ...serverActionRoutes, ...serverDetailRoutes, ...interfaceRoutes, ...consoleRoutes, ...imageProxyRoutes, ...networkProxyRoutes, ...usageAuditRoutes, ...administrationRoutes].map(withProjectCheck),
]
