/** Security groups and their rules as compute showed them until 2.35: network's, in an older shape. */
import { NeighbourError } from '#core/clients/neighbour.ts'
import { isIP } from 'node:net'
import { isUuidLike } from '#core/ids/ids.ts'
import { isCidr } from '#core/schema/formats.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { SecurityGroup } from '#services/network/contract.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { groupView, ruleView } from './security-group.view.ts'

type Body = Record<string, Record<string, unknown> | undefined>

/** Network's refusal in compute's dialect. */
async function passingOn<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof NeighbourError) || error.status >= 500) throw error
    const { message } = error
    if (error.code === 'OverQuota') throw errors.Forbidden({ message: 'Maximum number of security groups or rules exceeded' }, { cause: error })
    if (error.status === 404) throw errors.NotFound({ message }, { cause: error })
    throw errors.BadRequest({ message }, { cause: error })
  }
}

function idFrom(value: unknown): string {
  if (isUuidLike(value)) return value
  throw errors.BadRequest({ message: 'Security group id should be uuid' })
}

async function getGroup(ctx: ComputeContext, id: string): Promise<SecurityGroup> {
  const [group] = await ctx.clients.network.securityGroups.list(ctx, 'user', { id })
  if (group === undefined) throw errors.NotFound({ message: `Security group ${id} not found.` })
  return group
}

function part(body: Body | undefined, key: string): Record<string, unknown> {
  if (body === undefined || body === null || Object.keys(body).length === 0) throw errors.BadRequest({ message: "The request body can't be empty" })
  const value = body[key]
  if (value === undefined || value === null || typeof value !== 'object') throw errors.BadRequest({ message: `Missing parameter ${key}` })
  return value
}

function property(given: Record<string, unknown>, name: 'name' | 'description'): string {
  const value = given[name]
  if (typeof value !== 'string') throw errors.BadRequest({ message: `Security group ${name} is not a string or unicode` })
  if (value.trim() === '') throw errors.BadRequest({ message: `Security group ${name} cannot be empty.` })
  if (value.length > 255) throw errors.BadRequest({ message: `Security group ${name} should not be greater than 255 characters.` })
  return value
}

export async function listGroups(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const everybody = request.query.has('all_tenants') && ctx.policy.allows(ctx.identity, 'context_is_admin', {})
  const groups = await ctx.clients.network.securityGroups.list(ctx, 'user', everybody ? {} : { tenant_id: ctx.identity.project?.id })
  const known = new Map(groups.map((group) => [group.id, group]))
  const shown = groups.toSorted((a, b) => (a.project_id + a.name < b.project_id + b.name ? -1 : 1)).map((group) => groupView(group, known))
  const offset = Number(request.query.get('offset') ?? 0)
  const limit = Number(request.query.get('limit') ?? 0) || ctx.config.maxLimit
  return { security_groups: shown.slice(offset, offset + limit) }
}

export async function showGroup(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const group = await getGroup(ctx, idFrom(request.params['id']))
  return { security_group: groupView(group, await remoteGroups(ctx, group)) }
}

async function remoteGroups(ctx: ComputeContext, group: SecurityGroup): Promise<Map<string, SecurityGroup>> {
  const ids = [...new Set(group.security_group_rules.flatMap((rule) => (rule.remote_group_id === null ? [] : [rule.remote_group_id])))]
  const groups = ids.length === 0 ? [] : await ctx.clients.network.securityGroups.list(ctx, 'user', { id: ids })
  return new Map([group, ...groups].map((one) => [one.id, one]))
}

export async function createGroup(ctx: ComputeContext, request: RouteRequest<Body>): Promise<object> {
  const given = part(request.body, 'security_group')
  const fields = { name: property(given, 'name'), description: property(given, 'description') }
  const group = await passingOn(() => ctx.clients.network.securityGroups.create(ctx, 'user', fields))
  return { security_group: groupView({ ...group, security_group_rules: [] }, new Map()) }
}

export async function updateGroup(ctx: ComputeContext, request: RouteRequest<Body>): Promise<object> {
  const group = await getGroup(ctx, idFrom(request.params['id']))
  const given = part(request.body, 'security_group')
  const fields = { name: property(given, 'name'), description: property(given, 'description') }
  const changed = await passingOn(() => ctx.clients.network.securityGroups.update(ctx, 'user', group.id, fields))
  return { security_group: groupView(changed, await remoteGroups(ctx, changed)) }
}

export async function deleteGroup(ctx: ComputeContext, request: RouteRequest): Promise<void> {
  const group = await getGroup(ctx, idFrom(request.params['id']))
  await passingOn(() => ctx.clients.network.securityGroups.remove(ctx, 'user', group.id))
}

export async function createRule(ctx: ComputeContext, request: RouteRequest<Body>): Promise<object> {
  const given = part(request.body, 'security_group_rule')
  const parent = await getGroup(ctx, idFrom(given['parent_group_id']))
  const source = given['group_id'] === undefined || given['group_id'] === null ? undefined : await getGroup(ctx, idFrom(given['group_id']))
  const cidr = source === undefined ? cidrFrom(given['cidr']) : undefined
  const wanted = {
    security_group_id: parent.id, direction: 'ingress' as const, ethertype: cidr?.includes(':') === true ? 'IPv6' as const : 'IPv4' as const, ...protocolAndPorts(given, source !== undefined),
    remote_ip_prefix: cidr ?? null, remote_group_id: source?.id ?? null,
  }
  const rule = await passingOn(() => ctx.clients.network.securityGroupRules.create(ctx, 'user', wanted))
  return { security_group_rule: ruleView(rule, new Map(source === undefined ? [] : [[source.id, source]])) }
}

function cidrFrom(given: unknown): string {
  if (given === undefined || given === null || given === '') return '0.0.0.0/0'
  const text = String(given)
  const cidr = isIP(text) === 0 ? text : `${text}/${isIP(text) === 4 ? 32 : 128}`
  if (!isCidr(cidr)) throw errors.BadRequest({ message: `${text} is not a valid IP network.` })
  if (cidr.endsWith('/0') && !['0.0.0.0', '::'].includes(cidr.split('/')[0]!)) throw errors.BadRequest({ message: `Bad prefix for network in cidr ${cidr}` })
  return cidr
}

/** TCP and UDP have ports, ICMP type and code, where -1 is any. Only a rule for a group may leave them out. */
function protocolAndPorts(given: Record<string, unknown>, forGroup: boolean): { protocol: string | null; port_range_min: number | null; port_range_max: number | null } {
  const protocol = typeof given['ip_protocol'] === 'string' ? given['ip_protocol'].toLowerCase() : ''
  const [any, all] = protocol === 'icmp' ? [-1, -1] : [1, 65_535]
  const open = forGroup && ['tcp', 'udp', 'icmp'].includes(protocol) && (given['from_port'] ?? null) === null && (given['to_port'] ?? null) === null
  const [first, last] = open ? [any, all] : [given['from_port'] ?? null, given['to_port'] ?? null]
  if (protocol === '' || first === null || last === null) {
    if (forGroup) return { protocol: null, port_range_min: null, port_range_max: null }
    throw errors.BadRequest({ message: 'Not enough parameters to build a valid rule.' })
  }
  const [from, to] = [integerFrom(first, protocol), integerFrom(last, protocol)]
  const problem = portProblem(protocol, from, to)
  if (problem !== undefined) throw errors.BadRequest({ message: `Invalid port range ${from}:${to}. ${problem}` })
  return { protocol, port_range_min: from === -1 ? null : from, port_range_max: to === -1 ? null : to }
}

function integerFrom(value: unknown, protocol: string): number {
  if (/^-?\d+$/.test(String(value))) return Number(value)
  throw errors.BadRequest({ message: `Invalid input received: ${protocol === 'icmp' ? 'Type and Code must be integers for ICMP protocol type' : 'To and From ports must be integers'}` })
}

function portProblem(protocol: string, from: number, to: number): string | undefined {
  if (protocol === 'icmp') return Math.min(from, to) < -1 || Math.max(from, to) > 255 ? 'For ICMP, the type:code must be valid' : undefined
  if (protocol !== 'tcp' && protocol !== 'udp') throw errors.BadRequest({ message: `Invalid IP protocol ${protocol}.` })
  if (from > to) return 'Former value cannot be greater than the later'
  return from < 1 || to > 65_535 ? `Valid ${protocol.toUpperCase()} ports should be between 1-65535` : undefined
}

export async function deleteRule(ctx: ComputeContext, request: RouteRequest): Promise<void> {
  const id = idFrom(request.params['id'])
  await passingOn(() => ctx.clients.network.securityGroupRules.remove(ctx, 'user', id))
}
