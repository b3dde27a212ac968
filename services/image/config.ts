/** Options of the image service. Limits and import rules carry upstream's defaults. */
import { defineConfig, option } from '#core/config/config.ts'
import { Type } from '#core/schema/schema.ts'

const Names = Type.Array(Type.String())

export const imageConfig = defineConfig({
  propertyQuota: option(Type.Integer(), 128, 'Custom properties an image may have; negative is unlimited.'),
  tagQuota: option(Type.Integer(), 128, 'Tags an image may have; negative is unlimited.'),
  memberQuota: option(Type.Integer(), 128, 'Projects an image may be shared with; negative is unlimited.'),
  sizeCapBytes: option(Type.Integer({ minimum: 1 }), 1_099_511_627_776, 'The largest image that may be uploaded.'),
  projectStorageQuotaBytes: option(Type.Integer({ minimum: 0 }), 0, 'Bytes of images a project may store; 0 is unlimited.'),
  pageDefault: option(Type.Integer({ minimum: 1 }), 25, 'Images in a page when the client asks for no limit.'),
  pageMax: option(Type.Integer({ minimum: 1 }), 1000, 'The most images in one page.'),
  importMethods: option(Names, ['glance-direct', 'web-download'], 'Import methods on offer: glance-direct, web-download.'),
  importAllowedSchemes: option(Names, ['http', 'https'], 'Schemes web-download may fetch from.'),
  importAllowedPorts: option(Type.Array(Type.Integer()), [80, 443], 'Ports web-download may fetch from; empty allows all.'),
  importAllowedHosts: option(Names, [], 'When not empty, the only hosts web-download may fetch from, loopback among them.'),
  importDisallowedHosts: option(Names, [], 'Hosts and addresses web-download must not fetch from.'),
  requireFormatMatch: option(Type.Boolean(), true, 'Refuses data in a bare container that is not what disk_format says. Data that could read files of a host is refused either way.'),
})
