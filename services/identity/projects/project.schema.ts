/** Projects, domains and tags as clients send them; attributes that are not named here are kept as they come. */
import { Type } from '#core/schema/schema.ts'
import { Description, Flag, IdString, ImmutableOption, Nullable, ShortName } from '../wire/types.schema.ts'

export const Tag = Type.String({ minLength: 1, maxLength: 255, pattern: '^[^,/]*$' })
export const Tags = Type.Array(Tag, { maxItems: 80, uniqueItems: true })

const project = {
  description: Type.Optional(Nullable(Description)), domain_id: Type.Optional(Nullable(IdString)), enabled: Type.Optional(Flag), is_domain: Type.Optional(Flag),
  parent_id: Type.Optional(Nullable(IdString)), tags: Type.Optional(Tags), options: Type.Optional(ImmutableOption),
}
export const ProjectCreate = Type.Object({ ...project, name: ShortName })
export const ProjectUpdate = Type.Object({ ...project, name: Type.Optional(ShortName) }, { minProperties: 1 })

const domain = { description: Type.Optional(Nullable(Description)), enabled: Type.Optional(Flag), tags: Type.Optional(Tags), options: Type.Optional(ImmutableOption) }
export const DomainCreate = Type.Object({ ...domain, name: ShortName })
export const DomainUpdate = Type.Object({ ...domain, name: Type.Optional(ShortName) }, { minProperties: 1 })

export const PROJECT_ATTRIBUTES = ['name', 'description', 'domain_id', 'enabled', 'is_domain', 'parent_id', 'tags', 'options', 'parents', 'subtree']
export const DOMAIN_ATTRIBUTES = ['name', 'description', 'enabled', 'tags', 'options', 'explicit_domain_id', 'domain_id', 'parent_id', 'is_domain']
