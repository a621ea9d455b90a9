/**
 * One definition while it is written: what was typed, what is wrong with it, what history says. Each change is checked at
 * once, looked at a moment later, and kept as a draft, so that an accidental close loses nothing.
 */
import {
  client,
  faultOf,
  type Fault,
  type FieldFault,
  type SloEditor,
  type SloForm,
  type SloPreview,
} from '~/ipc/client';

const CHECK_MS = 150;
const LOOK_MS = 500;
const KEEP_MS = 800;

export class Editing {
  form = $state() as SloForm;
  preview = $state.raw<SloPreview | undefined>(undefined);
  lookFault = $state.raw<Fault | undefined>(undefined);
  saveFault = $state.raw<Fault | undefined>(undefined);
  looking = $state(false);
  saving = $state(false);
  hours = $state(24);
  /** It differs from what is saved. */
  changed = $state(false);
  /** Typed before, and never saved. */
  fromDraft = $state(false);
  #faults = $state.raw<FieldFault[]>([]);
  #touched = $state.raw<readonly string[]>([]);
  #tried = $state(false);
  #saved: string;
  #last: string;
  #figures = '';
  /** The figures the preview was read for. */
  #looked = '';
  #asked = 0;
  #timers: Record<string, ReturnType<typeof setTimeout>> = {};

  constructor(readonly start: SloEditor) {
    this.#saved = JSON.stringify(start.form);
    this.form = structuredClone(start.draft ?? start.form);
    this.fromDraft = start.draft !== null;
    this.changed = this.fromDraft;
    this.#last = '';
  }

  /** The fault of a field, once the person was there or tried to save. */
  fault = (field: string): string => {
    if (!this.#tried && !this.#touched.includes(field)) return '';
    return this.#faults.find((one) => one.field === field)?.message ?? '';
  };

  /** Faults that belong to no field on screen. */
  get loose(): FieldFault[] {
    return this.#tried || this.preview?.charts === null
      ? this.#faults.filter(({ field }) => field === 'indicator' || field === '')
      : [];
  }

  get blocked(): boolean {
    return this.#faults.length > 0;
  }

  touch(field: string): void {
    if (field && !this.#touched.includes(field)) this.#touched = [...this.#touched, field];
  }

  /** Call whenever the form may have changed. */
  follow(): void {
    const now = JSON.stringify(this.form);
    if (now === this.#last) return;
    const first = this.#last === '';
    this.#last = now;
    this.changed = now !== this.#saved;
    this.#later('check', CHECK_MS, () => this.check());
    const figures = JSON.stringify([
      this.form.source,
      this.form.indicator,
      this.form.objective,
      this.form.window,
      this.form.method,
      this.form.empty,
      this.form.alerting,
    ]);
    if (figures !== this.#figures) {
      this.#figures = figures;
      this.#later('look', first ? 0 : LOOK_MS, () => this.look());
    }
    if (!first)
      this.#later('keep', KEEP_MS, () =>
        this.changed ? client.sloDraftKeep($state.snapshot(this.form)) : client.sloDraftDrop(this.form.id),
      );
  }

  /** What is wrong, without asking the source. */
  async check(): Promise<void> {
    const looked = await client.sloCheck($state.snapshot(this.form));
    const more = this.#fromHistory().filter(({ field }) => !looked.faults.some((one) => one.field === field));
    this.#faults = [...looked.faults, ...more];
    if (!this.preview?.charts && !this.looking)
      this.preview = { ...looked, faults: [...looked.faults, ...more] };
  }

  /** What history says. Only the answer to the newest question counts. */
  look = async (): Promise<void> => {
    const mine = ++this.#asked;
    const figures = this.#figures;
    this.looking = true;
    try {
      const preview = await client.sloPreview($state.snapshot(this.form), this.hours);
      if (mine !== this.#asked) return;
      this.preview = preview;
      this.#looked = figures;
      this.#faults = preview.faults;
      this.lookFault = undefined;
    } catch (thrown) {
      if (mine !== this.#asked) return;
      this.lookFault = faultOf(thrown);
    } finally {
      if (mine === this.#asked) this.looking = false;
    }
  };

  /** The id when it was saved; nothing while something is wrong, which then is shown at its field. */
  async save(): Promise<string | undefined> {
    if (this.saving) return undefined;
    this.#tried = true;
    this.saving = true;
    this.saveFault = undefined;
    try {
      // What is saved has been looked at: a form must not keep what cannot work.
      if (this.#figures !== this.#looked) await this.look();
      await this.check();
      if (this.#faults.length > 0) return undefined;
      const id = await client.sloSave($state.snapshot(this.form));
      this.leave();
      this.changed = false;
      return id;
    } catch (thrown) {
      const fault = faultOf(thrown);
      if (fault.field) this.#faults = [...this.#faults, { field: fault.field, message: fault.message }];
      else this.saveFault = fault;
      return undefined;
    } finally {
      this.saving = false;
    }
  }

  /** Throws away what was typed. */
  async discard(): Promise<void> {
    this.leave();
    this.form = structuredClone(this.start.form);
    this.fromDraft = false;
    await client.sloDraftDrop(this.form.id);
  }

  /** The screen goes: what was typed is kept at once. */
  leave(): void {
    for (const timer of Object.values(this.#timers)) clearTimeout(timer);
    if (this.changed && !this.saving) void client.sloDraftKeep($state.snapshot(this.form)).catch(() => {});
  }

  /** What only history shows, as long as what it was read for still stands. */
  #fromHistory(): FieldFault[] {
    const read = this.#figures === this.#looked;
    return read ? (this.preview?.faults ?? []).filter(({ field }) => field.startsWith('indicator')) : [];
  }

  #later(what: string, ms: number, run: () => Promise<unknown>): void {
    clearTimeout(this.#timers[what]);
    this.#timers[what] = setTimeout(() => void run().catch(() => {}), ms);
  }
}
