/** The URL map of the network service. */
import { PUBLIC, route, type Route } from '#core/http/route.ts'
import { addressScopeResource } from './address-scopes/address-scope.resource.ts'
import { resourceRoutes } from './attributes/handlers.ts'
import { listExtensions, showExtension } from './extensions/extension.handlers.ts'
import { networkResource } from './networks/network.resource.ts'
import { portResource } from './ports/port.resource.ts'
import { securityGroupRuleResource } from './security-groups/security-group-rule.resource.ts'
import { securityGroupResource } from './security-groups/security-group.resource.ts'
import { subnetpoolResource } from './subnetpools/subnetpool.resource.ts'
import { subnetResource } from './subnets/subnet.resource.ts'
import { listCoreResources, listVersions } from './versions/versions.handlers.ts'

export const routes: Route[] = [
  route('GET', '/', listVersions, { policy: PUBLIC }),
  route('GET', '/v2.0', listCoreResources, { policy: 'regular_user' }),
  route('GET', '/v2.0/extensions', listExtensions, { policy: 'regular_user' }),
  route('GET', '/v2.0/extensions/:alias', showExtension, { policy: 'regular_user' }),
  ...resourceRoutes(networkResource),
  ...resourceRoutes(subnetResource),
  ...resourceRoutes(portResource),
  ...resourceRoutes(subnetpoolResource),
  ...resourceRoutes(addressScopeResource),
  ...resourceRoutes(securityGroupResource),
  ...resourceRoutes(securityGroupRuleResource),
]
