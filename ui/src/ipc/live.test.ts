import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fakeCore } from './fake';
import { signals, use } from './client';
import { changed, listen, onChange } from './live';

let stops: (() => void)[] = [];
beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  stops.forEach((stop) => stop());
  stops = [];
  vi.useRealTimers();
});

describe('hints of the core', () => {
  it('folds a burst into one refetch', async () => {
    const refetch = vi.fn();
    stops.push(onChange(['watch'], refetch));
    for (let i = 0; i < 50; i++) changed(['watch', 'inbox']);
    await vi.advanceTimersByTimeAsync(500);
    expect(refetch).toHaveBeenCalledTimes(1);
  });
  it('passes on at once that somebody wrote, and folds the rest', async () => {
    const [text, list] = [vi.fn(), vi.fn()];
    stops.push(onChange(['postmortem'], text), onChange(['incidents'], list));
    changed(['postmortem', 'incidents']);
    expect(text).toHaveBeenCalledTimes(1);
    expect(list).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(200);
    expect(list).toHaveBeenCalledTimes(1);
  });
  it('tells only who is interested, and everybody about the profile', async () => {
    const [watch, settings] = [vi.fn(), vi.fn()];
    stops.push(onChange(['watch'], watch), onChange(['settings'], settings));
    changed(['watch']);
    await vi.advanceTimersByTimeAsync(200);
    expect(settings).not.toHaveBeenCalled();
    changed(['profile']);
    await vi.advanceTimersByTimeAsync(200);
    expect(watch).toHaveBeenCalledTimes(2);
    expect(settings).toHaveBeenCalledTimes(1);
  });
  it('never piles up requests behind a slow answer', async () => {
    let finish = () => {};
    const refetch = vi.fn(() => new Promise<void>((done) => (finish = done)));
    stops.push(onChange(['watch'], refetch));
    for (let i = 0; i < 5; i++) {
      changed(['watch']);
      await vi.advanceTimersByTimeAsync(200);
    }
    expect(refetch).toHaveBeenCalledTimes(1);
    finish();
    await vi.advanceTimersByTimeAsync(200);
    expect(refetch).toHaveBeenCalledTimes(2);
  });
  it('does not trust the events: focus and the minute refetch too', async () => {
    const fake = fakeCore();
    use(fake.client, fake.signals);
    const refetch = vi.fn();
    stops.push(onChange(['watch'], refetch), await listen(() => {}));
    expect(signals).toBe(fake.signals);
    window.dispatchEvent(new Event('focus'));
    await vi.advanceTimersByTimeAsync(200);
    expect(refetch).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(60_500);
    expect(refetch).toHaveBeenCalledTimes(2);
    fake.emit('watch');
    await vi.advanceTimersByTimeAsync(200);
    expect(refetch).toHaveBeenCalledTimes(3);
  });
});
