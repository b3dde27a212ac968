/** Rules about aggregates. */
import { forAdmin } from '../policy-kinds.ts'

const ONE = '/os-aggregates/{aggregate_id}'

export const aggregatePolicies = [
  forAdmin('os-aggregates:index', 'See all aggregates.', 'GET /os-aggregates'),
  forAdmin('os-aggregates:create', 'Make an aggregate.', 'POST /os-aggregates'),
  forAdmin('os-aggregates:show', 'See one aggregate.', `GET ${ONE}`),
  forAdmin('os-aggregates:update', 'Rename an aggregate or change its zone.', `PUT ${ONE}`),
  forAdmin('os-aggregates:delete', 'Remove an aggregate.', `DELETE ${ONE}`),
  forAdmin('os-aggregates:add_host', 'Put a host into an aggregate.', `POST ${ONE}/action (add_host)`),
  forAdmin('os-aggregates:remove_host', 'Take a host out of an aggregate.', `POST ${ONE}/action (remove_host)`),
  forAdmin('compute:aggregates:images', 'Have images fetched to the hosts of an aggregate ahead of time.', `POST ${ONE}/images`),
  forAdmin('os-aggregates:set_metadata', 'Change the properties of an aggregate.', `POST ${ONE}/action (set_metadata)`),
]
