/** Every screen against the made-up core: what it shows when there is nothing, when the core fails, and that axe agrees. */
import { fireEvent, render, waitFor } from '@testing-library/svelte';
import axe from 'axe-core';
import type { Component } from 'svelte';
import { describe, expect, it } from 'vitest';
import { use } from '~/ipc/client';
import { fakeCore, type Fake } from '~/ipc/fake';
import Connections from './connections/Connections.svelte';
import FirstStart from './connections/FirstStart.svelte';
import Inbox from './inbox/Inbox.svelte';
import Incidents from './incident/Incidents.svelte';
import OnCall from './oncall/OnCall.svelte';
import Doctor from './settings/Doctor.svelte';
import Settings from './settings/Settings.svelte';
import Slos from './slos/Slos.svelte';
import SloDetail from './watch/SloDetail.svelte';
import Watch from './watch/Watch.svelte';

function core(word: string): Fake {
  const fake = fakeCore(word);
  use(fake.client, fake.signals);
  return fake;
}

async function clean(root: Element) {
  // Colours need a real browser; the end-to-end run checks them.
  const { violations } = await axe.run(root, {
    rules: { 'color-contrast': { enabled: false }, region: { enabled: false } },
  });
  expect(violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`)).toEqual([]);
}

const SCREENS: [string, Component<Record<string, never>>, string][] = [
  ['Watch', Watch as Component<Record<string, never>>, 'Nothing is watched yet'],
  ['Incidents', Incidents as Component<Record<string, never>>, 'No incident so far'],
  ['Connections', Connections as Component<Record<string, never>>, 'Nothing is read yet'],
  ['SLOs', Slos as Component<Record<string, never>>, 'No SLO is defined yet'],
  ['On call', OnCall as Component<Record<string, never>>, 'No calendar of shifts yet'],
  ['Inbox', Inbox as Component<Record<string, never>>, 'Nothing was announced yet'],
];

describe('screens', () => {
  for (const [name, screen, empty] of SCREENS) {
    it(`${name} teaches when it is empty`, async () => {
      core('empty');
      const { container, findByText } = render(screen);
      await findByText(empty);
      await clean(container);
    });
  }
  for (const [name, screen] of [
    ...SCREENS,
    ['Settings', Settings, ''],
    ['Doctor', Doctor, ''],
  ] as typeof SCREENS) {
    it(`${name} says cause and cure when the core fails`, async () => {
      core('error');
      const { container, findAllByText } = render(screen);
      await findAllByText(/disk I\/O error/);
      await findAllByText(/backup from 3 h ago/);
      await clean(container);
    });
    it(`${name} says that it is reading`, async () => {
      core('loading');
      const { findAllByText } = render(screen);
      await findAllByText(/^Reading/);
    });
  }

  it('the first start puts the focus on the drill', async () => {
    const fake = core('empty');
    const { container, getByRole } = render(FirstStart, {});
    const drill = getByRole('button', { name: /Practise/ });
    expect(document.activeElement).toBe(drill);
    await clean(container);
    await fireEvent.click(drill);
    await waitFor(async () => expect((await fake.client.frame()).drill).toBe(true));
  });

  it('an SLO opens to all its numbers, and outside links only through the core', async () => {
    const fake = core('story');
    const { container, findByText, getAllByRole } = render(SloDetail, {
      id: 'slo-settings-first-load-production',
      onclose: () => {},
    });
    await findByText('Burn rate against thresholds');
    await findByText('consumed = bad / allowed');
    await fireEvent.click(getAllByRole('button', { name: 'runbook' })[0] as HTMLElement);
    await waitFor(() =>
      expect(fake.opened).toEqual(['https://wiki.example.com/runbooks/settings-first-load']),
    );
    expect(container.querySelector('a[href^="http"]')).toBeNull();
    await clean(container);
  });

  it('hostile data stays text', async () => {
    const fake = core('hostile');
    const { container, findAllByText } = render(SloDetail, { id: 'nasty-0', onclose: () => {} });
    await findAllByText('<img src=x onerror=alert(1)>');
    expect(container.querySelectorAll('img, script, a[href^="javascript"]')).toHaveLength(0);
    expect(container.textContent).toContain('stays closed');
    expect(fake.opened).toEqual([]);
  });

  it('a refused entry keeps what was typed', async () => {
    const fake = core('story');
    fake.client.addEntry = () => Promise.reject(new Error('The disk is full.'));
    const { findByLabelText, findByText } = render(Incidents, { id: 'inc-39' });
    const field = (await findByLabelText('New entry')) as HTMLTextAreaElement;
    await fireEvent.input(field, { target: { value: 'rolled back' } });
    await fireEvent.keyDown(field, { key: 'Enter' });
    await findByText('The disk is full.');
    expect(field.value).toBe('rolled back');
  });

  it('settings are saved as they are changed', async () => {
    const fake = core('story');
    const { findByLabelText, findByText } = render(Settings);
    await fireEvent.click(await findByLabelText('Start at login'));
    await findByText('Saved');
    expect((await fake.client.settings()).start_at_login).toBe(true);
  });
});
