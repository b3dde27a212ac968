/** Extensions. */
import { route } from '#core/http/route.ts'
import { listExtensions, showExtension } from './extension.handlers.ts'

const policy = 'os_compute_api:extensions'

export const extensionRoutes = [
  route('GET', '/v2.1/extensions', listExtensions, { policy }),
  route('GET', '/v2.1/extensions/:alias', showExtension, { policy }),
]
