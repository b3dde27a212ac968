/**
 * An API resource as a table of attributes: who may set each and when, what it defaults to, how it is coerced and
 * checked, whether it filters, sorts or is asked about by policy. The generic handlers read nothing else, so a
 * resource is its table plus the SQL and the rules that are really its own. Upstream's model of it:
 * https://docs.openstack.org/neutron-lib/zed/contributor/api_attributes.html
 */
import type { ApiError } from '#core/errors/errors.ts'
import type { Kysely, SelectQueryBuilder } from '#core/db/database.ts'
import type { NetworkContext } from '../context.ts'
import type { NetworkTables } from '../database.ts'

/** A default that leaves the attribute out of what the command gets: "may be absent, and absent means something". */
export const UNSET = Symbol('unset')

/** Coerces a value; throws the refusal itself. */
export type Converter = (value: unknown) => unknown
/** Answers why a value does not fit, or undefined when it does. */
export type Validator = (value: unknown) => string | undefined

export interface Attribute {
  /** May be given when creating. */
  post?: boolean
  /** May be given when updating. */
  put?: boolean
  /** An attribute that may be given when creating and has no default must be given. */
  default?: unknown
  convert?: Converter
  validate?: Validator
  /** Never shown: it only steers a request. */
  hidden?: boolean
  /** Setting it asks `<action>_<resource>:<attribute>`; `keys` asks for each key of the value too, `items` for each key of its items. */
  enforce?: boolean | 'keys' | 'items'
  filter?: boolean
  sort?: boolean
  /** Column it filters and sorts by, where that has another name. */
  column?: string
}

export type AttributeTable = Record<string, Attribute>

/** What a request asks to set, coerced and checked. */
export type Item = Record<string, unknown>
/** What a client sees. */
export type View = Record<string, unknown>

export interface BaseRow { id: string; project_id: string }

export type LooseTables = Record<string, Record<string, unknown>>
export type LooseDb = Kysely<LooseTables>
/** A select of which only the WHERE is still open. */
export type Rows = SelectQueryBuilder<LooseTables, string, Record<string, unknown>>

/** `fields` of a request; undefined asks for all. Views may leave out what nobody asked for. */
export type Fields = ReadonlySet<string> | undefined

export interface Resource<Row extends BaseRow = BaseRow> {
  /** As in bodies and rule names: `security_group`. */
  name: string
  collection: string
  table: keyof NetworkTables
  attributes: AttributeTable
  /** True for what has no revision (agents, RBAC policies). */
  unrevised?: boolean
  /** Name of its quota; absent has none. */
  quota?: string
  notFound(id: string): ApiError
  /** Narrows a select to what the caller may know of; not called for those who see all. */
  scope(ctx: NetworkContext, rows: Rows): Rows
  /** Filters that are no plain column. */
  filters?: Record<string, (ctx: NetworkContext, rows: Rows, values: unknown[]) => Rows>
  views(ctx: NetworkContext, rows: Row[], fields?: Fields): Promise<View[]>
  /** What rules ask besides the item's own attributes: `network:tenant_id`. */
  policyTarget?(ctx: NetworkContext, item: Item): Promise<Record<string, unknown>>
  /** Runs before a list is read or an item is created (the default security group of a project). */
  prepare?(ctx: NetworkContext, projectId: string): Promise<void>
  /** Checks that come before permission (a port on somebody else's network). */
  beforeCreate?(ctx: NetworkContext, item: Item): Promise<void>
  create?(ctx: NetworkContext, item: Item): Promise<Row>
  /** Checks across all items of a bulk create, once each is allowed. */
  checkBulk?(ctx: NetworkContext, items: Item[]): void
  /** Checks of an update's item that need the configuration. */
  beforeUpdate?(ctx: NetworkContext, item: Item): void
  update?(ctx: NetworkContext, id: string, item: Item): Promise<void>
  delete?(ctx: NetworkContext, id: string): Promise<void>
}

export function loose(ctx: { db: unknown }): LooseDb {
  return ctx.db as LooseDb
}
