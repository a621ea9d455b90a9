/** Which dialog of the frame is open. One at a time. */

interface Declare {
  /** SLOs chosen beforehand: where the person came from. */
  sloIds: string[];
  title: string;
}

class Dialogs {
  palette = $state(false);
  help = $state(false);
  capture = $state(false);
  declare = $state.raw<Declare | null>(null);
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
