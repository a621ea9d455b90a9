import { describe, expect, it } from 'vitest';
import { age, clock, duration, span, spanSeconds } from './duration';
import { bytes, count, many, NONE, objective, percent, rate } from './number';
import { bounded, openable } from './text';
import { moment, read, timeOfDay, unix, utc, written } from './time';

describe('numbers', () => {
  it('sets thin spaces between thousands', () => {
    expect(count(1_810_422)).toBe('1\u2009810\u2009422');
    expect(count(-1_204)).toBe('−1\u2009204');
    expect(count(0.5)).toBe('0.5');
    expect(count(999)).toBe('999');
  });
  it('says nothing where nothing is known', () => {
    for (const value of [null, undefined, NaN, Infinity]) {
      expect(count(value)).toBe(NONE);
      expect(percent(value)).toBe(NONE);
      expect(rate(value)).toBe(NONE);
      expect(bytes(value)).toBe(NONE);
    }
  });
  it('never rounds a miss up to a hundred', () => {
    expect(percent(0.99999)).toBe('99.999\u2009%');
    expect(percent(1)).toBe('100\u2009%');
    expect(percent(0.665)).toBe('66.5\u2009%');
    expect(percent(-1.35, 0)).toBe('−135\u2009%');
    expect(percent(-12.345)).toBe('−1\u2009235\u2009%');
    expect(percent(2, 0)).toBe('200\u2009%');
  });
  it('keeps a tenth near nothing', () => {
    expect(percent(0.003, 0)).toBe('0.3\u2009%');
    expect(percent(-0.0008, 0)).toBe('−0.1\u2009%');
    expect(percent(-0.0001, 0)).toBe('0\u2009%');
    expect(percent(0, 0)).toBe('0\u2009%');
  });
  it('keeps the zeros of whole numbers', () => {
    expect(percent(0.1, 0)).toBe('10\u2009%');
    expect(objective(0.9)).toBe('90\u2009%');
    expect(objective(0.9995)).toBe('99.95\u2009%');
  });
  it('writes rates and sizes', () => {
    expect(rate(14.21)).toBe('14.2×');
    expect(rate(0.02)).toBe('0.02×');
    expect(rate(1500)).toBe('1\u2009500×');
    expect(bytes(412_300)).toBe('412 kB');
    expect(many(1, 'source')).toBe('1 source');
    expect(many(3, 'source')).toBe('3 sources');
  });
});

describe('durations', () => {
  it('uses two units at most', () => {
    expect(duration(45)).toBe('45 s');
    expect(duration(8_040)).toBe('2 h 14 min');
    expect(duration(7_200)).toBe('2 h');
    expect(duration(86_400 * 7 + 4 * 3_600)).toBe('7 d 4 h');
    expect(duration(86_400 * 40)).toBe('40 d');
    expect(duration(null)).toBe(NONE);
  });
  it('carries over instead of saying 60 min', () => {
    expect(duration(3_599)).toBe('1 h');
    expect(duration(86_399)).toBe('1 d');
  });
  it('ages and clocks', () => {
    expect(age(59.9)).toBe('59 s');
    expect(age(-3)).toBe('0 s');
    expect(age(null)).toBe('never');
    expect(clock(2_527)).toBe('0:42:07');
    expect(clock(-5)).toBe('0:00:00');
  });
  it('reads windows', () => {
    expect(span('30d')).toBe('30 d');
    expect(span('5m')).toBe('5 min');
    expect(span('calendar month')).toBe('calendar month');
    expect(spanSeconds('1h')).toBe(3_600);
  });
});

describe('times', () => {
  const at = new Date(2026, 10, 22, 4, 37, 5).getTime() / 1000;
  it('names the day only where it is needed', () => {
    expect(moment(at, at)).toBe('04:37');
    expect(moment(at, at + 86_400)).toBe('Sun 04:37');
    expect(moment(at, at + 20 * 86_400)).toBe('22 Nov 04:37');
    expect(moment(null, at)).toBe(NONE);
  });
  it('survives what is no time', () => {
    expect(unix('soon')).toBeNull();
    expect(unix('1970-01-01T00:01:00Z')).toBe(60);
    expect(timeOfDay(Number.MAX_VALUE)).toBe(NONE);
    expect(utc(0)).toBe('1970-01-01 00:00:00 UTC');
  });
});

describe('text from outside', () => {
  it('is cut and tamed', () => {
    expect(bounded('x'.repeat(100_000))).toHaveLength(301);
    expect(bounded('a\u202Eb\u2066c\u0000d')).toBe('abcd');
    expect(bounded(null)).toBe('');
    expect(bounded('<b>kept as text</b>')).toBe('<b>kept as text</b>');
  });
  it('opens web addresses only', () => {
    expect(openable('https://example.org/x')).toBe(true);
    for (const url of [
      'javascript:alert(1)',
      ' javascript:alert(1)',
      'file:///etc/passwd',
      'data:text/html,x',
      '',
      null,
      'x',
    ]) {
      expect(openable(url)).toBe(false);
    }
  });
});

describe('times as people write them', () => {
  it('reads back what it wrote, and times with a zone', () => {
    const at = Date.UTC(2026, 10, 22, 4, 37) / 1000;
    expect(read(written(at))).toBe(at);
    expect(read('2026-11-22T04:37:00Z')).toBe(at);
    expect(read('2026-11-22T04:37:00+00:00')).toBe(at);
  });
  it('refuses what is no time', () => {
    for (const text of [
      '',
      'yesterday',
      '2026-02-30 10:00',
      '2026-11-22 25:00',
      '2026-11-22',
      '2026-11-22T04:37:00',
    ])
      expect(read(text), text).toBeNull();
  });
});
