/** A program of the distribution that something here needs. Lists of them stand beside what needs them; `cloud/host-packages` installs. */
export interface HostPackage {
  /** Name in Debian 12. */
  name: string
  /** What it is for, as the rest of the sentence "<name>: …". */
  reason: string
}
