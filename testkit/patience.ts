/**
 * How long a test waits for what must come. It ends what hangs and nothing else: what takes a second here takes minutes
 * on a machine that is slow or does other things, and is not wrong for it.
 */
export const PATIENCE_MS = 300_000
