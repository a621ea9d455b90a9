/** What stands on the made-up desk beside the room: shifts, hours, what is caught, pictures, and giving out. */
import { Fault, type Captured, type Client, type Settings } from '../client';
import { Hours } from './hours';
import type { Incidents } from './incidents';
import { handoverNote, OnCall } from './oncall';
import type { Mode } from './world';

type Part = Pick<
  Client,
  | 'incidentExport'
  | 'incidentWrite'
  | 'captureLine'
  | 'captureClipboard'
  | 'captureScreenshot'
  | 'captureUndo'
  | 'pictureAdd'
  | 'picture'
  | 'entryStar'
  | 'drillScore'
  | 'hours'
  | 'hoursAdd'
  | 'hoursStart'
  | 'hoursStop'
  | 'hoursShare'
  | 'hoursRemove'
  | 'onCall'
  | 'calendarAdd'
  | 'calendarRemove'
  | 'calendarsRead'
  | 'handover'
>;

export class Desk {
  captured: Captured | null = null;
  #shifts: OnCall;
  #worked: Hours;
  #pictures = new Map<string, string>();
  #incidents: Incidents;
  #emit: (...topics: string[]) => void;

  constructor(mode: Mode, incidents: Incidents, emit: (...topics: string[]) => void) {
    this.#shifts = new OnCall(mode);
    this.#worked = new Hours(mode);
    this.#incidents = incidents;
    this.#emit = emit;
  }

  held(settings: Settings): string | null {
    return settings.only_on_call ? this.#shifts.held() : null;
  }

  client(answer: <T>(make: () => T) => Promise<T>, settings: () => Settings): Part {
    return {
      incidentExport: (id, format) =>
        answer(() => ({ format, name: `incident.${format}`, text: this.#incidents.get(id).title })),
      incidentWrite: (_id, format, folder) => answer(() => `${folder}/incident.${format}`),
      captureLine: (text) => answer(() => this.#caught(text)),
      captureClipboard: () => answer(() => this.#caught('from the clipboard')),
      captureScreenshot: () =>
        answer(() => {
          throw new Fault(
            'invalid',
            'no program takes screenshots here; install gnome-screenshot, spectacle, maim, or grim with slurp, or copy a picture and paste it',
          );
        }),
      captureUndo: () =>
        answer(() => {
          const last = this.captured;
          this.captured = null;
          this.#emit('frame', 'incidents');
          return this.#incidents.amend(last?.incident ?? '', last?.entry ?? '', () => ({
            struck: 'taken back',
          }));
        }),
      pictureAdd: (id, base64, text) =>
        answer(() => {
          this.#pictures.set(`hash-${this.#pictures.size}`, base64);
          const after = this.#incidents.change(id, {}, 'attached', text ? `a picture: ${text}` : 'a picture');
          const entry = after.entries.at(-1)?.id ?? '';
          return this.#incidents.amend(id, entry, () => ({ picture: `hash-${this.#pictures.size - 1}` }));
        }),
      picture: (hash) =>
        answer(() => {
          const base64 = this.#pictures.get(hash);
          return base64 === undefined ? null : { mime: 'image/png', base64 };
        }),
      entryStar: (id, entry, starred) => answer(() => this.#incidents.amend(id, entry, () => ({ starred }))),
      drillScore: () =>
        answer(() => ({
          notified_at: new Date().toISOString(),
          pace: 60,
          acknowledged_s: 38,
          declared_s: 71,
          updated_s: null,
        })),
      hours: (id) => answer(() => this.#worked.view(id)),
      hoursAdd: (id, form) => answer(() => this.#worked.add(id, form)),
      hoursStart: (id) => answer(() => this.#worked.start(id)),
      hoursStop: (id) => answer(() => this.#worked.stop(id)),
      hoursShare: (id, row) => answer(() => this.#worked.share(id, row)),
      hoursRemove: (id, row) => answer(() => this.#worked.remove(id, row)),
      onCall: () =>
        answer(() => ({ ...this.#shifts.view, held: settings().only_on_call ? this.#shifts.held() : null })),
      calendarAdd: (form) => answer(() => this.#shifts.add(form)),
      calendarRemove: (name) => answer(() => this.#shifts.remove(name)),
      calendarsRead: () => answer(() => this.#shifts.view),
      handover: () => answer(handoverNote),
    };
  }

  #caught(text: string): Captured {
    const into = this.#incidents.open()[0];
    if (!into)
      throw new Fault(
        'invalid',
        'no incident is open; declare one first, then what is caught goes into its timeline',
      );
    const after = this.#incidents.change(into.id, {}, 'note', text);
    this.captured = { incident: into.id, title: into.title, entry: after.entries.at(-1)?.id ?? '' };
    this.#emit('frame', 'incidents');
    return this.captured;
  }
}
