/**
 * A made-up core for development, tests and pictures: the same interface as the real one, with state that follows
 * what is asked of it. Never in a production build (see `connect` in client.ts).
 */
import { Fault, type Client, type ExclusionRow, type Frame, type Signals, type SloRow } from './client';
import { dependenciesOf, servicesOf } from './fake/services';
import { alertPage, alertRows, alertSources, counted } from './fake/alerts';
import { adoptedOf, backtestOf, tighteningsOf } from './fake/backtest';
import { chartsOf } from './fake/charts';
import { Definitions } from './fake/definitions';
import { Desk } from './fake/desk';
import { detailOf } from './fake/detail';
import { commandOf } from './fake/command';
import { FollowUps } from './fake/followups';
import { searchCalls } from './fake/search';
import { Incidents } from './fake/incidents';
import { roomOf } from './fake/room';
import { postmortemsOf } from './fake/postmortems';
import { ledgerOf, pastExclusion, type Laid } from './fake/ledger';
import { Outbox } from './fake/outbox';
import { Relays } from './fake/relays';
import { Sources } from './fake/sources';
import { Trackers } from './fake/trackers';
import { doctorLines, inboxRows, policyRows, settingsRow } from './fake/places';
import {
  NASTY,
  NOW,
  hostileSlos,
  journeysOf,
  keyOf,
  manySlos,
  sorted,
  sparkOf,
  storySlos,
  type Mode,
} from './fake/world';

const WORDS: Record<string, Mode> = {
  '1000': 'many',
  empty: 'empty',
  hostile: 'hostile',
  error: 'error',
  loading: 'loading',
  storm: 'storm',
};

export interface Fake {
  client: Client;
  signals: Signals;
  /** What was asked to open, for tests. */
  opened: string[];
  emit(...topics: string[]): void;
  /** Others, for tests. */
  relays: Relays;
}

export function fakeCore(word = 'story'): Fake {
  const mode: Mode = WORDS[word] ?? 'story';
  const heard = new Set<(topics: string[]) => void>();
  const emit = (...topics: string[]) => heard.forEach((tell) => tell(topics));
  const incidents = new Incidents(mode);
  const followUps: FollowUps = new FollowUps(mode, incidents, (id) => trackers.corrected(id));
  const trackers = new Trackers(mode, followUps);
  const outbox = new Outbox(mode);
  const relays = new Relays(
    mode,
    incidents,
    word === 'together',
    async (id) => (await client.postmortemPull(id, 'AA==')).update,
  );
  const desk = new Desk(mode, incidents, emit);
  const acknowledged = new Set<string>();
  const snoozed = new Map<string, number>();
  const opened: string[] = [];
  const laid: Laid[] = [];
  let excluded: ExclusionRow[] = mode === 'story' ? [pastExclusion()] : [];
  let slos: SloRow[] =
    mode === 'many'
      ? manySlos()
      : mode === 'hostile'
        ? hostileSlos()
        : mode === 'empty' || mode === 'loading'
          ? []
          : storySlos();
  let inbox = inboxRows(mode);
  let settings = settingsRow();
  let policies = policyRows();
  let drill = false;
  let pausedUntil: number | null = null;
  let told = false;

  const alerts = alertRows(mode);
  const under = (key: string | null) => counted(alerts.filter((row) => row.journey_key === key));
  const withAlerts = (rows: SloRow[]) =>
    rows.map((row) => ({ ...row, alerts: alerts.filter((alert) => alert.slo_id === row.id).length }));

  const sources = new Sources(
    mode,
    () => slos,
    (rows) => (slos = [...slos, ...rows]),
  );
  const definitions = new Definitions(
    mode,
    () => slos,
    (row) => (slos = [...slos.filter(({ id }) => id !== row.id), row]),
  );
  const now = () => Date.now() / 1000;
  const answer = async <T>(make: () => T): Promise<T> => {
    if (mode === 'loading') return new Promise<never>(() => {});
    await new Promise((done) => setTimeout(done, 15));
    if (mode === 'error')
      throw new Fault(
        'internal',
        'The database does not answer: disk I/O error.',
        'Open Doctor; a backup from 3 h ago can be restored.',
      );
    return make();
  };
  const act = (make: () => unknown, ...topics: string[]): Promise<void> =>
    answer(() => {
      make();
      emit(...topics);
    });
  const find = (id: string): SloRow => {
    const row = slos.find((other) => other.id === id);
    if (!row)
      throw new Fault('not_found', 'There is no such SLO.', 'It may have been removed; go back to the list.');
    return row;
  };
  const frame = (): Frame => ({
    now: now(),
    pace: drill ? 60 : 1,
    drill,
    drill_step: drill
      ? 'The settings page has become ten times slower; the first alerts fold into one.'
      : null,
    first_start: sources.all.length === 0 && !drill,
    paused_until: pausedUntil,
    away: mode === 'story' ? { from: NOW - 30_000, to: NOW - 1_080 } : null,
    captured: desk.captured,
    off_shift: desk.held(settings),
    outbox_waiting: outbox.waiting(),
    outbox_stuck: outbox.stuck(),
    unread: inbox.filter((item) => item.unread).length,
    face: 'exhausted',
    incidents: incidents.open(),
    severity_names: settings.severity_names,
    proposals: inbox
      .filter((item) => item.proposal && !item.incident_id && item.acknowledged_at === null)
      .map(({ id, title, body, proposal, at }) => ({ id, title, body, severity: proposal ?? '', at })),
    degraded:
      mode === 'story'
        ? [
            {
              part: 'tray',
              message: 'No tray host answers; the icon cannot be shown.',
              cure: 'On GNOME install the AppIndicator extension.',
            },
          ]
        : mode === 'hostile'
          ? [{ part: NASTY[0] ?? '', message: NASTY[0] ?? '', cure: NASTY[5] ?? '' }]
          : [],
    told_about_tray: told || mode !== 'story',
  });

  const client: Client = {
    watchPage: () =>
      answer(() => ({
        frame: frame(),
        journeys: journeysOf(sorted(slos), acknowledged, snoozed).map((journey) => ({
          ...journey,
          alerts: under(journey.key),
        })),
        slos: withAlerts(sorted(slos)),
        elsewhere: under(null),
        alert_sources: alertSources(mode),
      })),
    sparks: (ids) => answer(() => slos.filter((row) => ids.includes(row.id)).map(sparkOf)),
    frame: () => answer(frame),
    sloDetail: (id) =>
      answer(() => {
        const row = withAlerts([find(id)])[0] as SloRow;
        const carries = incidents.open().find((open) => incidents.get(open.id).slos.includes(row.name));
        const detail = detailOf(
          row,
          mode,
          carries?.id ?? null,
          acknowledged.has(keyOf(row)),
          snoozed.get(keyOf(row)) ?? null,
        );
        detail.status.folded_alerts = { ...under(keyOf(row)), own: row.alerts ?? 0, unseen: null };
        return detail;
      }),
    sloCharts: (id, hours) => answer(() => chartsOf(find(id), hours, incidents.all, excluded)),
    sloLedger: (id) => answer(() => ledgerOf(find(id), incidents.all, laid, excluded, mode)),
    attachImpact: async (incident, slo, from, to) => {
      const after = await answer(() => {
        laid.push({ slo, incident, from, to });
        return incidents.change(incident, {}, 'impact', `${find(slo).name} suffered from it`);
      });
      emit('incidents', 'watch');
      return after;
    },
    declareImpact: async (title, severity, slo, from, to) => {
      const made = await answer(() => incidents.declare(title, severity, [find(slo).name]));
      laid.push({ slo, incident: made.id, from, to });
      emit('incidents', 'frame', 'watch');
      return made;
    },
    exclusions: () => answer(() => [...excluded]),
    exclude: async (form) => {
      const made = await answer(() => {
        const concerned = slos.filter((row) =>
          form.slo === null
            ? row.journey === form.journey && row.environment === form.environment
            : row.id === form.slo || row.name === form.slo,
        );
        const row: ExclusionRow = {
          id: `exclusion-${excluded.length + 1}`,
          journey: form.slo === null ? form.journey : null,
          environment: form.slo === null ? form.environment : null,
          slos: concerned.map((each) => each.name),
          from: new Date(form.from * 1000).toISOString(),
          to: new Date(form.to * 1000).toISOString(),
          reason: form.reason,
          by: 'me',
          at: new Date(now() * 1000).toISOString(),
          undone_by: null,
          undone_at: null,
        };
        excluded = [row, ...excluded];
        return row;
      });
      emit('watch');
      return made;
    },
    undoExclusion: async (id) => {
      const undone = await answer(() => {
        const found = excluded.find((row) => row.id === id);
        if (!found) throw new Fault('not_found', 'There is no such exclusion.');
        const row = { ...found, undone_by: 'me', undone_at: new Date(now() * 1000).toISOString() };
        excluded = excluded.map((each) => (each.id === id ? row : each));
        return row;
      });
      emit('watch');
      return undone;
    },
    sloRemove: (id) => act(() => (slos = slos.filter((row) => row.id !== id)), 'watch'),
    alerts: (journey, id, offset) => answer(() => alertPage(alerts, mode, journey, id, offset)),
    dependencies: (journey, id) =>
      answer(() => dependenciesOf(id ? find(id) : slos.find((row) => keyOf(row) === journey), mode)),
    ...servicesOf(mode, answer),
    inbox: () => answer(() => [...inbox].sort((a, b) => b.at - a.at)),
    markRead: (id) =>
      act(
        () =>
          (inbox = inbox.map((item) => (id === null || item.id === id ? { ...item, unread: false } : item))),
        'inbox',
        'frame',
      ),
    acknowledge: (key) =>
      act(
        () => {
          acknowledged.add(key);
          inbox = inbox.map((item) =>
            item.journey_key === key ? { ...item, acknowledged_at: now() } : item,
          );
        },
        'watch',
        'inbox',
      ),
    snooze: (key, minutes) => act(() => snoozed.set(key, now() + minutes * 60), 'watch'),
    unsnooze: (key) => act(() => snoozed.delete(key), 'watch'),
    pause: (minutes) => act(() => (pausedUntil = now() + minutes * 60), 'frame'),
    resume: () => act(() => (pausedUntil = null), 'frame'),
    pollNow: () => act(() => {}, 'watch', 'sources'),
    backtest: (form) => answer(() => backtestOf(find(form.slo), form, mode, incidents.open()[0]?.id ?? null)),
    backtestTyped: (form, days) =>
      answer(() => {
        const change = { objective: form.objective, under: null, window: form.window.duration, method: null };
        const whole = { slo: form.id ?? '', days, zone: null, change: { ...change, empty: null, rules: [] } };
        return backtestOf(find(whole.slo), whole, mode, incidents.open()[0]?.id ?? null);
      }),
    tightenings: ({ slo, incident }) =>
      answer(() =>
        tighteningsOf(slo ? [find(slo)] : slos, incident ?? incidents.open()[0]?.id ?? null, mode),
      ),
    adopt: async (form) => {
      const adopted = await answer(() => {
        const row = find(form.slo);
        const done = adoptedOf(row, form);
        slos = slos.map((other) =>
          other.id === row.id ? { ...other, objective: Number(form.objective_percent) / 100 } : other,
        );
        return done;
      });
      emit('watch', 'incidents');
      return adopted;
    },
    ...followUps.calls(answer, emit),
    ...trackers.calls(answer, emit),
    ...searchCalls(
      answer,
      () => incidents.all,
      () => followUps.all,
    ),
    declare: async (title, severity, ids) => {
      const made = await answer(() =>
        incidents.declare(
          title,
          severity,
          ids.map((id) => find(id).name),
        ),
      );
      emit('incidents', 'frame', 'watch');
      return made;
    },
    addEntry: (id, text) => answer(() => incidents.change(id, {}, 'note', text)),
    setPhase: async (id, phase, despite) => {
      const after = await answer(() => incidents.move(id, phase, despite));
      emit('incidents', 'frame');
      return after;
    },
    setSeverity: async (id, severity) => {
      const after = await answer(() =>
        incidents.change(id, { severity }, 'severity', `${incidents.get(id).severity} → ${severity}`),
      );
      emit('incidents', 'frame');
      return after;
    },
    assignRole: (id, role, person) =>
      answer(() =>
        incidents.change(
          id,
          { roles: { ...incidents.get(id).roles, [role]: person } },
          'role',
          `${role}: ${person}`,
        ),
      ),
    ...sources.calls(answer, act, emit),
    ...definitions.calls(answer, emit),
    settings: () => answer(() => settings),
    saveSettings: (next) =>
      answer(() => {
        settings = next;
        emit('settings');
        return settings;
      }),
    ...roomOf(incidents, outbox, answer, act, (id, how) => trackers.settled(id, how)),
    ...commandOf(incidents, mode, answer, () => slos.slice(0, 2).map(({ id }) => client.sloDetail(id))),
    ...desk.client(answer, () => settings),
    ...postmortemsOf(
      mode,
      incidents,
      (name) => chartsOf(slos.find((row) => row.name === name) ?? find(name), null, incidents.all, excluded),
      (id) => followUps.of(id),
      answer,
      emit,
    ),
    ...relays.calls(answer, emit),
    policies: () => answer(() => policies),
    savePolicy: (policy) =>
      answer(() => {
        const saved = { ...policy, id: policy.id || `p${policies.length + 1}` };
        policies = policies.some((other) => other.id === saved.id)
          ? policies.map((other) => (other.id === saved.id ? saved : other))
          : [...policies, saved];
        emit('settings');
        return saved;
      }),
    proposalTake: async (id) => {
      const made = await answer(() => {
        const item = inbox.find((other) => other.id === id);
        const row = slos.find((other) => other.id === item?.slo_id);
        return incidents.declare(item?.title ?? 'Proposed', item?.proposal ?? 'SEV2', row ? [row.name] : []);
      });
      inbox = inbox.map((item) =>
        item.id === id ? { ...item, incident_id: made.id, acknowledged_at: now(), unread: false } : item,
      );
      emit('incidents', 'frame', 'inbox');
      return made;
    },
    proposalDrop: (id) =>
      act(
        () =>
          (inbox = inbox.map((item) =>
            item.id === id ? { ...item, acknowledged_at: now(), unread: false } : item,
          )),
        'frame',
        'inbox',
      ),
    removePolicy: (id) => act(() => (policies = policies.filter((policy) => policy.id !== id)), 'settings'),
    doctor: () => answer(doctorLines),
    testNotification: () =>
      answer(() => ({
        part: 'notifications',
        verdict: 'ok',
        message: 'The desktop took the test notification.',
        cure: 'If you did not see it, check Do Not Disturb.',
      })),
    startDrill: () =>
      act(() => {
        drill = true;
        slos = storySlos();
      }, 'profile'),
    stopDrill: () =>
      act(() => {
        drill = false;
        slos = sources.all.length === 0 ? [] : slos;
      }, 'profile'),
    openLink: (url) => act(() => opened.push(url)),
    toldAboutTray: () => act(() => (told = true), 'frame'),
    quit: () => act(() => {}),
    painted: async () => {},
  };

  const signals: Signals = {
    changed: async (tell) => {
      heard.add(tell);
      return () => heard.delete(tell);
    },
    go: async () => () => {},
    presence: async (tell) => relays.hear(tell),
  };
  return { client, signals, opened, emit, relays };
}
