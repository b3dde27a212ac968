/**
 * Values that stand for any, made from types. The types are read from the source as it is written: interfaces and
 * aliases of this repository, followed through imports, and the utility types stores use. One type has several
 * values: `least` leaves out what is optional and fills no list of an object, and the fuller ways take the members
 * of every union in turn.
 */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseSync, type ESTree } from 'rolldown/utils'
import { repositoryRoot } from '#cloud/repository.ts'

/** How full a value is: the number says which member of a union it takes. */
export type Way = 'least' | number

/** A type that nothing can be made from: it is declared outside the repository, or says more than is read here. */
export class Unmade extends Error {}

type Type = ESTree.TSType
type TypeDeclaration = ESTree.TSInterfaceDeclaration | ESTree.TSTypeAliasDeclaration
export interface Parameter { name: string; type: Type | undefined; optional: boolean }
export interface SourceModule {
  path: string
  functions: Map<string, Parameter[]>
  types: Map<string, TypeDeclaration>
  constants: Map<string, ESTree.Expression>
  imports: Map<string, { name: string; from: string }>
}

/** A type where it is written, with what its parameters stand for there. */
interface Placed { type: Type; at: Place }
interface Place { module: SourceModule; bound: ReadonlyMap<string, Placed> }
interface Member { value: Placed | undefined; optional: boolean }
/** The parts of a `Partial` are a change: one of nothing is never asked for, so that the least is its first part. */
const CHANGES = new Set(['Partial', 'Updateable'])

/** Reads modules once, and remembers the widest union it met: so many ways a value can be made. */
export interface TypeReader { modules: Map<string, SourceModule>; width: number; known: Record<string, unknown> }

/** `known` are values for types by their names, where just any would not do. */
export function typeReader(known: Record<string, unknown>): TypeReader {
  return { modules: new Map(), width: 1, known }
}

export function readModule(reader: TypeReader, path: string): SourceModule {
  let module = reader.modules.get(path)
  if (module === undefined) reader.modules.set(path, module = parseModule(path))
  return module
}

/** A value for a parameter of a function of this module. */
export function madeUp(reader: TypeReader, module: SourceModule, parameter: Parameter, way: Way): unknown {
  if (parameter.optional && way === 'least') return undefined
  return parameter.type === undefined ? flagOf(reader, way) : valueOf(reader, { type: parameter.type, at: { module, bound: new Map() } }, way)
}

function parseModule(path: string): SourceModule {
  const module: SourceModule = { path, functions: new Map(), types: new Map(), constants: new Map(), imports: new Map() }
  for (const statement of parseSync(path, readFileSync(path, 'utf8')).program.body) {
    if (statement.type === 'ImportDeclaration') {
      for (const specifier of statement.specifiers) {
        if (specifier.type === 'ImportSpecifier' && specifier.imported.type === 'Identifier') module.imports.set(specifier.local.name, { name: specifier.imported.name, from: statement.source.value })
      }
    } else if (statement.type === 'ExportNamedDeclaration' && statement.declaration !== null) declare(module, statement.declaration, true)
    else declare(module, statement, false)
  }
  return module
}

function declare(module: SourceModule, declaration: ESTree.Statement | ESTree.Declaration, exported: boolean): void {
  if (declaration.type === 'TSInterfaceDeclaration' || declaration.type === 'TSTypeAliasDeclaration') module.types.set(declaration.id.name, declaration)
  else if (declaration.type === 'FunctionDeclaration' && exported && declaration.id !== null) module.functions.set(declaration.id.name, declaration.params.map(parameterOf))
  else if (declaration.type === 'VariableDeclaration') {
    for (const { id, init } of declaration.declarations) if (id.type === 'Identifier' && init !== null) module.constants.set(id.name, init)
  }
}

function parameterOf(node: ESTree.ParamPattern): Parameter {
  if (node.type === 'AssignmentPattern') return { name: 'name' in node.left ? String(node.left.name) : '', type: node.left.typeAnnotation?.typeAnnotation, optional: true }
  if (node.type === 'TSParameterProperty') throw new Unmade('a parameter property')
  return { name: node.type === 'Identifier' ? node.name : '', type: node.typeAnnotation?.typeAnnotation, optional: node.type === 'RestElement' || (node as { optional?: boolean }).optional === true }
}

function valueOf(reader: TypeReader, placed: Placed, way: Way): unknown {
  const { type, at } = placed
  switch (type.type) {
    case 'TSStringKeyword': case 'TSUnknownKeyword': return 'text'
    case 'TSNumberKeyword': return 10
    case 'TSBigIntKeyword': return 10n
    case 'TSBooleanKeyword': return flagOf(reader, way)
    case 'TSNullKeyword': return null
    case 'TSUndefinedKeyword': case 'TSVoidKeyword': return undefined
    case 'TSLiteralType': return 'value' in type.literal ? type.literal.value : 'text'
    case 'TSArrayType': return [valueOf(reader, { type: type.elementType, at }, way)]
    case 'TSTupleType': return type.elementTypes.map((element) => valueOf(reader, { type: element as Type, at }, way))
    case 'TSTypeOperator': return type.operator === 'keyof' ? pick(reader, [...membersOf(reader, { type: type.typeAnnotation, at }).keys()], way) : valueOf(reader, { type: type.typeAnnotation, at }, way)
    case 'TSFunctionType': return () => 'text'
    case 'TSUnionType': return unionValue(reader, type.types.map((member) => ({ type: member, at })), way)
    case 'TSIndexedAccessType': return indexed(reader, { type: type.objectType, at }, { type: type.indexType, at }, way)
    case 'TSTypeLiteral': case 'TSIntersectionType': return objectOf(reader, placed, way)
    case 'TSParenthesizedType': return valueOf(reader, { type: type.typeAnnotation, at }, way)
    case 'TSTypeReference': return referenced(reader, type, at, way)
    default: throw new Unmade(type.type)
  }
}

function flagOf(reader: TypeReader, way: Way): boolean {
  reader.width = Math.max(reader.width, 2)
  return way !== 'least' && way % 2 === 0
}

/** The member whose turn it is. */
function pick<T>(reader: TypeReader, members: readonly T[], way: Way): T {
  reader.width = Math.max(reader.width, members.length)
  return members[way === 'least' ? 0 : way % members.length]!
}

function unionValue(reader: TypeReader, members: readonly Placed[], way: Way): unknown {
  const isNothing = ({ type }: Placed): boolean => type.type === 'TSNullKeyword' || type.type === 'TSUndefinedKeyword'
  const nothing = members.find(isNothing)
  if (way === 'least' && nothing !== undefined) return valueOf(reader, nothing, way)
  return valueOf(reader, pick(reader, members.filter((member) => !isNothing(member)), way), way)
}

/** `T['name']`, and `(typeof LIST)[number]`. */
function indexed(reader: TypeReader, object: Placed, index: Placed, way: Way): unknown {
  if (index.type.type === 'TSNumberKeyword') return pick(reader, literalsOf(reader, object), way)
  const [name] = literalsOf(reader, index)
  const member = membersOf(reader, object).get(name ?? '')
  if (member?.value === undefined) throw new Unmade(`no ${name} in it`)
  return valueOf(reader, member.value, way)
}

function objectOf(reader: TypeReader, placed: Placed, way: Way): Record<string, unknown> {
  const object: Record<string, unknown> = {}
  const isChange = placed.type.type === 'TSTypeReference' && CHANGES.has(nameOf(placed.type))
  for (const [name, { value, optional }] of membersOf(reader, placed)) {
    if (optional && way === 'least' && !(isChange && Object.keys(object).length === 0)) continue
    object[name] = value === undefined ? () => undefined : way === 'least' && isList(value.type) ? [] : valueOf(reader, value, way)
  }
  return object
}

function isList(type: Type): boolean {
  return type.type === 'TSArrayType' || (type.type === 'TSTypeOperator' && type.operator === 'readonly')
}

function referenced(reader: TypeReader, type: ESTree.TSTypeReference, at: Place, way: Way): unknown {
  const name = nameOf(type)
  const known = reader.known[name]
  if (known !== undefined) return known
  const bound = at.bound.get(name)
  if (bound !== undefined) return valueOf(reader, bound, way)
  const given = (type.typeArguments?.params ?? []).map((parameter): Placed => ({ type: parameter, at }))
  const first = (): unknown => valueOf(reader, given[0]!, way)
  switch (name) {
    case 'Array': case 'ReadonlyArray': return [first()]
    case 'Iterable': case 'Set': case 'ReadonlySet': return new Set([first()])
    case 'Map': case 'ReadonlyMap': return new Map([[first(), valueOf(reader, given[1]!, way)]])
    case 'Record': return recordOf(reader, given[0]!, given[1]!, way)
    case 'ColumnType': case 'Generated': case 'NonNullable': return first()
    case 'Promise': return Promise.resolve(first())
    case 'Exclude': case 'Extract': return pick(reader, literalsOf(reader, { type, at }), way)
    default:
  }
  const declared = declarationOf(reader, name, at, given)
  return declared?.alias === undefined ? objectOf(reader, { type, at }, way) : valueOf(reader, declared.alias, way)
}

function recordOf(reader: TypeReader, keys: Placed, value: Placed, way: Way): Record<string, unknown> {
  const names = keys.type.type === 'TSStringKeyword' ? ['name'] : literalsOf(reader, keys)
  return Object.fromEntries(names.map((key) => [key, valueOf(reader, value, way)]))
}

function nameOf(type: ESTree.TSTypeReference): string {
  return type.typeName.type === 'Identifier' ? type.typeName.name : 'a qualified name'
}

interface Declared { alias?: Placed; members?: ESTree.TSInterfaceDeclaration; at: Place }

/** What a name stands for here: in this module, or where it is imported from. */
function declarationOf(reader: TypeReader, name: string, at: Place, given: readonly Placed[]): Declared | undefined {
  const declaration = at.module.types.get(name)
  if (declaration === undefined) {
    const imported = at.module.imports.get(name)
    const path = imported === undefined ? undefined : pathOf(imported.from, at.module.path)
    return path === undefined ? undefined : declarationOf(reader, imported!.name, { module: readModule(reader, path), bound: new Map() }, given)
  }
  const bound = new Map((declaration.typeParameters?.params ?? []).map((parameter, n): [string, Placed] => [parameter.name.name, given[n] ?? { type: parameter.default!, at }]))
  const inside = { module: at.module, bound }
  return declaration.type === 'TSTypeAliasDeclaration' ? { alias: { type: declaration.typeAnnotation, at: inside }, at: inside } : { members: declaration, at: inside }
}

function pathOf(specifier: string, from: string): string | undefined {
  if (specifier.startsWith('.')) return join(dirname(from), specifier)
  return specifier.startsWith('#') ? join(repositoryRoot, specifier.slice(1)) : undefined
}

/** Members of what is an object in the end. */
function membersOf(reader: TypeReader, { type, at }: Placed): Map<string, Member> {
  if (type.type === 'TSTypeLiteral') return signatures(type.members, at)
  if (type.type === 'TSIntersectionType') return new Map(type.types.flatMap((part) => [...membersOf(reader, { type: part, at })]))
  if (type.type !== 'TSTypeReference') throw new Unmade(type.type)
  const name = nameOf(type)
  const bound = at.bound.get(name)
  if (bound !== undefined) return membersOf(reader, bound)
  const given = (type.typeArguments?.params ?? []).map((parameter): Placed => ({ type: parameter, at }))
  const first = (): [string, Member][] => [...membersOf(reader, given[0]!)]
  const among = (wanted: boolean) => ([key]: [string, Member]): boolean => literalsOf(reader, given[1]!).includes(key) === wanted
  switch (name) {
    case 'Partial': case 'Updateable': return new Map(first().map(([key, member]) => [key, { ...member, optional: true }]))
    case 'Required': case 'Readonly': case 'Insertable': case 'Selectable': return new Map(first())
    case 'Pick': return new Map(first().filter(among(true)))
    case 'Omit': return new Map(first().filter(among(false)))
    default:
  }
  const declared = declarationOf(reader, name, at, given)
  if (declared === undefined) throw new Unmade(name)
  if (declared.alias !== undefined) return membersOf(reader, declared.alias)
  const above = declared.members!.extends.flatMap(({ expression, typeArguments }) => (expression.type !== 'Identifier' ? []
    : [...membersOf(reader, { type: { type: 'TSTypeReference', typeName: expression, typeArguments, start: 0, end: 0 } as ESTree.TSTypeReference, at: declared.at })]))
  return new Map([...above, ...signatures(declared.members!.body.body, declared.at)])
}

function signatures(members: readonly ESTree.TSSignature[], at: Place): Map<string, Member> {
  return new Map(members.flatMap((member): [string, Member][] => {
    if (member.type !== 'TSPropertySignature' && member.type !== 'TSMethodSignature') return []
    const key = member.key.type === 'Identifier' ? member.key.name : 'value' in member.key ? String(member.key.value) : ''
    const type = member.type === 'TSPropertySignature' ? member.typeAnnotation?.typeAnnotation : undefined
    return [[key, { value: type === undefined ? undefined : { type, at }, optional: member.optional }]]
  }))
}

/** The texts a union of literals, or a constant list, is made of. */
function literalsOf(reader: TypeReader, { type, at }: Placed): string[] {
  switch (type.type) {
    case 'TSLiteralType': return 'value' in type.literal ? [String(type.literal.value)] : []
    case 'TSUnionType': return type.types.flatMap((member) => literalsOf(reader, { type: member, at }))
    case 'TSParenthesizedType': return literalsOf(reader, { type: type.typeAnnotation, at })
    case 'TSTypeQuery': return type.exprName.type === 'Identifier' ? constantTexts(at.module.constants.get(type.exprName.name)) : []
    case 'TSIndexedAccessType': return literalsOf(reader, { type: type.objectType, at })
    case 'TSTypeReference': {
      const declared = declarationOf(reader, nameOf(type), at, [])
      if (declared?.alias !== undefined) return literalsOf(reader, declared.alias)
      throw new Unmade(nameOf(type))
    }
    default: throw new Unmade(type.type)
  }
}

function constantTexts(expression: ESTree.Expression | undefined): string[] {
  if (expression?.type === 'TSAsExpression' || expression?.type === 'TSSatisfiesExpression') return constantTexts(expression.expression)
  if (expression?.type !== 'ArrayExpression') return []
  return expression.elements.flatMap((element) => (element?.type === 'Literal' ? [String(element.value)] : []))
}
