/**
 * The versions of the API, one line per change. `*.versions.ts` next to each resource says how to translate.
 *
 *  1.0  providers, inventories, allocations, usages       1.20 creating a provider answers it
 *  1.1  aggregates of a provider                          1.21 `member_of` for candidates
 *  1.2  custom resource classes                           1.22 forbidden traits (`!`)
 *  1.3  `member_of` for providers                         1.23 error codes
 *  1.4  `resources` for providers                         1.24 `member_of` may repeat
 *  1.5  delete all inventories                            1.25 numbered request groups, `group_policy`
 *  1.6  traits                                            1.26 `reserved` may equal `total`
 *  1.7  PUT makes a resource class                        1.27 summaries show every class
 *  1.8  allocations say project and user                  1.28 generations of consumers
 *  1.9  usages of a project                               1.29 candidates from trees of providers
 *  1.10 allocation candidates                             1.30 reshaper
 *  1.11 link to allocations                               1.31 `in_tree` for candidates
 *  1.12 allocations keyed by provider                     1.32 forbidden aggregates
 *  1.13 allocations of many consumers                     1.33 group suffixes are words
 *  1.14 trees: parent, root, `in_tree`                    1.34 mappings of groups to providers
 *  1.15 Last-Modified and Cache-Control                   1.35 `root_required`
 *  1.16 `limit` for candidates                            1.36 `same_subtree`, groups without resources
 *  1.17 `required` for candidates, traits in summaries    1.37 re-parenting
 *  1.18 `required` for providers                          1.38 types of consumers
 *  1.19 generation guards aggregates                      1.39 any of several traits (`in:`)
 *
 * https://docs.openstack.org/placement/zed/placement-api-microversion-history.html
 */
import type { VersionRange } from '#core/versions/versions.ts'

export const microversions: VersionRange = { serviceType: 'placement', major: 1, min: 0, max: 39 }
