import { describe, expect, it } from 'vitest';
import { read } from './typed';

describe('the input line', () => {
  it('understands its words', () => {
    expect(read('/deploy flag on', [])).toEqual({ does: 'mark', mark: 'deploy', text: 'flag on' });
    expect(read('/stream database locks', [])).toEqual({ does: 'stream', text: 'database locks' });
    expect(read('/room https://meet.example.com/x', [])).toEqual({
      does: 'room',
      text: 'https://meet.example.com/x',
    });
    expect(read('/update', [])).toEqual({ does: 'update' });
  });

  it('hears streams by their name, the longest first', () => {
    expect(read('@database locks: none held', ['database', 'database locks:'])).toEqual({
      does: 'say',
      stream: 'database locks:',
      text: 'none held',
    });
  });

  it('takes everything else as a note', () => {
    for (const text of ['/etc/hosts was wrong', '/deploy', '@nobody said so', 'plain'])
      expect(read(text, ['database'])).toEqual({ does: 'note', text });
  });
});
