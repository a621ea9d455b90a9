/** The made-up incident room and outbox: what the person writes, opens and sends behaves as in the real one. */
import type { ActRow, Client } from '../client';
import { draftOf, streamed, type Incidents } from './incidents';
import type { Outbox } from './outbox';

type Room = Pick<
  Client,
  | 'streamOpen'
  | 'streamOwn'
  | 'streamSay'
  | 'streamClose'
  | 'entryMark'
  | 'entryCorrect'
  | 'entryStrike'
  | 'incidentTime'
  | 'roomOpen'
  | 'roomClose'
  | 'outbox'
  | 'actsAbout'
  | 'actRetry'
  | 'actSettle'
  | 'destinations'
  | 'destinationAdd'
  | 'destinationTest'
  | 'destinationRemove'
  | 'updateDraft'
  | 'updatePost'
>;

export function roomOf(
  incidents: Incidents,
  outbox: Outbox,
  answer: <T>(make: () => T) => Promise<T>,
  act: (make: () => unknown, ...topics: string[]) => Promise<void>,
  /** An act about a ticket; false for any other. */
  settled: (act: string, how: string) => boolean,
): Room {
  const settledRow = (id: string, how: string): ActRow | undefined =>
    settled(id, how) ? { ...(outbox.acts[0] as ActRow), id, state: 'done' } : undefined;
  return {
    streamOpen: (id, title, owner) =>
      answer(() => {
        const { streams } = incidents.get(id);
        const at = new Date().toISOString();
        const quiet_at = new Date(Date.now() + 900_000).toISOString();
        const opened = {
          id: `s${streams.length + 1}`,
          title,
          owner,
          heard_at: at,
          said: '',
          outcome: null,
          quiet_at,
        };
        return incidents.change(
          id,
          { streams: [...streams, opened] },
          'stream_opened',
          `stream ${title} begins`,
        );
      }),
    streamOwn: (id, stream, owner) =>
      answer(() =>
        incidents.change(
          id,
          streamed(incidents.get(id), stream, { owner }),
          'stream_owned',
          `stream is ${owner}'s`,
        ),
      ),
    streamSay: (id, stream, text) =>
      answer(() =>
        incidents.change(
          id,
          streamed(incidents.get(id), stream, { said: text }),
          'stream_said',
          `${stream}: ${text}`,
        ),
      ),
    streamClose: (id, stream, outcome) =>
      answer(() =>
        incidents.change(
          id,
          streamed(incidents.get(id), stream, { outcome }),
          'stream_closed',
          'stream is closed',
        ),
      ),
    entryMark: (id, mark, text) => answer(() => incidents.change(id, {}, 'marked', `${mark}: ${text}`)),
    entryCorrect: (id, entry, text) =>
      answer(() => incidents.amend(id, entry, ({ text: before }) => ({ before, text }))),
    entryStrike: (id, entry, reason) => answer(() => incidents.amend(id, entry, () => ({ struck: reason }))),
    incidentTime: (id, moment, at, reason) =>
      answer(() => {
        const { times, corrected_times } = incidents.get(id);
        return incidents.put(id, {
          times: { ...times, [moment]: at },
          corrected_times: { ...corrected_times, [moment]: reason },
        });
      }),
    roomOpen: (id, by) =>
      answer(() => {
        const url = by || `https://meet.jit.si/${id}-0190ab`;
        return incidents.change(
          id,
          { room: { url, note: '', closed: false } },
          'room_opened',
          `room opened: ${url}`,
        );
      }),
    roomClose: (id) =>
      answer(() => {
        const { room } = incidents.get(id);
        return incidents.change(
          id,
          { room: room && { ...room, closed: true } },
          'room_closed',
          'room closed',
        );
      }),
    outbox: () => answer(() => outbox.acts),
    actsAbout: (object) => answer(() => outbox.acts.filter((one) => one.object === object).reverse()),
    actRetry: (id) =>
      answer(
        () =>
          settledRow(id, 'retry') ??
          outbox.change(id, { state: 'done', reason: null, due: null, receipt: 'accepted' }),
      ),
    actSettle: (id, how) =>
      answer(
        () =>
          settledRow(id, how) ??
          outbox.change(
            id,
            how === 'drop'
              ? { state: 'rejected', reason: 'dropped by hand', due: null }
              : { state: 'done', reason: null, due: null, receipt: how.slice(5) },
          ),
      ),
    destinations: () => answer(() => outbox.destinations),
    destinationAdd: (form) => answer(() => outbox.add(form)),
    destinationTest: () =>
      answer(() => ({
        ok: true,
        lines: [{ check: 'webhook', verdict: 'ok', message: 'the webhook answers', cure: '' }],
      })),
    destinationRemove: (name) =>
      act(
        () => (outbox.destinations = outbox.destinations.filter((one) => one.name !== name)),
        'settings',
        'outbox',
      ),
    updateDraft: (id) => answer(() => draftOf(incidents.get(id))),
    updatePost: (id, text, to) =>
      answer(() => {
        outbox.post(id, text, to);
        return incidents.change(id, {}, 'update', text);
      }),
  };
}
