/** Remote consoles and what their tokens open. */
import { inHandler, route } from '#core/http/route.ts'
import { createRemoteConsole, remoteConsoleVersions, showConsoleToken } from './console.actions.ts'

export const consoleRoutes = [
  route('POST', '/v2.1/servers/:id/remote-consoles', createRemoteConsole, { policy: inHandler('os_compute_api:os-remote-consoles'), body: remoteConsoleVersions, versions: '2.6-' }),
  route('GET', '/v2.1/os-console-auth-tokens/:token', showConsoleToken, { policy: 'os_compute_api:os-console-auth-tokens' }),
]
