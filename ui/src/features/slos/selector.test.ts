import { describe, expect, it } from 'vitest';
import { complete, placeAt } from './selector';

const at = (marked: string) => placeAt(marked.replace('|', ''), marked.indexOf('|'));
const done = (marked: string, choice: string) => {
  const text = marked.replace('|', '');
  const after = complete(text, at(marked), choice);
  return `${after.text.slice(0, after.caret)}|${after.text.slice(after.caret)}`;
};

describe('completing a selector', () => {
  it('knows what may stand where', () => {
    expect(at('http|')).toMatchObject({ what: 'metrics', typed: 'http' });
    expect(at('ht|tp{job="a"}')).toMatchObject({ what: 'metrics', typed: 'ht', to: 4 });
    expect(at('up{jo|')).toMatchObject({ what: 'labels', typed: 'jo', selector: 'up' });
    expect(at('up{job="a",|}')).toMatchObject({ what: 'labels', typed: '', selector: 'up{job="a"}' });
    expect(at('up{job="a|"}')).toMatchObject({ what: 'values', typed: 'a', label: 'job', selector: 'up' });
    expect(at('up{zone="x",job=~"a|')).toMatchObject({
      what: 'values',
      label: 'job',
      selector: 'up{zone="x"}',
    });
    expect(at('up{job="a,b|"}')).toMatchObject({ what: 'values', typed: 'a,b' });
  });
  it('puts a choice in its place and the cursor behind it', () => {
    expect(done('htt|', 'http_requests_total')).toBe('http_requests_total|');
    expect(done('htt|{job="a"}', 'up')).toBe('up|{job="a"}');
    expect(done('up{jo|', 'job')).toBe('up{job="|"}');
    expect(done('up{job="|"}', 'shop')).toBe('up{job="shop"|}');
    expect(done('up{job="sh|op"}', 'shop-2')).toBe('up{job="shop-2"|}');
    expect(done('up{job=|}', 'a"b\\c')).toBe('up{job="a\\"b\\\\c"|}');
    expect(done('up{jo|b="a"}', 'zone')).toBe('up{zone|="a"}');
  });
});
