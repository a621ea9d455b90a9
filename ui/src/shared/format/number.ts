/**
 * Numbers as people read them at night: thin spaces between thousands, few digits, a real minus sign.
 * Grouping is done by hand so that no locale of the machine can change or break it.
 */

const THIN = '\u2009';
export const NONE = '–';

/** `1810422` as `1 810 422`; fractions are rounded away from 100 on. */
export function count(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  const digits = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : 1;
  return grouped(trimmed(value.toFixed(digits)));
}

/** A share as a percentage: `0.6652` as `66.5 %`. Never rounds a miss up to 100 %. */
export function percent(share: number | null | undefined, digits = 1): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return NONE;
  const value = share * 100;
  // Near nothing one digit more: a last tenth is not spent yet, and what is barely overdrawn is not `−0 %`.
  const near = value !== 0 && Math.abs(value) < 1 ? Math.max(digits, 1) : digits;
  const size = Math.abs(value) >= 1000 ? 0 : near;
  let text = value.toFixed(size);
  if (Number(text) === 0) text = '0';
  if (share < 1 && Number(text) === 100) text = floored(value, Math.max(size, 3));
  return `${grouped(trimmed(text))}${THIN}%`;
}

/** A target ratio with as many digits as it has: `0.9995` as `99.95 %`. */
export function objective(ratio: number): string {
  return `${trimmed((ratio * 100).toFixed(4))}${THIN}%`;
}

/** A burn rate: `14.2×`. */
export function rate(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  if (Math.abs(value) >= 1000) return `${grouped(value.toFixed(0))}×`;
  if (Math.abs(value) >= 100) return `${value.toFixed(0)}×`;
  return `${value.toFixed(value !== 0 && Math.abs(value) < 0.1 ? 2 : 1)}×`;
}

/** Bytes as `412 kB`. */
export function bytes(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  if (value < 1000) return `${value.toFixed(0)} B`;
  if (value < 1_000_000) return `${(value / 1000).toFixed(value < 10_000 ? 1 : 0)} kB`;
  return `${(value / 1_000_000).toFixed(1)} MB`;
}

/** `1 source`, `3 sources`. */
export function many(n: number, one: string, more = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : more}`;
}

function grouped(text: string): string {
  const [whole = '', fraction] = text.split('.');
  const signed = whole.replace('-', '−').replace(/\B(?=(\d{3})+(?!\d))/g, THIN);
  return fraction === undefined ? signed : `${signed}.${fraction}`;
}

function trimmed(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

function floored(value: number, digits: number): string {
  const scale = 10 ** digits;
  return (Math.floor(value * scale) / scale).toFixed(digits);
}
