/**
 * Consoles: the text log, and addresses of graphic and serial ones. An address carries a token that opens this one
 * console for a while; the proxy asks for it (`consoleOfToken`, `os-console-auth-tokens`).
 */
import { reply } from '#core/http/message.ts'
import type { RouteRequest } from '#core/http/route.ts'
import { Type } from '#core/schema/schema.ts'
import { shapeVersions, since } from '#core/versions/versions.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { agentOf, isNoSuchGuest, RemoteError } from '../hosts/agent-of.ts'
import { numberFormat } from '../schema/formats.ts'
import { closed, wrapped } from '../schema/parameter-types.ts'
import { toInteger } from '../schema/read-values.ts'
import { action, type ActionHandler } from '../server-actions/action.ts'
import { requireHost } from '../server-actions/start-work.ts'
import { findServer } from '../servers/find-server.ts'
import type { ServerRow } from '../servers/server.row.ts'
import { consoleOfToken, mintConsoleToken } from '../servers/console-token.store.ts'

const outputBody = wrapped('os-getConsoleOutput', closed({ length: Type.Optional(Type.Unsafe<number | string | null>({ type: ['integer', 'string', 'null'], pattern: '^-?[0-9]+$', minimum: -1, format: numberFormat(-1) })) }))

/** Signs that are no text. */
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000b-\u001f]/g

const consoleOutput: ActionHandler<{ length?: number | string | null }> = async (ctx, server, body) => {
  if (server.host === null) throw errors.ServerNotReady({ id: server.id })
  const given = body.length ?? null
  const length = given === null ? null : toInteger(given)
  const { text } = await asking(server, async () => await agentOf(ctx, server.host!).consoleOutput({ serverId: server.id, lines: length === null || length < 0 ? null : length }))
  return { output: lastLines(text, length).replaceAll(CONTROL, '') }
}

/** What follows the last line break counts as a line too, as upstream counts. */
function lastLines(text: string, count: number | null): string {
  if (count === null || count < 0) return text
  return count === 0 ? '' : text.split('\n').slice(-count).join('\n')
}

async function asking<T>(server: ServerRow, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (isNoSuchGuest(error)) throw errors.ServerNotReady({ id: server.id }, { cause: error })
    throw error
  }
}

/** Types the API knows, and what they are on a host. */
const HOST_TYPE: Record<string, string> = { novnc: 'novnc', 'spice-html5': 'spice-html5', serial: 'serial' }

async function open(ctx: ComputeContext, server: ServerRow, type: string, request: RouteRequest): Promise<string> {
  // No state is asked about: the guest of a server in ERROR may well run, and its console tell why.
  if (server.host === null) throw errors.ServerNotReady({ id: server.id })
  const hostType = HOST_TYPE[type]
  if (hostType === undefined) throw errors.ConsoleTypeUnavailable({ type })
  const host = await requireHost(ctx, server)
  const console = await asking(server, async () => await agentOf(ctx, host).console({ serverId: server.id, type: hostType })).catch((error: unknown) => {
    if (error instanceof RemoteError && error.kind === 'ConsoleTypeUnavailable') throw errors.ConsoleTypeUnavailable({ type }, { cause: error })
    throw error
  })
  const base = ctx.config.consoleUrl ?? `${request.baseUrl.slice(0, -'/v2.1'.length)}/console`
  const { url } = await mintConsoleToken(ctx, server.id, type, console, (token) => addressOf(base, type, token))
  return url
}

/** As noVNC and the serial proxy expect them: the token inside the path of the web socket. */
function addressOf(base: string, type: string, token: string): string {
  if (type === 'serial') return `${base.replace(/^http/, 'ws')}/?token=${token}`
  return `${base}/${type === 'novnc' ? 'vnc_lite' : 'spice_auto'}.html?path=${encodeURIComponent(`?token=${token}`)}`
}

function older(name: string, types: string[]) {
  const handler: ActionHandler<{ type: string }> = async (ctx, server, body, request) => ({ console: { type: body.type, url: await open(ctx, server, body.type, request) } })
  const body = wrapped(name, closed({ type: Type.Unsafe<string>({ type: 'string', enum: types }) }))
  return action(name, handler, { rule: 'os_compute_api:os-remote-consoles', versions: '2.1-2.5', status: 200, body })
}

export const consoleActions = [
  action('os-getConsoleOutput', consoleOutput, { rule: 'os_compute_api:os-console-output', status: 200, body: outputBody }),
  older('os-getVNCConsole', ['novnc', 'xvpvnc']), older('os-getSPICEConsole', ['spice-html5']), older('os-getRDPConsole', ['rdp-html5']), older('os-getSerialConsole', ['serial']),
]

const Protocol = Type.Unsafe<string>({ type: 'string', enum: ['vnc', 'spice', 'rdp', 'serial', 'mks'] })
const ConsoleKind = Type.Unsafe<string>({ type: 'string', enum: ['novnc', 'xvpvnc', 'rdp-html5', 'spice-html5', 'serial', 'webmks'] })

export const remoteConsoleVersions = shapeVersions({
  request: wrapped('remote_console', closed({ protocol: Protocol, type: ConsoleKind })),
  deltas: [since('2.8', { olderSchema: (schema) => {
    const { protocol, type } = ((schema['properties'] as Record<string, { properties: Record<string, { enum: string[] }> }>)['remote_console']!).properties
    protocol!.enum = protocol!.enum.filter((word) => word !== 'mks')
    type!.enum = type!.enum.filter((word) => word !== 'webmks')
    return schema
  } })],
})

const TYPES_OF: Record<string, string[]> = { vnc: ['novnc', 'xvpvnc'], spice: ['spice-html5'], rdp: ['rdp-html5'], serial: ['serial'], mks: ['webmks'] }

export async function createRemoteConsole(ctx: ComputeContext, request: RouteRequest<{ remote_console: { protocol: string; type: string } }>): Promise<object> {
  const server = await findServer(ctx, request.params['id']!, 'os_compute_api:os-remote-consoles')
  const { protocol, type } = request.body.remote_console
  if (TYPES_OF[protocol]?.includes(type) !== true) throw errors.BadRequest({ message: `Invalid console type ${type}` })
  return { remote_console: { protocol, type, url: await open(ctx, server, type, request as unknown as RouteRequest) } }
}

export async function showConsoleToken(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const token = request.params['token']!
  const found = await consoleOfToken(ctx, token)
  if (found === undefined) throw errors.NotFound({ message: 'Token not found' })
  return reply({ body: { console: { instance_uuid: found.serverId, host: found.console.host, port: found.console.port, internal_access_path: found.console.socketPath ?? null } } })
}
