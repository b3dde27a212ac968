/** Checking, keeping, changing and removing a domain's options. */
import { inTransaction } from '#core/db/database.ts'
import { flag, fromJson, toJson } from '#core/db/json.ts'
import type { IdentityContext } from '../context.ts'
import { sealBlob } from '../credentials/credential-blob.ts'
import { errors } from '../errors.ts'
import type { Json } from '../wire/input.ts'
import { deleteOptions, listOptions, putOption, type OptionsWanted } from './domain-config.store.ts'
import { isGroup, isOption, isSensitive } from './options.ts'

type Config = Record<string, Json>

export function requireKnown(group?: string, option?: string): void {
  if (group !== undefined && !isGroup(group)) throw errors.InvalidDomainConfig({ reason: `Group ${group} is not supported for domain specific configurations` })
  if (group !== undefined && option !== undefined && !isOption(group, option)) {
    throw errors.InvalidDomainConfig({ reason: `Option ${option} in group ${group} is not supported for domain specific configurations` })
  }
}

function isJsonObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function requireConfig(config: unknown): Config {
  if (!isJsonObject(config) || Object.keys(config).length === 0) throw errors.InvalidDomainConfig({ reason: 'No options specified' })
  for (const [group, options] of Object.entries(config)) {
    requireKnown(group)
    if (!isJsonObject(options) || Object.keys(options).length === 0) {
      throw errors.InvalidDomainConfig({ reason: `The value of group ${group} specified in the config should be a dictionary of options` })
    }
    for (const option of Object.keys(options)) requireKnown(group, option)
  }
  return config as Config
}

/** What is kept and may be shown, by group. */
export async function shownConfig(ctx: IdentityContext, where: OptionsWanted): Promise<Config> {
  const config: Config = {}
  for (const row of await listOptions(ctx, where)) {
    if (row.sensitive === 0) (config[row.group_name] ??= {})[row.option_name] = fromJson<unknown>(row.value, null)
  }
  return config
}

function notKept({ domainId, group, option }: OptionsWanted) {
  const what = option !== undefined ? `option ${option} in group ${String(group)}` : group !== undefined ? `group ${group}` : 'any options'
  return errors.DomainConfigNotFound({ what, domainId })
}

/** The config, a group of it, or one option, as the API nests each. */
export async function readConfig(ctx: IdentityContext, where: OptionsWanted): Promise<Json> {
  requireKnown(where.group, where.option)
  const config = await shownConfig(ctx, where)
  if (Object.keys(config).length === 0) throw notKept(where)
  return where.option === undefined ? config : config[where.group!]!
}

/** The whole config anew; answers whether there was one before. */
export async function replaceConfig(ctx: IdentityContext, domainId: string, given: unknown): Promise<boolean> {
  const config = requireConfig(given)
  return await inTransaction(ctx, async (ctx) => {
    const before = (await listOptions(ctx, { domainId })).length > 0
    await deleteOptions(ctx, { domainId })
    await keep(ctx, domainId, config)
    return before
  })
}

/** Merges; a group or option named in the path must be kept already, and be all there is in the body. */
export async function mergeConfig(ctx: IdentityContext, where: OptionsWanted, given: unknown): Promise<void> {
  const { domainId, group, option } = where
  const config = requireConfig(group !== undefined && option !== undefined && isJsonObject(given) ? { [group]: given } : given)
  requireKnown(group, option)
  if (group !== undefined) requireOnly(config, group, option)
  await inTransaction(ctx, async (ctx) => {
    if (group !== undefined && (await listOptions(ctx, where)).length === 0) throw notKept(where)
    await keep(ctx, domainId, config)
  })
}

function requireOnly(config: Config, group: string, option: string | undefined): void {
  const groups = Object.keys(config)
  const options = Object.keys(config[group] ?? {})
  if (groups.length !== 1 || (option !== undefined && groups[0] === group && options.length !== 1)) {
    const what = option === undefined ? `group ${group}, so that, and only that, group` : `option ${option} in group ${group}, so that, and only that, option`
    throw errors.InvalidDomainConfig({ reason: `Trying to update ${what} must be specified  in the config` })
  }
  if (groups[0] !== group) throw errors.InvalidDomainConfig({ reason: `request to update group ${group}, but config provided contains group ${String(groups[0])} instead` })
  if (option !== undefined && options[0] !== option) {
    throw errors.InvalidDomainConfig({ reason: `Trying to update option ${option} in group ${group}, but config provided contains option ${String(options[0])} instead` })
  }
}

async function keep(ctx: IdentityContext, domainId: string, config: Config): Promise<void> {
  for (const [group, options] of Object.entries(config)) {
    for (const [option, value] of Object.entries(options)) {
      const sensitive = isSensitive(group, option)
      await putOption(ctx, { domain_id: domainId, group_name: group, option_name: option, sensitive: flag(sensitive), value: sensitive ? sealBlob(ctx, toJson(value)) : toJson(value) })
    }
  }
}

export async function removeConfig(ctx: IdentityContext, where: OptionsWanted): Promise<void> {
  requireKnown(where.group, where.option)
  await inTransaction(ctx, async (ctx) => {
    if (where.group !== undefined && (await listOptions(ctx, where)).length === 0) throw notKept(where)
    await deleteOptions(ctx, where)
  })
}
