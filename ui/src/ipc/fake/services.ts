/** Made-up services of the story: settings needs the integrations, some run by others; one of them burned first. */
import type { DependencyView, ServiceRow, SloRow } from '../client';
import { NOW, type Mode } from './world';

export function serviceRows(mode: Mode): ServiceRow[] {
  if (mode === 'empty' || mode === 'loading') return [];
  const row = (name: string, patch: Partial<ServiceRow> = {}): ServiceRow => ({
    name,
    title: '',
    third_party: false,
    slos: 1,
    needs: [],
    needed_by: [],
    ...patch,
  });
  const need = (service: string, defined = false) => ({ service, declared: !defined, defined });
  return [
    row('accounts', { slos: 2 }),
    row('identity-provider', { third_party: true, needed_by: ['settings'] }),
    row('integrations', { slos: 26, needs: [need('stripe-payments', true)], needed_by: ['settings'] }),
    row('settings', { slos: 6, needs: [need('identity-provider'), need('integrations')] }),
    row('stripe-payments', {
      title: 'Stripe payments',
      third_party: true,
      slos: 0,
      needed_by: ['integrations'],
    }),
  ];
}

export function dependenciesOf(row: SloRow | undefined, mode: Mode): DependencyView {
  const of = row ? [row.service] : [];
  if (mode === 'hostile' || row?.service !== 'settings' || row.environment !== 'production')
    return { of, burn_since: null, first: null, rows: [] };
  const line = (service: string, title: string) => ({
    service,
    title,
    third_party: false,
    depth: 1,
    via: null,
    state: 'calm' as string | null,
    slo_id: null as string | null,
    burn_since: null as number | null,
    earlier_s: null as number | null,
    alerts: 0,
  });
  return {
    of,
    burn_since: NOW - 1_500,
    first: 'Payments started burning 4 min earlier',
    rows: [
      {
        ...line('payments', 'Payments'),
        state: 'exhausted',
        slo_id: 'slo-payments-production',
        burn_since: NOW - 1_740,
        earlier_s: 240,
        alerts: 6,
      },
      {
        ...line('api', 'Settings API'),
        state: 'burning',
        slo_id: 'slo-settings-api-availability-production',
        burn_since: NOW - 1_320,
        earlier_s: -180,
        alerts: 8,
      },
      { ...line('identity-provider', 'Identity provider'), state: 'blind', third_party: true },
      {
        ...line('stripe-payments', 'Stripe payments'),
        state: null,
        third_party: true,
        depth: 2,
        via: 'payments',
      },
      line('tax-rates', 'Tax rates'),
    ],
  };
}
