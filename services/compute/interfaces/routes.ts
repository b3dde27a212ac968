/** NICs of a server and their security groups. */
import { inHandler, route } from '#core/http/route.ts'
import { attachInterface, detachInterface, interfaceCreateVersions, interfaceReplies, listInterfaces, showInterface } from './interface.handlers.ts'
import { listServerSecurityGroups } from './network.actions.ts'

const PATH = '/v2.1/servers/:id/os-interface'
const rule = (action: string) => inHandler(`os_compute_api:os-attach-interfaces:${action}`)

export const interfaceRoutes = [
  route('GET', PATH, listInterfaces, { policy: rule('list'), response: interfaceReplies }),
  route('POST', PATH, attachInterface, { policy: rule('create'), body: interfaceCreateVersions }),
  route('GET', `${PATH}/:port`, showInterface, { policy: rule('show'), response: interfaceReplies }),
  route('DELETE', `${PATH}/:port`, detachInterface, { policy: rule('delete'), status: 202 }),
  route('GET', '/v2.1/servers/:id/os-security-groups', listServerSecurityGroups, { policy: inHandler('os_compute_api:os-security-groups:list') }),
]
