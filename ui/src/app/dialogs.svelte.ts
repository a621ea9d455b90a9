/** Which dialog of the frame is open. One at a time. */
import { untrack } from 'svelte';

interface Declare {
  /** SLOs chosen beforehand: where the person came from. */
  sloIds: string[];
  title: string;
}

/** Where a new follow-up comes from. */
export interface NewFollowUp {
  incident?: string;
  /** Entry of the timeline. */
  entry?: string;
  /** Block of the postmortem. */
  passage?: string;
  /** What the entry or the block says. */
  quote?: string;
  title?: string;
}

class Dialogs {
  palette = $state(false);
  help = $state(false);
  capture = $state(false);
  declare = $state.raw<Declare | null>(null);
  followUp = $state.raw<NewFollowUp | null>(null);
}

export const dialogs = new Dialogs();

export function openCapture(): void {
  dialogs.palette = false;
  dialogs.help = false;
  dialogs.capture = true;
}

export function openDeclare(sloIds: string[], title = ''): void {
  dialogs.palette = false;
  dialogs.help = false;
  dialogs.declare = { sloIds, title };
}

export function openFollowUp(from: NewFollowUp): void {
  dialogs.palette = false;
  dialogs.help = false;
  dialogs.followUp = from;
}

/** The focus of a page that comes. A dialog over it keeps its own: it would get it back, but not to the field it was in. */
export function arriveAt(field: HTMLElement | null | undefined): void {
  const covered = untrack(() => dialogs.capture || dialogs.declare !== null || dialogs.followUp !== null);
  if (!covered) field?.focus();
}
