import { describe, expect, it } from 'vitest';
import { Fault, faultOf } from './client';

describe('faults', () => {
  it('keep code and cure', () => {
    const fault = new Fault('refused', 'The incident is resolved.', 'Reopen it first.');
    expect(fault).toBeInstanceOf(Error);
    expect(faultOf(fault)).toBe(fault);
    expect(fault).toMatchObject({ code: 'refused', hint: 'Reopen it first.' });
  });
  it('are made of anything thrown', () => {
    expect(faultOf(new TypeError('x'))).toMatchObject({ code: 'internal', message: 'x' });
    expect(faultOf('gone')).toMatchObject({ code: 'internal', message: 'gone' });
  });
});
