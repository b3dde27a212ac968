/** Every refusal of identity, in upstream's words: clients read them. Codes are upstream's exception classes. */
import { defineErrors } from '#core/errors/errors.ts'

const MALFORMED = 'The server could not comply with the request since it is either malformed or otherwise incorrect. The client is assumed to be in error.'

export const errors = defineErrors({
  ValidationError: [400, (p: { attribute: string; target: string }) => `Expecting to find ${p.attribute} in ${p.target}. ${MALFORMED}`],
  InvalidRequest: [400, (p: { message: string }) => p.message],
  SchemaValidationError: [400, (p: { detail: string }) => p.detail],
  URLValidationError: [400, (p: { url: string }) => `Cannot create an endpoint with an invalid URL: ${p.url}.`],
  ValidationTimeStampError: [400, () => `Timestamp not in expected format. ${MALFORMED}`],
  ValidationExpirationError: [400, () => `The 'expires_at' must not be before now. ${MALFORMED}`],
  InvalidOperatorError: [400, (p: { operator: string }) => `The given operator ${p.operator} is not valid. It must be one of the following: 'eq', 'neq', 'lt', 'lte', 'gt', or 'gte'.`],
  StringLengthExceeded: [400, (p: { string: string; type: string; length: number }) => `String length exceeded. The length of string '${p.string}' exceeds the limit of column ${p.type}(CHAR(${p.length})).`],
  AmbiguityError: [400, (p: { resource: string; name: string }) => `There are multiple ${p.resource} entities named '${p.name}'. Please use ID instead of names to resolve the ambiguity.`],
  ApplicationCredentialValidationError: [400, (p: { detail: string }) => `Invalid application credential: ${p.detail}`],
  CircularRegionHierarchyError: [400, (p: { id: string }) => `The specified parent region ${p.id} would create a circular region hierarchy.`],
  DomainIdInvalid: [400, () => 'Domain ID does not conform to required UUID format.'],
  PasswordValidationError: [400, (p: { detail: string }) => `Password validation error: ${p.detail}.`],
  PasswordRequirementsValidationError: [400, (p: { detail: string }) => `The password does not match the requirements: ${p.detail}.`],
  PasswordHistoryValidationError: [400, (p: { count: number }) => `The new password cannot be identical to a previous password. The total number which includes the new password must be unique is ${p.count}.`],
  PasswordAgeValidationError: [400, (p: { minAgeDays: number; daysLeft: number }) => `You cannot change your password at this time due to the minimum password age. Once you change your password, it must be used for ${p.minAgeDays} day(s) before it can be changed. Please try again in ${p.daysLeft} day(s) or contact your administrator to reset your password.`],
  PasswordSelfServiceDisabled: [400, () => 'You cannot change your password at this time due to password policy disallowing password changes. Please contact your administrator to reset your password.'],

  Unauthorized: [401, () => 'The request you have made requires authentication.'],
  InsufficientAuthMethods: [401, (p: { userId: string; methods: string[] }) => `Insufficient auth methods received for ${p.userId}. Auth Methods Provided: [${p.methods.join(',')}].`],
  PasswordExpired: [401, (p: { userId: string }) => `The password is expired and needs to be changed for user: ${p.userId}.`],
  UserDisabled: [401, (p: { userId: string }) => `The account is disabled for user: ${p.userId}.`],
  AuthMethodNotSupported: [401, () => 'Attempted to authenticate with an unsupported method.'],
  ApplicationCredentialAuthError: [401, (p: { detail: string }) => `Error authenticating with application credential: ${p.detail}`],

  Forbidden: [403, () => 'You are not authorized to perform the requested action.'],
  ForbiddenAction: [403, (p: { action: string }) => `You are not authorized to perform the requested action: ${p.action}.`],
  NotAllowed: [403, (p: { message: string }) => p.message],
  PasswordVerificationError: [403, (p: { size: number }) => `The password length must be less than or equal to ${p.size}. The server could not comply with the request because the password is invalid.`],
  RegionDeletionError: [403, (p: { id: string }) => `Unable to delete region ${p.id} because it or its child regions have associated endpoints.`],
  ApplicationCredentialLimitExceeded: [403, (p: { limit: number }) => `Unable to create additional application credentials, maximum of ${p.limit} already exceeded for user.`],
  CredentialLimitExceeded: [403, (p: { limit: number }) => `Unable to create additional credentials, maximum of ${p.limit} already exceeded for user.`],
  InvalidImpliedRole: [403, (p: { id: string }) => `${p.id} cannot be an implied roles.`],
  DomainSpecificRoleMismatch: [403, (p: { projectId: string; roleId: string }) => `Project ${p.projectId} must be in the same domain as the role ${p.roleId} being assigned.`],
  InvalidDomainConfig: [403, (p: { reason: string }) => `Invalid domain specific configuration: ${p.reason}.`],
  TrustUseLimitReached: [403, (p: { id: string }) => `No remaining uses for trust: ${p.id}.`],
  ResourceUpdateForbidden: [403, (p: { type: string; id: string }) => `Unable to update immutable ${p.type} resource: \`${p.id}. Set resource option "immutable" to false first.`],
  ResourceDeleteForbidden: [403, (p: { type: string; id: string }) => `Unable to delete immutable ${p.type} resource: \`${p.id}. Set resource option "immutable" to false first.`],

  NotFound: [404, (p: { target: string }) => `Could not find: ${p.target}.`],
  EntityNotFound: [404, (p: { message: string }) => p.message],
  EndpointNotFound: [404, (p: { id: string }) => `Could not find endpoint: ${p.id}.`],
  PolicyNotFound: [404, (p: { id: string }) => `Could not find policy: ${p.id}.`],
  PolicyAssociationNotFound: [404, () => 'Could not find policy association.'],
  RoleNotFound: [404, (p: { id: string }) => `Could not find role: ${p.id}.`],
  ImpliedRoleNotFound: [404, (p: { prior: string; implied: string }) => `${p.prior} does not imply ${p.implied}.`],
  RoleAssignmentNotFound: [404, (p: { roleId: string; actorId: string; targetId: string }) => `Could not find role assignment with role: ${p.roleId}, user or group: ${p.actorId}, project, domain, or system: ${p.targetId}.`],
  RegionNotFound: [404, (p: { id: string }) => `Could not find region: ${p.id}.`],
  ServiceNotFound: [404, (p: { id: string }) => `Could not find service: ${p.id}.`],
  DomainNotFound: [404, (p: { id: string }) => `Could not find domain: ${p.id}.`],
  ProjectNotFound: [404, (p: { id: string }) => `Could not find project: ${p.id}.`],
  ProjectTagNotFound: [404, (p: { tag: string }) => `Could not find project tag: ${p.tag}.`],
  TokenNotFound: [404, (p: { id: string }) => `Could not find token: ${p.id}.`],
  UserNotFound: [404, (p: { id: string }) => `Could not find user: ${p.id}.`],
  GroupNotFound: [404, (p: { id: string }) => `Could not find group: ${p.id}.`],
  TrustNotFound: [404, (p: { id: string }) => `Could not find trust: ${p.id}.`],
  CredentialNotFound: [404, (p: { id: string }) => `Could not find credential: ${p.id}.`],
  EndpointGroupNotFound: [404, (p: { id: string }) => `Could not find Endpoint Group: ${p.id}.`],
  DomainConfigNotFound: [404, (p: { what: string; domainId: string }) => `Could not find ${p.what} in domain configuration for domain ${p.domainId}.`],
  ApplicationCredentialNotFound: [404, (p: { id: string }) => `Could not find Application Credential: ${p.id}.`],
  AccessRuleNotFound: [404, (p: { id: string }) => `Could not find Access Rule: ${p.id}.`],

  Conflict: [409, (p: { type: string; details: string }) => `Conflict occurred attempting to store ${p.type} - ${p.details}.`],
  Gone: [410, () => 'The service you have requested is no longer available on this server.'],
})

/** The words of a taken name, as the database layer of upstream says them. */
export function duplicate(type: string, name: string, domainId?: string | null, field = 'name') {
  return errors.Conflict({ type, details: `Duplicate entry found with ${field} ${name}${domainId === undefined || domainId === null ? '' : ` at domain ID ${domainId}`}` })
}
