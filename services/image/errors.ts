/** Every refusal the image service gives. Messages are upstream's: clients print and match them. */
import { defineErrors } from '#core/errors/errors.ts'

interface Counted { attempted: number; maximum: number }

function overLimit(what: string): (p: Counted) => string {
  return (p) => `The limit has been exceeded on the number of allowed image ${what}. Attempted: ${p.attempted}, Maximum: ${p.maximum}`
}

export const errors = defineErrors({
  Invalid: [400, (p: { message: string }) => p.message],
  NoMatch: [400, (p: { schema: string; reason: string }) => `Provided object does not match schema '${p.schema}': ${p.reason}`],
  MalformedJson: [400, () => 'Malformed JSON in request body.'],
  BodyExpected: [400, () => 'Body expected in request.'],
  Negative: [400, (p: { value: number; param: string }) => `Invalid value '${p.value}' for parameter '${p.param}': Cannot be a negative value`],
  OutOfRange: [400, (p: { name: string; maximum: number }) => `'${p.name}' value out of range, must not exceed ${p.maximum}.`],
  NotAllowed: [403, (p: { message: string }) => p.message],
  NotOwner: [403, () => 'You do not own this image'],
  Forbidden: [403, (p: { action: string }) => `You are not authorized to complete ${p.action} action.`],
  ReadOnly: [403, (p: { name: string }) => `Attribute '${p.name}' is read-only.`],
  Reserved: [403, (p: { name: string }) => `Attribute '${p.name}' is reserved.`],
  Protected: [403, (p: { id: string }) => `Image ${p.id} is protected and cannot be deleted.`],
  NotFound: [404, () => 'The resource could not be found.'],
  ImageNotFound: [404, (p: { id: string }) => `No image found with ID ${p.id}`],
  ImageToDeleteNotFound: [404, (p: { id: string }) => `Failed to find image ${p.id} to delete`],
  ImageNotFoundShort: [404, (p: { id: string }) => `Image ${p.id} not found.`],
  Missing: [404, (p: { message: string }) => p.message],
  DefinitionNotFound: [404, (p: { name: string }) => `Metadata definition namespace=${p.name} was not found.`],
  NamespaceNotFound: [404, (p: { name: string }) => `Namespace ${p.name} not found`],
  MetadefNotFound: [404, (p: { kind: string; name: string; namespace: string }) => `The metadata definition ${p.kind} with name=${p.name} was not found in namespace=${p.namespace}.`],
  Conflict: [409, (p: { message: string }) => p.message],
  NamespaceTaken: [409, (p: { name: string }) => `The metadata definition namespace=${p.name} already exists.`],
  MetadefTaken: [409, (p: { kind: string; name: string; namespace: string }) => `A metadata definition ${p.kind} with name=${p.name} already exists in namespace=${p.namespace}.`],
  AssociationTaken: [409, (p: { name: string; namespace: string }) => `The metadata definition resource-type association of resource-type=${p.name} to namespace=${p.namespace} already exists.`],
  IdTaken: [409, (p: { id: string }) => `Image ID ${p.id} already exists!`],
  Transition: [409, (p: { from: string; to: string }) => `Image status transition from ${p.from} to ${p.to} is not allowed`],
  Gone: [410, (p: { id: string }) => `Image ${p.id} could not be found after upload. The image may have been deleted during the upload, cleaning up the chunks uploaded.`],
  TooManyProperties: [413, overLimit('properties')],
  TooManyTags: [413, overLimit('tags')],
  TooMany: [413, (p: { message: string }) => p.message],
  TooLarge: [413, () => 'The incoming image is too large: The provided image is too large.'],
  StorageFull: [413, (p: { reason: string }) => `Image storage media is full: ${p.reason}`],
  OverQuota: [413, (p: { size: number; remaining: number }) =>
    `Image exceeds the storage quota: The size of the data ${p.size} will exceed the limit. ${p.remaining} bytes remaining.`],
  ContentType: [415, (p: { type: string }) => `The request media type ${p.type} is not supported by this server.`],
  BadData: [415, (p: { reason: string }) => `Image data was refused: ${p.reason}`],
  BadRange: [416, (p: { message: string }) => p.message],
  UploadBroken: [400, (p: { reason: string }) => `The upload was cut off: ${p.reason}`],
  StorageFailed: [503, (p: { reason: string }) => `The image store could not take the data: ${p.reason}`],
})
