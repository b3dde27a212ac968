/** What the schema of a login cannot say: a user, project or domain must be named by id or name, and every method must bring its part. */
import { errors } from '../errors.ts'
import { checkInput } from '../wire/input.ts'
import { AuthRequest } from './auth-request.schema.ts'

const SUPPORTED = ['password', 'token', 'oauth1', 'application_credential', 'totp']

export function checkRequest(auth: unknown): AuthRequest {
  if (auth === undefined || auth === null) throw errors.ValidationError({ attribute: 'auth', target: 'request body' })
  const request = checkInput(AuthRequest, auth)
  const user = request.identity.password?.user
  named(user, 'identity/password/user')
  named(user?.domain, 'identity/password/user/domain')
  if (typeof request.scope === 'object') {
    named(request.scope.project, 'scope/project')
    named(request.scope.project?.domain, 'scope/project/domain')
    named(request.scope.domain, 'scope/domain')
  }
  for (const method of request.identity.methods) {
    if (!(method in request.identity)) throw errors.ValidationError({ attribute: method, target: 'identity' })
  }
  for (const method of request.identity.methods) {
    if (!SUPPORTED.includes(method)) throw errors.AuthMethodNotSupported({}, { extra: { identity: { methods: SUPPORTED } } })
  }
  return request
}

function named(value: { id?: string; name?: string } | undefined, field: string): void {
  if (value !== undefined && value.id === undefined && value.name === undefined) {
    throw errors.SchemaValidationError({ detail: `Invalid input for field ${field}: id or name must be present.` })
  }
}
