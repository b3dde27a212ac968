/** A signed EC2 or S3 request becomes a token of the credential's user on the credential's project. */
import { getApplicationCredential } from '../application-credentials/application-credential.store.ts'
import { issueToken } from '../authentication/issue-token.ts'
import { findEnabledProject, findEnabledUser } from '../authentication/find-subject.ts'
import type { IdentityContext } from '../context.ts'
import { openBlob } from '../credentials/credential-blob.ts'
import { getCredential } from '../credentials/credential.store.ts'
import { ec2CredentialId } from '../credentials/write-credential.ts'
import { errors } from '../errors.ts'
import type { Token } from '../tokens/build-token.ts'
import { pedigree } from '../trusts/effective-trust.ts'
import { parseTime } from '../wire/input.ts'
import type { SignedRequest } from './signatures.ts'

interface Blob { access?: string; secret?: string; trust_id?: string | null; app_cred_id?: string | null }

export async function exchangeSignature(ctx: IdentityContext, request: SignedRequest, isRight: (request: SignedRequest, secret: string) => boolean): Promise<Token> {
  if (typeof request.access !== 'string') throw errors.Unauthorized()
  const credential = await getCredential(ctx, ec2CredentialId(request.access))
  if (credential === undefined) throw errors.CredentialNotFound({ id: ec2CredentialId(request.access) })
  const blob = credential.type === 'ec2' ? (JSON.parse(openBlob(ctx, credential)) as Blob) : {}
  if (typeof blob.secret !== 'string' || !isRight(request, blob.secret)) throw errors.Unauthorized()
  requireFresh(ctx, request)
  const user = await findEnabledUser(ctx, { id: credential.user_id }, 'ec2')
  const project = await findEnabledProject(ctx, { id: credential.project_id ?? '' })
  if (user === undefined) throw errors.Unauthorized()
  const methods = ['ec2credential']
  if (blob.trust_id) {
    const [trust] = await pedigree(ctx, blob.trust_id)
    return await issueToken(ctx, { userId: trust!.trustee_user_id, methods }, { projectId: project.id, trustId: blob.trust_id })
  }
  const applicationCredential = blob.app_cred_id ? await getApplicationCredential(ctx, blob.app_cred_id) : undefined
  if (blob.app_cred_id && applicationCredential?.project_id !== project.id) throw errors.Unauthorized()
  return await issueToken(ctx, { userId: user.id, methods, applicationCredential }, { projectId: project.id })
}

/** A request signed too long ago is no longer believed. One without a time never is too old: its signer left it out. */
function requireFresh(ctx: IdentityContext, { params = {}, headers = {} }: SignedRequest): void {
  const text = params['Timestamp'] ?? headers['X-Amz-Date'] ?? params['X-Amz-Date']
  if (text === undefined) return
  const basic = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text)
  const at = parseTime(basic === null ? text : `${basic[1]}-${basic[2]}-${basic[3]}T${basic[4]}:${basic[5]}:${basic[6]}Z`)
  if (at === undefined || ctx.clock.now() > at + ctx.config.ec2AuthTtlMinutes * 60_000) throw errors.Unauthorized()
}
