import { describe, expect, it } from 'vitest'
import { foldPath } from './project-path.ts'

describe('paths of compute', () => {
  it('may carry the project, and the older version', () => {
    const project = '0123456789abcdef0123456789abcdef'
    expect(['/v2.1/servers', `/v2.1/${project}/servers`, `/v2/${project}/servers/7/action`, '/v2/os-keypairs', '/'].map(foldPath)).toEqual(['/v2.1/servers', '/v2.1/servers', '/v2.1/servers/7/action', '/v2.1/os-keypairs', '/'])
  })

  it('end without a slash, but for the version document', () => {
    expect(['/v2.1/', '/v2/', '/v2.1'].map(foldPath)).toEqual(['/v2.1/', '/v2/', '/v2.1'])
    expect(['/v2.1/servers/', '/v2.1/images/', '/v2.1/0123456789abcdef0123456789abcdef/os-simple-tenant-usage/'].map(foldPath)).toEqual(['/-', '/-', '/-'])
  })
})
