/** Made-up hours: what is added, timed and shared adds up as in the real core. */
import { Fault, type HoursForm, type HoursRow, type HoursView } from '../client';
import type { Mode } from './world';

export class Hours {
  #rows = new Map<string, HoursRow[]>();
  #count = 0;
  #mode: Mode;

  constructor(mode: Mode) {
    this.#mode = mode;
  }

  view(id: string): HoursView {
    const rows = this.#of(id);
    const sum = (some: HoursRow[], key: 'minutes' | 'night_minutes') =>
      some.reduce((total, row) => total + row[key], 0);
    const people = [...new Set(rows.map(({ person }) => person))].map((person) => {
      const own = rows.filter((row) => row.person === person);
      return { person, minutes: sum(own, 'minutes'), night_minutes: sum(own, 'night_minutes') };
    });
    return {
      rows: [...rows],
      people: people.sort((a, b) => b.minutes - a.minutes),
      minutes: sum(rows, 'minutes'),
      night_minutes: sum(rows, 'night_minutes'),
      private_minutes: sum(
        rows.filter((row) => row.private),
        'minutes',
      ),
    };
  }

  add(id: string, form: HoursForm): HoursView {
    const hours = /^(?:(\d+)h)?(?:(\d+)m)?$/.exec(form.length.trim());
    const minutes = Number(hours?.[1] ?? 0) * 60 + Number(hours?.[2] ?? 0);
    if (!minutes)
      throw new Fault(
        'invalid',
        `\`${form.length}\` is no length of work; write it as 1h30m, 90m or 1.5, at most 48 h`,
        null,
        'length',
      );
    this.#of(id).push(this.#row(form.person || 'me', minutes, 0, !form.share, form.note));
    return this.view(id);
  }

  start(id: string): HoursView {
    this.#of(id).push({ ...this.#row('me', 0, 0, true, ''), running: true });
    return this.view(id);
  }

  stop(id: string): HoursView {
    const rows = this.#of(id).map((row) => (row.running ? { ...row, running: false, minutes: 1 } : row));
    this.#rows.set(id, rows);
    return this.view(id);
  }

  share(id: string, row: string): HoursView {
    const rows = this.#of(id).map((one) => (one.id === row ? { ...one, private: false } : one));
    this.#rows.set(id, rows);
    return this.view(id);
  }

  remove(id: string, row: string): HoursView {
    this.#rows.set(
      id,
      this.#of(id).filter((one) => one.id !== row),
    );
    return this.view(id);
  }

  #of(id: string): HoursRow[] {
    const begun =
      this.#mode === 'story'
        ? [
            this.#row('Jane Doe', 1440, 300, false, 'queries'),
            this.#row('me', 95, 60, true, 'reading traces'),
          ]
        : [];
    if (!this.#rows.has(id)) this.#rows.set(id, begun);
    return this.#rows.get(id) ?? [];
  }

  #row(person: string, minutes: number, night: number, own: boolean, note: string): HoursRow {
    this.#count += 1;
    return {
      id: `h${this.#count}`,
      person,
      from: new Date(Date.now() - minutes * 60_000).toISOString(),
      minutes,
      night_minutes: night,
      note,
      private: own,
      running: false,
    };
  }
}
