/** /v3/users/{user_id}/credentials/OS-EC2: pairs of access key and secret, in the words EC2 clients know. */
import { authorise } from '#core/http/context.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { IdentityContext } from '../context.ts'
import { refuseDelegated } from '../credentials/refuse-delegated.ts'
import { openBlob } from '../credentials/credential-blob.ts'
import { deleteCredential, getCredential, listCredentials } from '../credentials/credential.store.ts'
import { createCredential, ec2CredentialId } from '../credentials/write-credential.ts'
import type { CredentialRow } from '../database.ts'
import { errors } from '../errors.ts'
import { getProject } from '../projects/project.store.ts'
import { getUser } from '../users/user.store.ts'
import { collection, member } from '../wire/links.ts'

interface Ec2Blob { access?: string; secret?: string; trust_id?: string | null }

function pathOf(row: { user_id: unknown; access: unknown }): string {
  return `users/${String(row.user_id)}/credentials/OS-EC2/${String(row.access)}`
}

function ec2View(ctx: IdentityContext, row: CredentialRow) {
  const blob = JSON.parse(openBlob(ctx, row)) as Ec2Blob
  return { user_id: row.user_id, tenant_id: row.project_id, access: blob.access, secret: blob.secret, trust_id: blob.trust_id ?? null }
}

async function requireUser(ctx: IdentityContext, id: string): Promise<void> {
  if (await getUser(ctx, id) === undefined) throw errors.UserNotFound({ id })
}

export async function listEc2Credentials(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const userId = request.params['user_id']!
  authorise(ctx, 'identity:ec2_list_credentials', { user_id: userId, target: { credential: { user_id: userId } } })
  refuseDelegated(ctx)
  await requireUser(ctx, userId)
  const rows = await listCredentials(ctx, { userId, type: 'ec2' })
  return collection(request, 'credentials', rows.map((row) => ec2View(ctx, row)), pathOf)
}

export async function createEc2Credential(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const userId = request.params['user_id']!
  authorise(ctx, 'identity:ec2_create_credential', { user_id: userId, target: { credential: { user_id: userId } } })
  await requireUser(ctx, userId)
  const projectId = (request.body as { tenant_id?: unknown } | undefined)?.tenant_id
  if (typeof projectId !== 'string' || await getProject(ctx, projectId) === undefined) throw errors.ProjectNotFound({ id: String(projectId ?? 'None') })
  refuseDelegated(ctx)
  const blob = JSON.stringify({ access: ctx.ids.hex(), secret: ctx.ids.hex(), trust_id: null })
  const view = ec2View(ctx, await createCredential(ctx, { user_id: userId, project_id: projectId, type: 'ec2', blob }))
  return member(request, 'credential', pathOf(view), view)
}

async function requireEc2Credential(ctx: IdentityContext, rule: string, request: RouteRequest): Promise<CredentialRow> {
  const { user_id: userId, credential_id: access } = request.params as { user_id: string; credential_id: string }
  const row = await getCredential(ctx, ec2CredentialId(access))
  if (row === undefined) throw errors.CredentialNotFound({ id: ec2CredentialId(access) })
  authorise(ctx, rule, { user_id: userId, target: { credential: { user_id: row.user_id } } })
  await requireUser(ctx, userId)
  if (row.type !== 'ec2') throw errors.Unauthorized()
  refuseDelegated(ctx)
  return row
}

export async function showEc2Credential(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const view = ec2View(ctx, await requireEc2Credential(ctx, 'identity:ec2_get_credential', request))
  return member(request, 'credential', pathOf(view), view)
}

export async function deleteEc2Credential(ctx: IdentityContext, request: RouteRequest): Promise<void> {
  const row = await requireEc2Credential(ctx, 'identity:ec2_delete_credential', request)
  await deleteCredential(ctx, row.id)
}
