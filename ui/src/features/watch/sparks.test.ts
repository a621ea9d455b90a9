import { afterEach, describe, expect, it, vi } from 'vitest';
import { fakeCore } from '~/ipc/fake';
import { use } from '~/ipc/client';
import { Sparks } from './sparks.svelte';

const fake = fakeCore();
const asked = vi.fn((ids: string[]) => Promise.resolve(ids.map((id) => ({ id, points: [1] }))));
use({ ...fake.client, sparks: asked }, fake.signals);

afterEach(() => {
  vi.useRealTimers();
  asked.mockClear();
});

describe('sketches of the rows', () => {
  it('are asked for once, together, and only for what is still on screen', async () => {
    vi.useFakeTimers();
    const sparks = new Sparks();
    sparks.want(['a', 'b']);
    sparks.want(['b', 'c']);
    await vi.advanceTimersByTimeAsync(200);
    sparks.want(['b', 'c']);
    await vi.advanceTimersByTimeAsync(200);
    expect(asked.mock.calls).toEqual([[['b', 'c']]]);
    expect(sparks.known).toEqual({ b: [1], c: [1] });
  });
  it('are asked for again after a failure, and when they grew old', async () => {
    vi.useFakeTimers();
    const sparks = new Sparks();
    asked.mockRejectedValueOnce(new Error('no'));
    for (let i = 0; i < 3; i++) {
      sparks.want(['a']);
      await vi.advanceTimersByTimeAsync(200);
    }
    expect(asked).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(600_000);
    sparks.want(['a']);
    await vi.advanceTimersByTimeAsync(200);
    expect(asked).toHaveBeenCalledTimes(3);
  });
});
