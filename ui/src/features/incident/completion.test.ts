import { describe, expect, it } from 'vitest';
import { choices, peopleOf } from './completion';

const known = { people: ['Jane Doe', 'kim@example.com', 'Jo'], streams: ['database', 'Jobs'] };
const words = (text: string, caret = text.length) => choices(text, caret, known).map(({ word }) => word);

describe('completion', () => {
  it('finishes words behind a slash at the beginning alone', () => {
    expect(words('/ro')).toEqual(['/rollback', '/room']);
    expect(words('/rollback')).toEqual([]);
    expect(words('and /ro')).toEqual([]);
  });

  it('finishes people and streams behind an @, wherever it stands', () => {
    expect(words('@j')).toEqual(['@Jobs', '@Jane Doe', '@Jo']);
    expect(words('asked @do')).toEqual(['@Jane Doe']);
    expect(words('asked @exam')).toEqual(['@kim@example.com']);
    expect(words('mail me@j')).toEqual([]);
    expect(words('asked @jo, and then', 9)).toEqual(['@Jobs']);
  });

  it('keeps what stands after the caret', () => {
    const [choice] = choices('tell @dat now', 9, known);
    expect(choice?.text).toBe('tell @database now');
    expect(choice?.caret).toBe('tell @database '.length);
  });

  it('knows everybody once, and not the program', () => {
    const incident = {
      roles: { commander: 'Jane', scribe: ' ' },
      streams: [{ owner: 'kim' }, { owner: '' }],
      entries: [{ author: 'firewatch' }, { author: 'Jane' }, { author: 'ana' }],
    };
    expect(peopleOf(incident)).toEqual(['ana', 'Jane', 'kim']);
  });
});
