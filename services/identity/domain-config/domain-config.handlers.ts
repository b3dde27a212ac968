/** /v3/domains/{domain_id}/config and /v3/domains/config: options kept for a domain, and what they are without. */
import { authorise } from '#core/http/context.ts'
import { reply, type Reply } from '#core/http/message.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { IdentityContext } from '../context.ts'
import { errors } from '../errors.ts'
import { getDomain } from '../projects/project.store.ts'
import type { OptionsWanted } from './domain-config.store.ts'
import { DEFAULTS, isSensitive } from './options.ts'
import { mergeConfig, readConfig, removeConfig, replaceConfig, requireKnown, shownConfig } from './write-domain-config.ts'

/** What users may read to learn how their passwords must look. */
const COMPLIANCE = 'security_compliance'

async function wanted(ctx: IdentityContext, request: RouteRequest): Promise<OptionsWanted> {
  const { domain_id: domainId, group, option } = request.params as { domain_id: string; group?: string; option?: string }
  if (await getDomain(ctx, domainId) === undefined) throw errors.DomainNotFound({ id: domainId })
  return { domainId, group, option }
}

function given(request: RouteRequest): unknown {
  return (request.body as { config?: unknown } | undefined)?.config ?? {}
}

export async function showConfig(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  if (request.params['group'] === COMPLIANCE) return { config: await compliance(ctx, request) }
  authorise(ctx, 'identity:get_domain_config')
  return { config: await readConfig(ctx, await wanted(ctx, request)) }
}

async function compliance(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  authorise(ctx, 'identity:get_security_compliance_domain_config')
  const { domainId, option } = await wanted(ctx, request)
  if (domainId !== 'default') throw errors.InvalidDomainConfig({ reason: 'Reading security compliance information for any domain other than the default domain is not allowed or supported.' })
  const values: Record<string, unknown> = { password_regex: ctx.config.passwordRegex, password_regex_description: ctx.config.passwordRegexDescription }
  if (option === undefined) return { [COMPLIANCE]: values }
  if (!Object.hasOwn(values, option)) throw errors.InvalidDomainConfig({ reason: 'Reading security compliance values other than password_regex and password_regex_description is not allowed.' })
  return { [option]: values[option] }
}

export async function createConfig(ctx: IdentityContext, request: RouteRequest): Promise<Reply> {
  authorise(ctx, 'identity:create_domain_config')
  const { domainId } = await wanted(ctx, request)
  const before = await replaceConfig(ctx, domainId, given(request))
  return reply({ status: before ? 200 : 201, body: { config: await shownConfig(ctx, { domainId }) } })
}

export async function updateConfig(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  authorise(ctx, 'identity:update_domain_config')
  const where = await wanted(ctx, request)
  await mergeConfig(ctx, where, given(request))
  return { config: await shownConfig(ctx, { domainId: where.domainId }) }
}

export async function deleteConfig(ctx: IdentityContext, request: RouteRequest): Promise<void> {
  await removeConfig(ctx, await wanted(ctx, request))
}

export function showDefaultConfig(ctx: IdentityContext, request: RouteRequest): object {
  authorise(ctx, 'identity:get_domain_config_default')
  const { group, option } = request.params as { group?: string; option?: string }
  requireKnown(group, option)
  if (group === undefined) return { config: DEFAULTS }
  if (option === undefined) return { config: { [group]: DEFAULTS[group] } }
  if (isSensitive(group, option)) throw errors.InvalidDomainConfig({ reason: `Reading the default for option ${option} in group ${group} is not supported` })
  return { config: { [option]: DEFAULTS[group]![option] } }
}
