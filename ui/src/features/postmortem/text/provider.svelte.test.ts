import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { flushSync } from 'svelte';
import * as Y from 'yjs';
import { client, Fault, use } from '~/ipc/client';
import { fakeCore } from '~/ipc/fake';
import { fromBase64, toBase64 } from './bytes';
import { Provider } from './provider.svelte';
import { VOCABULARY } from './schema';
import { strangeIn } from './strange';

const paragraph = (text: string) => {
  const made = new Y.XmlElement('paragraph');
  made.insert(0, [new Y.XmlText(text)]);
  return made;
};
const wordsOf = (doc: Y.Doc) => doc.getXmlFragment('postmortem').toString();

let core: Y.Doc;
let sent: Uint8Array[];
let refusing: Fault | null;
let strange: string | null;

beforeEach(() => {
  vi.useFakeTimers();
  const fake = fakeCore('story');
  use(fake.client, fake.signals);
  core = new Y.Doc();
  core.getXmlFragment('postmortem').insert(0, [paragraph('seed')]);
  sent = [];
  refusing = null;
  client.postmortemEdit = async (_, update) => {
    if (refusing) throw refusing;
    sent.push(fromBase64(update));
    Y.applyUpdate(core, fromBase64(update));
  };
  strange = null;
  client.postmortemPull = async (_, vector) => ({
    update: toBase64(Y.encodeStateAsUpdate(core, fromBase64(vector))),
    strange,
  });
});
afterEach(() => vi.useRealTimers());

const opened = () => new Provider('inc-1', toBase64(Y.encodeStateAsUpdate(core)), VOCABULARY);
const write = (provider: Provider, text: string) =>
  provider.text.insert(provider.text.length, [paragraph(text)]);

describe('the way of a document to the core', () => {
  it('sends what a frame held as one update, and says when it is kept', async () => {
    const provider = opened();
    for (const text of ['a', 'b', 'c']) write(provider, text);
    expect(provider.saved.is).toBe('saving');
    await vi.advanceTimersByTimeAsync(20);
    expect(sent).toHaveLength(1);
    expect(provider.saved.is).toBe('saved');
    expect(wordsOf(core)).toBe(wordsOf(provider.doc));
  });

  it('keeps what is refused, says why, and sends it again', async () => {
    const provider = opened();
    refusing = new Fault('refused', 'The disk is full.');
    write(provider, 'kept');
    await vi.advanceTimersByTimeAsync(20);
    expect(provider.saved).toEqual({ is: 'not saved', why: refusing });
    write(provider, 'too');
    refusing = null;
    await vi.advanceTimersByTimeAsync(300);
    expect(provider.saved.is).toBe('saved');
    expect(wordsOf(core)).toContain('<paragraph>kept</paragraph><paragraph>too</paragraph>');
  });

  it('sends what is left when it is closed', async () => {
    const provider = opened();
    write(provider, 'last words');
    await provider.close();
    expect(wordsOf(core)).toContain('last words');
  });

  it('does not send back what it was told', async () => {
    const provider = opened();
    core.getXmlFragment('postmortem').insert(0, [paragraph('theirs')]);
    await provider.pull();
    await vi.advanceTimersByTimeAsync(50);
    expect(wordsOf(provider.doc)).toContain('theirs');
    expect(sent).toEqual([]);
  });

  it('lets nothing in while a character is composed', async () => {
    const provider = opened();
    provider.composing(true);
    core.getXmlFragment('postmortem').insert(0, [paragraph('theirs')]);
    await provider.pull();
    expect(wordsOf(provider.doc)).not.toContain('theirs');
    provider.composing(false);
    expect(wordsOf(provider.doc)).toContain('theirs');
  });

  it('keeps what it does not know away from an editor, and lets it in when the editor is gone', async () => {
    const provider = opened();
    const unbind = provider.bind();
    core.getXmlFragment('postmortem').insert(0, [new Y.XmlElement('kanban')]);
    await provider.pull();
    expect(provider.strange).toContain('“kanban”');
    expect(wordsOf(provider.doc)).not.toContain('kanban');
    unbind();
    expect(wordsOf(provider.doc)).toContain('kanban');
    expect(sent).toEqual([]);
  });

  it('keeps away from an editor what the core finds in an impossible place', async () => {
    const provider = opened();
    const unbind = provider.bind();
    core.getXmlFragment('postmortem').insert(0, [new Y.XmlElement('tableRow')]);
    strange = 'a row stands in the document itself';
    await provider.pull();
    expect(provider.strange).toBe(strange);
    expect(wordsOf(provider.doc)).not.toContain('tablerow');
    unbind();
    expect(wordsOf(provider.doc)).toContain('tablerow');
    expect(sent).toEqual([]);
    const update = toBase64(Y.encodeStateAsUpdate(core));
    expect(new Provider('inc-1', update, VOCABULARY, strange).strange).toBe(strange);
  });

  it('stays read only when the editor goes because of it', async () => {
    const provider = opened();
    let editors = 0;
    // As the page has it; whatever runs while an effect is taken down sees the values from before.
    const leave = $effect.root(() => {
      $effect(() => {
        if (provider.strange !== null) return;
        editors += 1;
        return provider.bind();
      });
    });
    flushSync();
    core.getXmlFragment('postmortem').insert(0, [new Y.XmlElement('tableRow')]);
    strange = 'a row stands in the document itself';
    await provider.pull();
    flushSync();
    expect(provider.strange).toBe(strange);
    expect(editors).toBe(1);
    expect(wordsOf(provider.doc)).toContain('tablerow');
    leave();
    expect(sent).toEqual([]);
  });
});

describe('what is strange in an update', () => {
  it('knows every node and mark of ours, also marks that overlap themselves', () => {
    const text = new Y.XmlText('words');
    const doc = new Y.Doc();
    const block = new Y.XmlElement('paragraph');
    doc.getXmlFragment('postmortem').insert(0, [block]);
    block.insert(0, [text]);
    text.format(0, 2, { bold: {}, 'link--abcdefgh': { href: 'https://example.com' } });
    expect(strangeIn(Y.encodeStateAsUpdate(doc), VOCABULARY)).toBeNull();
    text.format(0, 2, { sparkle: {} });
    expect(strangeIn(Y.encodeStateAsUpdate(doc), VOCABULARY)).toBe('sparkle');
  });
});
