/**
 * Made-up postmortems that behave: the document is a real Yjs document, edits are merged into it and pulled from it,
 * states and reviewers follow what is asked.
 */
import { prosemirrorJSONToYXmlFragment } from '@tiptap/y-tiptap';
import { getSchema } from '@tiptap/core';
import * as Y from 'yjs';
import { contents } from '~/features/postmortem/text/schema';
import { fromBase64, toBase64 } from '~/features/postmortem/text/bytes';
import {
  Fault,
  type SloCharts,
  type Client,
  type FollowUpRow,
  type ComparedBlock,
  type HistoryRow,
  type PostmortemStanding,
} from '../client';
import type { Incidents } from './incidents';
import { NASTY, NOW, type Mode } from './world';

type Calls = Pick<
  Client,
  | 'postmortems'
  | 'postmortemTemplates'
  | 'postmortemOpen'
  | 'postmortemStart'
  | 'postmortemEdit'
  | 'postmortemPull'
  | 'postmortemStanding'
  | 'postmortemBlock'
  | 'postmortemMove'
  | 'postmortemReviewer'
  | 'postmortemRelease'
  | 'postmortemCheck'
  | 'postmortemHistory'
  | 'postmortemCompare'
  | 'postmortemRestore'
  | 'postmortemExport'
  | 'postmortemWrite'
>;

interface Kept {
  doc: Y.Doc;
  state: string;
  reviewers: Map<string, boolean>;
  checked: Map<string, string>;
  moments: { row: HistoryRow; update: string }[];
}

type Json = Record<string, unknown>;
const iso = (at: number) => new Date(at * 1000).toISOString();
const CHECKLIST = ['The text blames nobody', 'Customers can read what is said to them'];

export function postmortemsOf(
  mode: Mode,
  incidents: Incidents,
  charts: (slo: string) => SloCharts,
  made: (incident: string) => FollowUpRow[],
  answer: <T>(make: () => T) => Promise<T>,
  emit: (...topics: string[]) => void,
): Calls {
  const kept = new Map<string, Kept>();
  const schema = getSchema(contents());
  const begin = (id: string, blocks: Json[]) => {
    const doc = new Y.Doc();
    // Made anew with each page, it must be the same document each time.
    doc.clientID = 7;
    prosemirrorJSONToYXmlFragment(schema, { type: 'doc', content: blocks }, doc.getXmlFragment('postmortem'));
    const one = { doc, state: 'draft', reviewers: new Map(), checked: new Map(), moments: [] };
    kept.set(id, one);
    moment(one, 'Firewatch', NOW - 86_400);
    return one as Kept;
  };
  const moment = (one: Kept, author: string, at = Date.now() / 1000) => {
    const update = toBase64(Y.encodeStateAsUpdate(one.doc));
    const last = one.moments[0];
    if (last?.row.authors.includes(author) && at - Date.parse(last.row.at) / 1000 < 60) {
      last.row.edits += 1;
      last.update = update;
      return;
    }
    const row = { id: `m${one.moments.length}`, from: iso(at), at: iso(at), authors: [author], edits: 1 };
    one.moments.unshift({ row, update });
  };
  const find = (id: string) => {
    const one = kept.get(id);
    if (!one) throw new Fault('not_found', 'There is no postmortem of this incident.', 'Begin one.');
    return one;
  };
  const about = (id: string): PostmortemStanding => {
    const one = kept.get(id);
    return {
      state: one?.state ?? 'none',
      reviewers: [...(one?.reviewers ?? [])].map(([person, approved]) => ({ person, approved })),
      checklist: CHECKLIST.map((text) => ({ text, done_by: one?.checked.get(text) ?? null })),
      incident: id,
      published_at: one?.state === 'published' ? iso(NOW) : null,
    };
  };
  const change = async (id: string, make: (one: Kept) => unknown) => {
    const after = await answer(() => {
      make(find(id));
      return about(id);
    });
    emit('postmortem', 'incidents');
    return after;
  };
  const open = (id: string) => {
    const one = kept.get(id);
    const { title } = incidents.get(id);
    return {
      incident: id,
      title,
      me: 'you',
      damaged: 0,
      update: one ? toBase64(Y.encodeStateAsUpdate(one.doc)) : '',
      read_only: one?.state === 'published' ? 'it is published; set it back to draft to write in it' : null,
      strange: null,
      state: about(id).state,
      reviewers: about(id).reviewers,
    };
  };

  if (mode === 'story' || mode === 'many') begin('inc-39', mode === 'many' ? long() : written());
  if (mode === 'hostile') begin('inc-13', nasty());
  if (mode === 'many') {
    const newer = begin('inc-31', written());
    newer.doc.getXmlFragment('postmortem').insert(1, [new Y.XmlElement('kanban')]);
  }

  return {
    postmortems: () =>
      answer(() =>
        incidents.all.map(({ id, title, severity, phase, drill }) => {
          const one = kept.get(id);
          const last = one?.moments[0]?.row;
          return {
            ...{ incident: id, title, severity, phase, drill, state: one ? one.state : 'none' },
            edited_at: last?.at ?? null,
            edited_by: last?.authors[0] ?? null,
            words: one ? wordsIn(one.doc) : 0,
            reviewers: about(id).reviewers,
          };
        }),
      ),
    postmortemTemplates: () =>
      answer(() =>
        [
          [
            'three',
            'Three questions',
            'What the problem was, how it was addressed, how such things are found earlier.',
          ],
          [
            'google',
            'In the manner of Google',
            'Summary, impact, root causes, trigger, resolution, action items, lessons.',
          ],
          ['short', 'Short', 'One paragraph, the timeline, the follow-ups.'],
        ].map(([id = '', title = '', about = '']) => ({ id, title, about, own: false })),
      ),
    postmortemOpen: (id) => answer(() => open(id)),
    postmortemStart: async (id) => {
      const view = await answer(() => {
        if (!kept.has(id)) begin(id, seed());
        return open(id);
      });
      emit('postmortem');
      return view;
    },
    postmortemEdit: async (id, update) => {
      await answer(() => {
        const one = find(id);
        Y.applyUpdate(one.doc, fromBase64(update));
        moment(one, 'you');
      });
    },
    postmortemPull: (id, vector) =>
      answer(() => ({
        update: toBase64(Y.encodeStateAsUpdate(find(id).doc, fromBase64(vector))),
        strange: null,
      })),
    postmortemStanding: (id) => answer(() => about(id)),
    postmortemBlock: (id, kind, slo) => answer(() => blockOf(incidents, id, kind, slo, charts, made(id))),
    postmortemMove: (id, state) =>
      change(id, (one) => {
        one.state = state;
        const blocks = one.doc.getXmlFragment('postmortem').toArray();
        for (const block of blocks) {
          if (!(block instanceof Y.XmlElement) || block.nodeName !== 'liveBlock') continue;
          const [kind, slo] = [block.getAttribute('kind') ?? '', block.getAttribute('slo') ?? null];
          if (state !== 'published') block.removeAttribute('data');
          else block.setAttribute('data', blockOf(incidents, id, kind, slo, charts, made(id)));
        }
      }),
    postmortemReviewer: (id, person, approved) => change(id, (one) => one.reviewers.set(person, approved)),
    postmortemRelease: (id, person) => change(id, (one) => one.reviewers.delete(person)),
    postmortemCheck: (id, item, done) =>
      change(id, (one) => (done ? one.checked.set(item, 'you') : one.checked.delete(item))),
    postmortemHistory: (id) => answer(() => find(id).moments.map(({ row }) => row)),
    postmortemCompare: (id, from, to) =>
      answer(() => compared(linesOf(then(find(id), from)), linesOf(to ? then(find(id), to) : find(id).doc))),
    postmortemRestore: async (id, from, first, count, at) => {
      await answer(() => {
        const one = find(id);
        const blocks = then(one, from)
          .getXmlFragment('postmortem')
          .toArray()
          .slice(first, first + count);
        one.doc.getXmlFragment('postmortem').insert(
          at,
          blocks.map((block) => (block as Y.XmlElement).clone()),
        );
      });
      emit('postmortem');
    },
    postmortemExport: (id, format) =>
      answer(() => ({
        format,
        name: `${id}.${format === 'jira' ? 'txt' : format}`,
        text: textOf(find(id).doc),
      })),
    postmortemWrite: (id, format, folder) =>
      answer(() => {
        if (!folder.startsWith('/'))
          throw new Fault(
            'invalid',
            `${folder} is no folder that can be written; check the path`,
            null,
            'folder',
          );
        return `${folder}/${id}.${format}`;
      }),
  };
}

function blockOf(
  incidents: Incidents,
  id: string,
  kind: string,
  slo: string | null,
  charts: (slo: string) => SloCharts,
  followups: FollowUpRow[],
): string {
  const incident = incidents.get(id);
  const name = slo ?? incident.slos[0] ?? '';
  const rows: Record<string, () => unknown> = {
    timeline: () =>
      incident.entries.filter(({ kind }) => ['note', 'phase', 'declared', 'turn'].includes(kind)),
    roles: () => Object.entries(incident.roles).map(([role, person]) => ({ role, person })),
    times: () =>
      Object.entries(incident.times).map(([time, at]) => ({
        label: time.replace('_', ' '),
        at,
        after_s: 240,
      })),
    followups: () =>
      followups.map(({ title, status, owner }) => ({
        title,
        status,
        owner,
        ticket: null,
        url: null,
        proof: null,
      })),
  };
  const about = { kind, slo: name, title: name };
  if (kind === 'budget' || kind === 'indicator') {
    const { t, remaining, sli, objective } = charts(name);
    const marks = [{ at: NOW - 1_030, text: 'mitigation: secondary requests deferred' }];
    return JSON.stringify({ ...about, t, y: kind === 'budget' ? remaining : sli, objective, marks });
  }
  if (kind === 'arithmetic') {
    const steps = ['Bad of the incident', '48 112'] as const;
    const lines = [steps, ['Allowed in 30 d', '90 521'], ['Spent by it', '53 %']] as const;
    return JSON.stringify({ ...about, lines: lines.map(([label, value]) => ({ label, value })) });
  }
  return JSON.stringify({ kind, rows: rows[kind]?.() ?? [] });
}

const line = (text: string): Json => ({ type: 'paragraph', content: text ? [{ type: 'text', text }] : [] });
const head = (text: string, level = 2): Json => ({
  type: 'heading',
  attrs: { level },
  content: [{ type: 'text', text }],
});
const live = (kind: string): Json => ({ type: 'liveBlock', attrs: { kind } });
const list = (type: string, item: string, texts: string[], attrs: Json = {}): Json => ({
  type,
  content: texts.map((text) => ({ type: item, attrs, content: [line(text)] })),
});

function seed(): Json[] {
  return [
    head('What the problem was'),
    line(''),
    live('budget'),
    head('How it was addressed'),
    line(''),
    live('timeline'),
    head('How such things are found earlier'),
    line(''),
    live('followups'),
  ];
}

function written(): Json[] {
  const cell = (type: string, text: string): Json => ({ type, content: [line(text)] });
  return [
    head('What the problem was'),
    {
      type: 'paragraph',
      content: [
        { type: 'text', text: 'The settings page asked all thirteen integrations ' },
        { type: 'text', marks: [{ type: 'bold' }], text: 'one after another' },
        {
          type: 'text',
          text: ' before it answered. When a partner slowed to 4.1 s, first load went from 0.9 s to ',
        },
        { type: 'text', marks: [{ type: 'code' }], text: '9.4 s' },
        { type: 'text', text: ' at the median. ' },
        { type: 'mention', attrs: { id: 'second on call', label: 'second on call' } },
        { type: 'text', text: ' found it in the trace.' },
      ],
    },
    live('budget'),
    live('arithmetic'),
    head('How it was addressed'),
    list('bulletList', 'listItem', [
      'Secondary requests are deferred behind a flag.',
      'Nine of thirteen integrations are asked at once.',
    ]),
    live('timeline'),
    live('roles'),
    {
      type: 'table',
      content: [
        { type: 'tableRow', content: ['Step', 'First load'].map((text) => cell('tableHeader', text)) },
        { type: 'tableRow', content: ['Before', '9.4 s'].map((text) => cell('tableCell', text)) },
        { type: 'tableRow', content: ['After the flag', '1.8 s'].map((text) => cell('tableCell', text)) },
      ],
    },
    head('How such things are found earlier'),
    list('taskList', 'taskItem', ['Alert on the slowest integration, not on the mean.'], { checked: false }),
    {
      type: 'blockquote',
      content: [line('At 99 % under 500 ms it would have been seen nine days earlier.')],
    },
    {
      type: 'codeBlock',
      content: [
        { type: 'text', text: 'histogram_quantile(0.99, sum by (le) (rate(first_load_bucket[5m])))' },
      ],
    },
    live('followups'),
    line(''),
  ];
}

/** Two hundred pages of five hundred words. */
function long(): Json[] {
  const words =
    'the budget burned while partner requests waited for each other and nobody could see the slowest of them'.split(
      ' ',
    );
  const sentence = (n: number) =>
    Array.from({ length: 18 }, (_, i) => words[(n * 7 + i * 5) % words.length]).join(' ');
  return Array.from({ length: 200 }, (_, page) => [
    head(`Part ${page + 1}`, (page % 3) + 1),
    ...Array.from({ length: 9 }, (_, i) =>
      line([0, 1, 2].map((n) => `${sentence(page * 31 + i * 3 + n)}.`).join(' ')),
    ),
  ]).flat();
}

function nasty(): Json[] {
  return [
    ...NASTY.map((text) => line(text || ' ')),
    {
      type: 'paragraph',
      content: [
        { type: 'text', text: 'a link', marks: [{ type: 'link', attrs: { href: 'javascript:alert(1)' } }] },
      ],
    },
    { type: 'image', attrs: { src: 'https://example.com/pixel.png', alt: '<b>x</b>', title: null } },
    { type: 'image', attrs: { src: 'data:image/svg+xml,<svg onload=alert(1)>', alt: 'svg' } },
    { type: 'mention', attrs: { id: NASTY[0], label: NASTY[0] } },
    { type: 'liveBlock', attrs: { kind: 'budget', data: '{"t":["<script>"],"y":[1]}' } },
    { type: 'liveBlock', attrs: { kind: '<img src=x onerror=alert(1)>', data: '[]' } },
    {
      type: 'liveBlock',
      attrs: {
        kind: 'timeline',
        data: JSON.stringify({ rows: NASTY.map((text) => ({ text, author: text, at: text })) }),
      },
    },
    {
      type: 'liveBlock',
      attrs: {
        kind: 'followups',
        data: JSON.stringify({ rows: [{ title: '<b>x</b>', ticket: 'A-1', url: 'javascript:alert(1)' }] }),
      },
    },
  ].map((block) => (block.type === 'mention' ? { type: 'paragraph', content: [block] } : block));
}

function then(one: Kept, moment: string): Y.Doc {
  const doc = new Y.Doc();
  const found = one.moments.find(({ row }) => row.id === moment);
  if (found) Y.applyUpdate(doc, fromBase64(found.update));
  return doc;
}

/** Good enough for made-up histories: what is only in one of the two. */
function compared(before: string[], after: string[]): ComparedBlock[] {
  const gone = before.flatMap((text, before_at) =>
    after.includes(text) ? [] : [{ change: 'removed', before_at, before: text, after_at: null, after: null }],
  );
  const put = after.flatMap((text, after_at) =>
    before.includes(text) ? [] : [{ change: 'added', before_at: null, before: null, after_at, after: text }],
  );
  return [...gone, ...put];
}

function textOf(doc: Y.Doc): string {
  return linesOf(doc).join('\n\n');
}

function linesOf(doc: Y.Doc): string[] {
  const words = (node: unknown): string => {
    if (node instanceof Y.XmlText)
      return (node.toDelta() as { insert: unknown }[]).map(({ insert }) => String(insert)).join('');
    if (node instanceof Y.XmlElement) return (node.toArray() as unknown[]).map(words).join('');
    return '';
  };
  return (doc.getXmlFragment('postmortem').toArray() as unknown[]).map(words);
}

function wordsIn(doc: Y.Doc): number {
  return textOf(doc).split(/\s+/).filter(Boolean).length;
}
