/** The made-up schedule: two calendars, a swap over one of them, and a note. */
import { Fault, type CalendarForm, type HandoverNote, type OnCallView, type ShiftRow } from '../client';
import { NASTY, type Mode } from './world';

const HOUR = 3_600_000;

function row(person: string, calendar: string, from: number, hours: number, mine = false): ShiftRow {
  const begin = Math.floor(Date.now() / HOUR) * HOUR + from * HOUR;
  const iso = (ms: number) => new Date(ms).toISOString().slice(0, 19) + 'Z';
  return { person, calendar, level: 0, from: iso(begin), to: iso(begin + hours * HOUR), mine };
}

export class OnCall {
  view: OnCallView;

  constructor(mode: Mode) {
    const empty = mode === 'empty' || mode === 'loading';
    const name = mode === 'hostile' ? (NASTY[0] ?? '') : 'Jane Doe';
    const calendar = mode === 'hostile' ? (NASTY[2] ?? '') : 'settings-primary';
    this.view = {
      at: new Date().toISOString(),
      people: empty ? [] : [row(name, calendar, -30, 138)],
      coming: empty
        ? []
        : [
            row(mode === 'hostile' ? (NASTY[5] ?? '') : 'Kim Åström', 'settings-swaps', 20, 6),
            row('me', calendar, 108, 168, true),
            row(name, calendar, 276, 168),
          ],
      duty: empty ? 'unknown' : 'off',
      until: empty ? null : row('me', calendar, 108, 1).from,
      why: empty ? 'no calendar of shifts was added' : null,
      held: null,
      names: empty ? [] : ['me'],
      calendars: empty
        ? []
        : [
            {
              name: calendar,
              place: 'address: keyring',
              zone: 'Europe/Berlin',
              over: '',
              read_at: row('', '', -1, 1).from,
              error: null,
              shifts: 13,
              people: [name, 'me'],
              remarks: [],
            },
            {
              name: 'settings-swaps',
              place: '/srv/calendars/swaps.ics',
              zone: '',
              over: calendar,
              read_at: row('', '', -30, 1).from,
              error: '`/srv/calendars/swaps.ics` cannot be read: No such file or directory',
              shifts: 1,
              people: ['Kim Åström'],
              remarks: ['the zone `Team clock` is not known; its times are read as Europe/Berlin'],
            },
          ],
    };
  }

  held(): string | null {
    return this.view.duty === 'off' ? 'off shift: announcements held until Thu 09:00' : null;
  }

  add(form: CalendarForm): OnCallView {
    if (form.place.endsWith('.html'))
      throw new Fault(
        'invalid',
        'this is no iCalendar file: it does not begin with BEGIN:VCALENDAR; check the address, or sign in again',
      );
    const added = {
      name: form.name,
      place: form.place.includes('://') ? 'address: keyring' : form.place,
      zone: form.zone,
      over: form.over,
      read_at: new Date().toISOString(),
      error: null,
      shifts: 4,
      people: ['me'],
      remarks: [],
    };
    this.view = { ...this.view, calendars: [...this.view.calendars, added] };
    return this.view;
  }

  remove(name: string): OnCallView {
    this.view = { ...this.view, calendars: this.view.calendars.filter((one) => one.name !== name) };
    return this.view;
  }
}

export const handoverNote = (): HandoverNote => ({
  from: row('', '', -168, 1).from,
  to: row('', '', 0, 1).from,
  text: [
    'Hand-over: Mon 9 Mar 2026 09:00 +01:00 to Mon 16 Mar 2026 09:00 +01:00',
    'On call: me',
    'Now: Jane Doe',
    '',
    'Incidents (1)',
    '- SEV2 Customer settings is burning (mitigating), declared Tue 04:37, commander me; open streams: database (Kim)',
    '',
    'Not calm now (2)',
    '- First load of the settings page (production) is burning: 14× over 1 h and 5 min',
    '- Identity provider (production) is blind: no answer since 03:58',
    '',
    'Turned for the worse (3)',
    '- Tue 04:31 First load of the settings page burning at 14×',
    '',
    'Pages nobody acknowledged',
    'None.',
  ].join('\n'),
});
