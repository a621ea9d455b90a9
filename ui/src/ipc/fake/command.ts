/** The made-up half of commanding: checklists, hand-overs, evidence, merging. */
import type { ChecklistRow, Client, EvidenceView, SloDetail, SloStatus } from '../client';
import type { Incidents } from './incidents';
import { NASTY, NOW, type Mode } from './world';

type Command = Pick<
  Client,
  | 'incidentReopen'
  | 'incidentMerge'
  | 'checkItem'
  | 'roleOffer'
  | 'roleAnswer'
  | 'evidence'
  | 'checklists'
  | 'checklistsShipped'
  | 'checklistsSave'
>;

const iso = (at: number) => new Date(at * 1000).toISOString();

export function commandOf(
  incidents: Incidents,
  mode: Mode,
  answer: <T>(make: () => T) => Promise<T>,
  details: () => Promise<SloDetail>[],
): Command {
  let lists = shipped();
  return {
    incidentReopen: (id, reason) =>
      answer(() => incidents.change(id, { phase: 'investigating' }, 'reopened', `reopened: ${reason}`)),
    incidentMerge: (id, into, reason) =>
      answer(() => {
        incidents.change(id, { phase: 'merged', merged_into: into }, 'merged', `merged: ${reason}`);
        return incidents.put(into, { absorbed: [id] });
      }),
    checkItem: (id, item, done) =>
      answer(() => {
        const { checklist } = incidents.get(id);
        const at = new Date().toISOString();
        return incidents.change(
          id,
          {
            checklist: checklist.map((one) =>
              one.id === item ? { ...one, done_by: done ? 'you' : null, done_at: done ? at : null } : one,
            ),
          },
          'checked',
          `${done ? 'done' : 'open again'}: ${checklist.find((one) => one.id === item)?.text}`,
        );
      }),
    roleOffer: (id, role, person) =>
      answer(() => {
        const { offered } = incidents.get(id);
        const at = new Date().toISOString();
        return incidents.change(
          id,
          { offered: { ...offered, [role]: { person, by: 'you', at } } },
          'role_offered',
          `${role} is handed to ${person}, who has not confirmed yet`,
        );
      }),
    roleAnswer: (id, role, readback) =>
      answer(() => {
        const { offered, roles } = incidents.get(id);
        const { [role]: offer, ...rest } = offered;
        const person = offer?.person ?? '';
        return readback === null
          ? incidents.change(id, { offered: rest }, 'role_declined', `${person} does not take ${role}`)
          : incidents.change(
              id,
              { offered: rest, roles: { ...roles, [role]: person } },
              'role_confirmed',
              `${person} confirms: ${role} is theirs. Read back: ${readback}`,
            );
      }),
    evidence: async (hash) => {
      const both = await Promise.all(details());
      return answer(() =>
        evidenceOf(
          hash,
          mode,
          both.map(({ row, status }) => [row.title, status]),
        ),
      );
    },
    checklists: () => answer(() => lists),
    checklistsShipped: () => answer(shipped),
    checklistsSave: (rows) => answer(() => (lists = rows)),
  };
}

/** Two hours of a page that becomes slow halfway. */
function evidenceOf(hash: string, mode: Mode, statuses: [string, SloStatus][]): EvidenceView {
  const minutes = 360;
  const nasty = mode === 'hostile' ? (NASTY[0] ?? '') : null;
  const total = Array.from({ length: minutes }, (_, i) =>
    i > 120 && i < 128 ? null : 600 + ((i * 37) % 90),
  );
  const good = total.map((all, i) => all && Math.round(all * (i > 300 ? 0.4 : 0.995)));
  return {
    hash,
    evidence: {
      version: 1,
      at: iso(NOW - 2_530),
      from: iso(NOW - 2_530 - minutes * 60),
      to: iso(NOW - 2_530),
      slos: statuses.map(([title, status]) => ({
        title: nasty ?? title,
        status,
        threshold: 1,
        queries: [{ role: 'total', query: nasty ?? 'page_load_seconds_count{page="settings"}', url: null }],
        fault: nasty,
        definition: '{}',
        step_s: 60,
        good,
        total,
      })),
      alerts: [],
      alert_count: { firing: 61, silenced: 2, inhibited: 0 },
      alert_sources: [],
      missing: nasty ? [nasty] : [],
    },
  };
}

function shipped(): ChecklistRow[] {
  const all = ['SEV0', 'SEV1', 'SEV2', 'SEV3'];
  const row = (id: string, phase: string, role: string, text: string, severities = all): ChecklistRow => ({
    id,
    text,
    role,
    phase,
    blocking: id === 'confirmed',
    severities,
  });
  return [
    row('commander', 'investigating', '', 'Somebody is commander and said so'),
    row('scope', 'investigating', 'commander', 'Say what customers feel, and since when'),
    row('hypothesis', 'identified', 'commander', 'Write down what it is, and what speaks for it'),
    row('confirmed', 'monitoring', 'commander', 'Customers or support confirm that it is over', ['SEV0']),
    row('follow-ups', 'resolved', 'commander', 'Write down the follow-ups, each with an owner'),
  ];
}
