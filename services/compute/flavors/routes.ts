/** Flavors, their extra specs and who may use them. */
import { inHandler, route } from '#core/http/route.ts'
import { flavorAction, listAccess } from './flavor-access.handlers.ts'
import { addExtraSpecs, changeExtraSpec, listExtraSpecs, removeExtraSpec, showExtraSpec } from './flavor-extra-specs.handlers.ts'
import { createFlavor, describeFlavor, listFlavorsBrief, listFlavorsDetail, removeFlavor, showFlavor } from './flavor.handlers.ts'
import { FlavorAction, FlavorExtraSpec, FlavorExtraSpecs } from './flavor.schema.ts'
import { flavorCreateVersions, flavorListQuery, flavorReplies, flavorUpdateVersions } from './flavor.versions.ts'

const MANAGE = 'os_compute_api:os-flavor-manage'
const SPECS = 'os_compute_api:os-flavor-extra-specs'
const ACCESS = 'os_compute_api:os-flavor-access'
/** Anybody with a token may look. */
const LOOK = inHandler(`${SPECS}:index`)

export const flavorRoutes = [
  route('GET', '/v2.1/flavors', listFlavorsBrief, { policy: LOOK, query: flavorListQuery, response: flavorReplies }),
  route('GET', '/v2.1/flavors/detail', listFlavorsDetail, { policy: LOOK, query: flavorListQuery, response: flavorReplies }),
  route('POST', '/v2.1/flavors', createFlavor, { policy: `${MANAGE}:create`, body: flavorCreateVersions }),
  route('GET', '/v2.1/flavors/:id', showFlavor, { policy: LOOK, response: flavorReplies }),
  route('PUT', '/v2.1/flavors/:id', describeFlavor, { policy: `${MANAGE}:update`, body: flavorUpdateVersions, versions: '2.55-' }),
  route('DELETE', '/v2.1/flavors/:id', removeFlavor, { policy: `${MANAGE}:delete`, status: 202 }),
  route('POST', '/v2.1/flavors/:id/action', flavorAction, { policy: inHandler(`${ACCESS}:add_tenant_access`, `${ACCESS}:remove_tenant_access`), body: FlavorAction }),
  route('GET', '/v2.1/flavors/:id/os-flavor-access', listAccess, { policy: ACCESS }),
  route('GET', '/v2.1/flavors/:id/os-extra_specs', listExtraSpecs, { policy: `${SPECS}:index` }),
  route('POST', '/v2.1/flavors/:id/os-extra_specs', addExtraSpecs, { policy: `${SPECS}:create`, body: FlavorExtraSpecs }),
  route('GET', '/v2.1/flavors/:id/os-extra_specs/:key', showExtraSpec, { policy: `${SPECS}:show` }),
  route('PUT', '/v2.1/flavors/:id/os-extra_specs/:key', changeExtraSpec, { policy: `${SPECS}:update`, body: FlavorExtraSpec }),
  route('DELETE', '/v2.1/flavors/:id/os-extra_specs/:key', removeExtraSpec, { policy: `${SPECS}:delete` }),
]
