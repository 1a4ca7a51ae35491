// A team as the list gives it.
import type { listTeams } from '../../../../src/contract/api-people.ts';
import type { Output } from '../../api/client.ts';

export type Team = Output<typeof listTeams>['items'][number];
