/**
 * Image bytes, as the host needs them. Others implement it (over HTTP with a service token, or from a store in the
 * same process); the agent sees two verbs. `download` writes the whole image or throws and may leave a part, which
 * the caller removes; `upload` fills an image that exists and is `queued`.
 */
export interface ImageTransfer {
  download(imageId: string, toPath: string): Promise<void>
  upload(imageId: string, fromPath: string, diskFormat: string): Promise<void>
}

/** What it takes to look into an image without fetching it. */
export interface ImageHead {
  /** The first bytes, fewer when the image has fewer. */
  head(imageId: string, bytes: number): Promise<Buffer>
}
