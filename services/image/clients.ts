/** What the image service reaches besides its database: its files, and the uploads this process has in hand. */
import { ImageFiles } from './data/image-files.ts'
import { UploadLeases } from './data/upload-leases.ts'

export interface ImageClients { files: ImageFiles; uploads: UploadLeases }

export function imageClients(): ImageClients {
  return { files: new ImageFiles(), uploads: new UploadLeases() }
}
