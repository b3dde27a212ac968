/**
 * Every refusal of placement, with the words its clients know. A third entry is the error code shown since 1.23;
 * the rest show `placement.undefined_code`.
 */
import { defineErrors } from '#core/errors/errors.ts'

const CONCURRENT = 'placement.concurrent_update'
const RETRY = 'Another thread concurrently updated the resource provider data. Please retry your update'

type Inventory = { resourceClass: string; provider: string }

export const errors = defineErrors({
  BadRequest: [400, (p: { message: string }) => p.message],
  BadQueryValue: [400, (p: { message: string }) => p.message, 'placement.query.bad_value'],
  MissingQueryValue: [400, (p: { message: string }) => p.message, 'placement.query.missing_value'],
  DuplicateQueryKey: [400, (p: { message: string }) => p.message, 'placement.query.duplicate_key'],
  BodyWithoutType: [400, () => 'content-type header required when content-length > 0'],
  WrongType: [415, (p: { type: string }) => `The media type ${p.type} is not supported, use application/json`],
  NoRoute: [404, () => ''],
  NoSuchVersion: [406, (p: { version: string }) => `Invalid microversion: Unacceptable version header: ${p.version}`],
  OnlyJson: [406, () => 'Only application/json is provided'],
  MethodNotAllowed: [405, () => 'The method specified is not allowed for this resource.'],
  NotAuthorized: [403, (p: { rule: string }) => `Policy does not allow ${p.rule} to be performed.`],

  ProviderNotFound: [404, (p: { uuid: string }) => `No resource provider with uuid ${p.uuid} found`],
  ProviderExists: [409, (p: { what: string }) => `Conflicting resource provider ${p.what} already exists.`, 'placement.duplicate_name'],
  ProviderNotCreated: [400, (p: { name: string; uuid: string; reason: string }) =>
    `Unable to create resource provider "${p.name}", ${p.uuid}: Object action create failed because: ${p.reason}`],
  ProviderNotSaved: [400, (p: { uuid: string; action: 'create' | 'update'; reason: string }) =>
    `Unable to save resource provider ${p.uuid}: Object action ${p.action} failed because: ${p.reason}`],
  ProviderInUse: [409, (p: { uuid: string }) =>
    `Unable to delete resource provider ${p.uuid}: Resource provider has allocations.`, 'placement.resource_provider.inuse'],
  ProviderIsParent: [409, (p: { uuid: string }) =>
    `Unable to delete parent resource provider ${p.uuid}: It has child resource providers.`, 'placement.resource_provider.cannot_delete_parent'],
  GenerationConflict: [409, () => 'resource provider generation conflict', CONCURRENT],
  GenerationChanged: [409, () => "Resource provider's generation already changed. Please update the generation and try again.", CONCURRENT],
  UpdateConflict: [409, () => `update conflict: ${RETRY}`, CONCURRENT],

  UnknownClass: [400, (p: { name: string }) => `Invalid resource class in resources parameter: No such resource class ${p.name}.`],
  UnknownTrait: [400, (p: { names: string }) => `No such trait(s): ${p.names}.`],
  UnknownRequiredTrait: [400, (p: { names: string }) => `Invalid trait(s) in "required" parameter: No such trait(s): ${p.names}.`],

  InventoryNotFound: [404, (p: Inventory) => `No inventory of class ${p.resourceClass} for ${p.provider}`],
  NoInventoryToDelete: [404, (p: { resourceClass: string; reason: string }) => `No inventory of class ${p.resourceClass} found for delete: ${p.reason}`],
  NoInventoryToUpdate: [400, (p: Inventory) =>
    `No inventory record with resource class for resource provider ${p.provider}: No inventory of class ${p.resourceClass} found.`],
  InventoryExists: [409, (p: Inventory) =>
    `Update conflict: inventory of class ${p.resourceClass} exists on resource provider ${p.provider}`, CONCURRENT],
  InventoryInUse: [409, (p: { words: string } & Inventory) =>
    `${p.words}Inventory for '${p.resourceClass}' on resource provider '${p.provider}' in use.`, 'placement.inventory.inuse'],
  InventoryInUseOnDelete: [409, (p: Inventory) =>
    `Unable to delete inventory of class ${p.resourceClass}: Inventory for '${p.resourceClass}' on resource provider '${p.provider}' in use.`, CONCURRENT],
  InventoryWithoutCapacity: [400, (p: { verb: 'create' | 'update'; relation: string } & Inventory) =>
    `Unable to ${p.verb} inventory for resource provider ${p.provider}: Invalid inventory for '${p.resourceClass}' on `
    + `resource provider '${p.provider}'. The reserved value is ${p.relation} total.`],
  InventoryOfUnknownClass: [400, (p: { words: string } & Inventory) => `${p.words} ${p.provider}: No such resource class ${p.resourceClass}.`],

  MalformedConsumer: [400, (p: { uuid: string }) => `Malformed consumer_uuid: ${p.uuid}`],
  ConsumerGenerationConflict: [409, (p: { expected: number | null; got: number | null }) => p.expected === null
    ? `consumer generation conflict - expected null but got ${p.got}`
    : `consumer generation conflict - expected ${p.expected} but got ${p.got ?? 'None'}`, CONCURRENT],
  AllocationToUnknownProvider: [400, (p: { uuid: string }) => `Allocation for resource provider '${p.uuid}' that does not exist.`],
  AllocationOfUnknownClass: [400, (p: { resourceClass: string; consumer?: string }) =>
    `Unable to allocate inventory${p.consumer === undefined ? '' : ` for consumer ${p.consumer}:`} No such resource class ${p.resourceClass}.`],
  AllocationWithoutInventory: [409, (p: Inventory) =>
    `Unable to allocate inventory: Inventory for '${p.resourceClass}' on resource provider '${p.provider}' invalid.`],
  AllocationTooLarge: [409, (p: Inventory) => `Unable to allocate inventory: Unable to create allocation for '${p.resourceClass}' on `
    + `resource provider '${p.provider}'. The requested amount would exceed the capacity.`],
  AllocationOutOfStep: [409, (p: Inventory) => `Unable to allocate inventory: Unable to create allocation for '${p.resourceClass}' on `
    + `resource provider '${p.provider}'. The requested amount would violate inventory constraints.`],
  AllocationRace: [409, () =>
    `Inventory and/or allocations changed while attempting to allocate: ${RETRY}`, CONCURRENT],
  NoAllocations: [404, (p: { consumer: string }) => `No allocations for consumer '${p.consumer}'`],

  ReshapedProviderNotFound: [400, (p: { uuid: string }) =>
    `Resource provider ${p.uuid} in inventories not found: No resource provider with uuid ${p.uuid} found`, 'placement.resource_provider.not_found'],
  ReshapeGenerationConflict: [409, (p: { uuid: string; actual: number; given: number }) =>
    `resource provider generation conflict for provider ${p.uuid}: actual: ${p.actual}, given: ${p.given}`, CONCURRENT],

  ClassNotFound: [404, (p: { name: string }) => `No such resource class ${p.name}.`],
  ClassExists: [409, (p: { name: string }) => `Conflicting resource class already exists: ${p.name}`],
  ClassNameTaken: [409, (p: { name: string }) => `Resource class already exists: ${p.name}`],
  ClassIsStandard: [400, (p: { name: string }) => `Error in delete resource class: Cannot delete standard resource class ${p.name}.`],
  ClassCannotChange: [400, (p: { name: string }) => `Cannot update standard resource class ${p.name}`],
  ClassInUse: [409, (p: { name: string }) =>
    `Error in delete resource class: Cannot delete resource class ${p.name}. Class is in use in inventory.`],

  TraitNotFound: [404, (p: { name: string }) => `No such trait(s): ${p.name}.`],
  TraitInvalid: [400, () => 'The trait is invalid. A valid trait must be no longer than 255 characters, start with the prefix '
    + '"CUSTOM_" and use following characters: "A"-"Z", "0"-"9" and "_"'],
  TraitIsStandard: [400, (p: { name: string }) => `Cannot delete standard trait ${p.name}.`],
  TraitInUse: [409, (p: { name: string }) => `The trait ${p.name} is in use by a resource provider.`],
  NoSuchTrait: [400, (p: { names: string }) => `No such trait ${p.names}`],
})
