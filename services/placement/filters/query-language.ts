/**
 * The small language of placement's queries:
 *
 *     resources=VCPU:2,MEMORY_MB:512        amounts by class
 *     required=A,!B    required=in:C,D      has A and not B; has C or D
 *     member_of=<uuid>  in:<uuid>,<uuid>  !<uuid>  !in:<uuid>,<uuid>      is (is not) in one of the aggregates
 *     in_tree=<uuid>                        belongs to the tree of this provider
 */
import { isUuidLike } from '#core/ids/ids.ts'
import { errors } from '../errors.ts'
import type { QueryRules } from './query-language.versions.ts'

/** The value that counts when a key stands several times in a query: the last. */
export function lastValue(query: URLSearchParams, key: string): string | undefined {
  return query.getAll(key).at(-1)
}

const RESOURCES_FORM = 'Badly formed resources parameter. Expected resources query string parameter in form: ?resources=VCPU:2,MEMORY_MB:1024. Got:'

export function parseResources(text: string): Map<string, number> {
  if (text.trim() === '') throw bad(`${RESOURCES_FORM} empty string.`)
  const amounts = new Map<string, number>()
  for (const item of text.split(',')) {
    const [name, amount, ...rest] = item.split(':') as [string, string?, ...string[]]
    if (amount === undefined || rest.length > 0) throw bad(`${RESOURCES_FORM} ${item}.`)
    amounts.set(name, parseAmount(name, amount))
  }
  return amounts
}

function parseAmount(name: string, text: string): number {
  if (!/^\s*[+-]?\d+\s*$/.test(text)) throw bad(`Requested resource ${name} expected positive integer amount. Got: ${text}.`)
  const amount = Number(text)
  if (amount < 1) throw bad(`Requested resource ${name} requires amount >= 1. Got: ${amount}.`)
  return amount
}

export interface TraitTerms { required: string[][]; forbidden: string[] }

/** All values of one `required` key. Before any-traits only the last one counts. */
export function parseTraits(values: string[], rules: QueryRules): TraitTerms {
  const terms: TraitTerms = { required: [], forbidden: [] }
  for (const value of rules.anyTraits ? values : values.slice(-1)) {
    const parsed = value.startsWith('in:') ? parseAnyTraits(value, rules.anyTraits) : parseAllTraits(value, rules.forbiddenTraits)
    terms.required.push(...parsed.required)
    terms.forbidden.push(...parsed.forbidden)
  }
  return terms
}

function parseAnyTraits(value: string, understood: boolean): TraitTerms {
  const problem = (text: string): Error => bad(`Invalid query string parameters: ${text}`)
  if (!understood) throw problem(`The format 'in:HW_CPU_X86_VMX,CUSTOM_MAGIC' only supported since microversion 1.39. Got: ${value}`)
  const traits = names(value.slice('in:'.length))
  if (traits.includes('')) {
    throw problem(`Expected 'required' parameter value of the form: in:HW_CPU_X86_VMX,CUSTOM_MAGIC. Got an empty trait in: ${value}`)
  }
  if (traits.some((t) => t.startsWith('!'))) {
    throw problem(`The format 'in:HW_CPU_X86_VMX,CUSTOM_MAGIC' does not support forbidden traits. Got: ${value}`)
  }
  return { required: [traits], forbidden: [] }
}

/** Several `!` count as one: upstream never refused them, so clients may send them. */
export function parseAllTraits(value: string, forbiddenUnderstood: boolean): TraitTerms {
  const all = names(value)
  const forbidden = all.filter((t) => t.startsWith('!')).map((t) => t.replace(/^!+/, ''))
  const problem = (form: string, rest: string): Error => bad(`Invalid query string parameters: Expected 'required' parameter value of the form: ${form}. ${rest}: ${value}`)
  if (all.includes('') || forbidden.includes('')) throw problem(forbiddenUnderstood ? 'HW_CPU_X86_VMX,!CUSTOM_MAGIC' : 'HW_CPU_X86_VMX,CUSTOM_MAGIC', 'Got an empty trait in')
  if (forbidden.length > 0 && !forbiddenUnderstood) throw problem('HW_CPU_X86_VMX,CUSTOM_MAGIC', 'Got')
  return { required: all.filter((t) => !t.startsWith('!')).map((t) => [t]), forbidden }
}

/** Each name once, in order. */
function names(text: string): string[] {
  return [...new Set(text.split(',').map((name) => name.trim()))]
}

export interface AggregateTerms { memberOf: string[][]; forbiddenAggregates: string[] }

/** All values of one `member_of` key; `key` is named in refusals. */
export function parseMemberOf(values: string[], key: string, rules: QueryRules): AggregateTerms {
  if (values.length > 1 && !rules.repeatedMemberOf) throw bad(`Multiple ${key} parameters are not supported`)
  const terms: AggregateTerms = { memberOf: [], forbiddenAggregates: [] }
  for (const value of values) {
    const { negated, aggregates } = parseAggregates(value)
    if (!negated) {
      terms.memberOf.push(aggregates)
      continue
    }
    if (!rules.forbiddenAggregates) throw bad(`Forbidden ${key} parameters are not supported in the specified microversion`)
    terms.forbiddenAggregates.push(...aggregates)
  }
  return terms
}

function parseAggregates(value: string): { negated: boolean; aggregates: string[] } {
  const [, not, several, list] = /^(!?)(in:)?(.*)$/s.exec(value) as unknown as [string, string, string | undefined, string]
  if (several === undefined && value.includes(',')) {
    throw bad(`Multiple values for 'member_of' must be prefixed with the 'in:' or '!in:' keyword using the valid microversion. Got: ${value}`)
  }
  const aggregates = several === undefined ? [list] : list.split(',')
  const wrong = aggregates.find((a) => !isUuidLike(a))
  if (wrong !== undefined) throw bad(`Invalid query string parameters: Expected 'member_of' parameter to contain valid UUID(s). Got: ${wrong}`)
  return { negated: not === '!', aggregates }
}

export function parseInTree(value: string): string {
  const uuid = value.trim()
  if (!isUuidLike(uuid)) throw bad(`Invalid query string parameters: Expected 'in_tree' parameter to be a format of uuid. Got: ${value}`)
  return uuid
}

function bad(message: string): Error {
  return errors.BadRequest({ message })
}
