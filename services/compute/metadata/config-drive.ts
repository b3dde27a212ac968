/** The files of a config drive (label config-2): the same tree the metadata service serves, written down once. */
import type { ComputeContext } from '../context.ts'
import type { SpecExtras } from '../servers/server-spec.ts'
import type { ServerRow } from '../servers/server.row.ts'
import { guestFacts } from './guest-facts.ts'
import { ec2Document } from './ec2-tree.ts'
import { contentName, openstackFiles, OPENSTACK_VERSIONS } from './openstack-tree.ts'

export async function configDriveFiles(ctx: ComputeContext, row: ServerRow, extras: SpecExtras): Promise<{ path: string; contentBase64: string }[]> {
  const facts = await guestFacts(ctx, row, extras)
  const files: { path: string; content: string | Buffer }[] = []
  for (const version of [...OPENSTACK_VERSIONS, 'latest']) {
    for (const [name, content] of openstackFiles(facts, version)) files.push({ path: `openstack/${version}/${name}`, content })
  }
  for (const [at, file] of facts.files.entries()) files.push({ path: `openstack/content/${contentName(at)}`, content: Buffer.from(file.contents, 'base64') })
  for (const version of ['2009-04-04', 'latest']) {
    files.push({ path: `ec2/${version}/meta-data.json`, content: JSON.stringify(ec2Document(facts)) })
    if (facts.userData !== null) files.push({ path: `ec2/${version}/user-data`, content: facts.userData })
  }
  return files.map(({ path, content }) => ({ path, contentBase64: Buffer.from(content).toString('base64') }))
}
