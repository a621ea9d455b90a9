/** The parts of the editor that can be judged without a page. */
import { getSchema } from '@tiptap/core';
import { describe, expect, it } from 'vitest';
import { marksOf, plotOf, rowsOf } from '../blocks/data';
import { missing } from '../side/missing';
import { readSaid } from '../side/threads.svelte';
import { shapeOf } from './outline';
import { contents, READABLE, VOCABULARY } from './schema';
import { placed, readable, type Piece } from './strange';
import rules from '../../../../../src-tauri/crates/casefile/src/schema.json';

const schema = getSchema(contents());
const line = (text: string): Piece => ({ type: 'paragraph', content: text ? [{ type: 'text', text }] : [] });
const head = (text: string, level = 2): Piece => ({
  type: 'heading',
  attrs: { level },
  content: [{ type: 'text', text }],
});
const docOf = (...content: Piece[]) => schema.nodeFromJSON({ type: 'doc', content });

describe('the outline', () => {
  it('lists headings and counts words in any script, once', () => {
    const doc = docOf(head('What happened'), line('It’s 3 o’clock, naïve café.'), line(''));
    expect(shapeOf(doc)).toEqual({
      headings: [{ level: 2, text: 'What happened', at: 0 }],
      words: 7,
    });
    expect(shapeOf(doc).words).toBe(7);
  });
});

describe('what is missing', () => {
  const says = (doc: ReturnType<typeof docOf>) =>
    missing(doc, { open: 0, made: 1, incident: undefined, reviewers: [] });
  it('finds the part that nobody wrote, and where it is', () => {
    const doc = docOf(head('One'), line('written'), head('Two'), line(''), head('Three'), line('written'));
    expect(says(doc)[0]).toEqual({ says: 'Every part is written', done: false, at: 15 });
  });
  it('takes a question of the template for no answer, also beside what the incident feeds', () => {
    const asked: Piece = {
      type: 'paragraph',
      content: [{ type: 'text', text: 'Since when?', marks: [{ type: 'italic' }] }],
    };
    const block: Piece = { type: 'liveBlock', attrs: { kind: 'times' } };
    expect(says(docOf(head('One'), asked, block))[0]).toEqual({
      says: 'Every part is written',
      done: false,
      at: 1,
    });
    expect(says(docOf(head('One'), asked, line('Since ten.'), block))[0]?.done).toBe(true);
    expect(says(docOf(head('One'), block))[0]?.done).toBe(true);
  });
  it('takes a part with a part under it as written', () => {
    expect(says(docOf(head('One', 1), head('Two', 2), line('written')))[0]?.done).toBe(true);
    expect(says(docOf(head('One', 1), line('written'), head('Two', 2)))[0]?.done).toBe(false);
  });
});

describe('what is read of a newer document', () => {
  it('keeps the words of what is not known', () => {
    const strange: Piece = { type: 'kanban', content: [line('to do'), line('done')] };
    const within: Piece = {
      type: 'paragraph',
      content: [
        { type: 'sparkle', content: [{ type: 'text', text: 'x' }] },
        { type: 'text', text: 'y', marks: [{ type: 'glow' }, { type: 'bold' }] },
      ],
    };
    expect(readable([strange, within], VOCABULARY)).toEqual([
      { type: 'strangeBlock', attrs: { name: 'kanban', words: 'to do done' } },
      {
        type: 'paragraph',
        content: [
          { type: 'text', text: 'x' },
          { type: 'text', text: 'y', marks: [{ type: 'bold' }] },
        ],
      },
    ]);
  });
});

describe('what is read of a document with impossible places', () => {
  const strange = (name: string, words: string): Piece => ({
    type: 'strangeBlock',
    attrs: { name, words, misplaced: true },
  });
  const words = (pieces: Piece[]) => placed(pieces, READABLE);

  it('keeps every word, and what stands right as it is', () => {
    const row: Piece = { type: 'tableRow', content: [{ type: 'tableCell', content: [line('in a row')] }] };
    const quote: Piece = { type: 'blockquote', content: [line('quoted'), row] };
    expect(words([line('right'), row, { type: 'text', text: 'bare' }])).toEqual([
      line('right'),
      strange('tableRow', 'in a row'),
      line('bare'),
    ]);
    expect(words([quote])).toEqual([strange('blockquote', 'quoted in a row')]);
    expect(words([{ type: 'bulletList', content: [line('no item')] }])).toEqual([
      strange('bulletList', 'no item'),
    ]);
    const bold: Piece = { type: 'text', text: 'x', marks: [{ type: 'bold' }] };
    expect(words([{ type: 'codeBlock', content: [bold] }])).toEqual([strange('codeBlock', 'x')]);
  });
});

describe('the rules the core holds documents against', () => {
  it('are those of the schema', () => {
    const held = Object.fromEntries(
      Object.entries(schema.nodes).map(([name, { spec }]) => [
        name,
        {
          ...(spec.content && { content: spec.content }),
          ...(spec.group && { group: spec.group }),
          ...(spec.marks === '' && { marks: false }),
        },
      ]),
    );
    expect(rules).toEqual(held);
  });
});

describe('what comes in a live block', () => {
  it('is drawn only when it is whole', () => {
    expect(plotOf('{"t":[1,2],"y":[0.5,null],"objective":0.9}', 'indicator')?.level?.at).toBe(0.9);
    for (const bad of ['', 'null', '[]', '{"t":[1],"y":[1,2]}', '{"t":["x"],"y":[1]}', '{"t":[],"y":[]}'])
      expect(plotOf(bad, 'budget'), bad).toBeNull();
  });
  it('leaves out what does not fit', () => {
    expect(rowsOf('{"rows":[1,null,{"text":"a"}]}')).toEqual([{ text: 'a' }]);
    expect(rowsOf('nonsense')).toEqual([]);
    expect(marksOf('{"marks":[{"at":"x"},{"at":5,"text":7},null]}')).toEqual([{ at: 5, text: '' }]);
  });
});

describe('what others said', () => {
  it('is read where it can be, and hides no other', () => {
    expect(readSaid('1', '{"kind":"reply","thread":"t","author":"a","at":"x","text":"y"}')).toEqual([
      { id: '1', kind: 'reply', thread: 't', author: 'a', at: 'x', text: 'y' },
    ]);
    expect(readSaid('1', '{"kind":"thread","author":{"x":1},"text":3}')[0]).toMatchObject({
      author: '',
      text: '',
    });
    for (const bad of ['', '[]', '{', 'null', 7, undefined]) expect(readSaid('1', bad)).toEqual([]);
  });
});
