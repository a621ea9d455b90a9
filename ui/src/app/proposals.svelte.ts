/** Incidents that policies propose: one key opens the newest, another click puts it away. */
import { client } from '~/ipc/client';
import { changed } from '~/ipc/live';
import { Act } from '~/shared/act.svelte';
import { frame } from './frame.svelte';
import { go } from './routes.svelte';

/** Taking or putting away; its failure is shown beside the proposal. */
export const proposing = new Act();

/** Opens the incident that is proposed; the newest proposal when none is named. */
export async function takeProposal(id = frame.data?.proposals[0]?.id): Promise<void> {
  if (id === undefined) return;
  await proposing.run(async () => go('incident', (await client.proposalTake(id)).id));
  changed(['frame', 'incidents', 'inbox']);
}

export async function dropProposal(id: string): Promise<void> {
  await proposing.run(() => client.proposalDrop(id));
  changed(['frame', 'inbox']);
}
