/** Made-up hypotheses and proofs: one that came true, one that did not, one that waits. */
import type { FollowUpView, HypothesisPreview, HypothesisView, ProofDetail, ProofRow } from '../client';
import { NOW } from './world';

const DAY = 86_400;
const iso = (at: number) => new Date(at * 1000).toISOString();

interface Found {
  environment: string;
  verdict: string;
  headline: string;
  why: string;
  before: number;
  after: number;
  factor: number;
  interval: [number, number];
  aim: string;
  days: number;
}

/** What is wrong with a sentence, as the core says it. */
export function refusal(text: string): string | null {
  if (/\d(x|×)|under|faster|improve[sd]?$|\d ?%/.test(text)) return null;
  if (/\d$/.test(text.trim()))
    return '`10` says too little; write 10x for so many times better, or 10% for a share';
  return `\`${text.slice(0, 80)}\` claims nothing; write what gets better and by how much: SLO improves 10x, or SLO p95 under 500ms`;
}

export function preview(text: string): HypothesisPreview {
  const fault = refusal(text);
  if (fault) return { fault, claim: '', places: [] };
  const place = (environment: string, now: string | null, aimed: string | null, total: number) => ({
    environment,
    slo: `settings-first-load-${environment}`,
    title: 'First load of the settings page',
    now,
    aimed,
    total,
    minutes: now ? 10_080 : 0,
  });
  return {
    fault: null,
    claim: 'errors improve 10×',
    places: [
      place('staging', 'errors 4.21 %', '0.421 %', 54_020),
      place('production', 'errors 4.19 %', '0.419 %', 904_881),
    ],
  };
}

/** A hypothesis that has not shipped. */
export function claimed(text: string): HypothesisView {
  const environments = /staging/.test(text) ? ['staging', 'production'] : ['production'];
  const places = environments.map((environment) => ({
    environment,
    shipped: null,
    next_look: null,
    proof: null,
  }));
  return { text, claim: 'errors improve 10×', places, earlier: [] };
}

/** It has shipped, and nothing can be told yet. */
export function shipped(one: FollowUpView, environment: string | null): FollowUpView {
  if (!one.claimed) return one;
  const places = one.claimed.places.map((place) =>
    place.shipped !== null || (environment !== null && place.environment !== environment)
      ? place
      : {
          ...place,
          shipped: iso(NOW),
          next_look: iso(NOW + 1.25 * DAY),
          proof: detail(waiting(place.environment)),
        },
  );
  const proof = places.findLast((place) => place.proof !== null)?.proof ?? null;
  return { ...one, claimed: { ...one.claimed, places }, proof };
}

/** Proven on staging and on production. */
export function proven(text: string): Pick<FollowUpView, 'hypothesis' | 'claimed' | 'proof'> {
  const of = (environment: string): Found => ({
    environment,
    verdict: 'proven',
    headline: 'proven, 10.2×',
    why: '10.2× better, 9.8× to 10.6× (95 %): no change is ruled out, and 10× is within reach.',
    before: 0.0419,
    after: 0.0041,
    factor: 10.2,
    interval: [9.8, 10.6],
    aim: 'improve 10×',
    days: 7,
  });
  const [staging, production] = [detail(of('staging')), detail(of('production'))];
  const places = [
    { environment: 'staging', shipped: iso(NOW - 9 * DAY), next_look: null, proof: staging },
    { environment: 'production', shipped: iso(NOW - 7 * DAY), next_look: null, proof: production },
  ];
  return {
    hypothesis: text,
    proof: production,
    claimed: { text, claim: 'errors improve 10×', places, earlier: [] },
  };
}

/** It shipped and did nothing. */
export function refuted(text: string): Pick<FollowUpView, 'hypothesis' | 'claimed' | 'proof'> {
  const proof = detail({
    environment: 'production',
    verdict: 'not_proven',
    headline: 'not proven, 1.06×',
    why: '1.06× better, 0.9× to 1.25× (95 %): no change is not ruled out, 5× is.',
    before: 0.0121,
    after: 0.0114,
    factor: 1.06,
    interval: [0.9, 1.25],
    aim: 'improve 5×',
    days: 7,
  });
  const places = [{ environment: 'production', shipped: iso(NOW - 12 * DAY), next_look: null, proof }];
  const earlier: ProofRow[] = [{ ...detail(waiting('production')), at: iso(NOW - 11 * DAY) }];
  return { hypothesis: text, proof, claimed: { text, claim: 'errors improve 5×', places, earlier } };
}

function waiting(environment: string): Found {
  return {
    environment,
    verdict: 'not_enough_data',
    headline: 'not enough data',
    why: 'Nothing was counted yet since it shipped.',
    before: NaN,
    after: NaN,
    factor: NaN,
    interval: [NaN, NaN],
    aim: 'improve 10×',
    days: 0,
  };
}

function detail(found: Found): ProofDetail {
  const known = (value: number) => (Number.isNaN(value) ? null : value);
  const share = (value: number) =>
    Number.isNaN(value) ? 'not known' : `${Number((value * 100).toPrecision(3))} %`;
  const hours = Array.from(
    { length: 168 },
    (_, hour) => 1 + 0.35 * Math.sin((hour / 24) * 2 * Math.PI) + 0.1 * Math.cos(hour * 1.7),
  );
  const week =
    found.days > 0 ? hours.map((sway): [number, number] => [found.before * sway, found.after * sway]) : [];
  const interval = known(found.interval[0]) === null ? null : found.interval;
  const sample = (bad: number) => ({
    bad,
    total: found.days * 129_600,
    minutes: found.days * 1_440,
    excluded: 0,
  });
  return {
    environment: found.environment,
    verdict: found.verdict,
    headline: found.headline,
    why: found.why,
    factor: known(found.factor),
    before: known(found.before),
    after: known(found.after),
    measure: 'errors',
    aim: found.aim,
    interval,
    level: interval ? 0.95 : null,
    method:
      'same hours of the week weighed alike (Mantel–Haenszel), days as the unit, Student’s t on the log of the factor',
    samples: {
      before: sample((known(found.before) ?? 0) * 907_200),
      after: sample((known(found.after) ?? 0) * 907_200),
    },
    days: found.days,
    shipped: iso(NOW - 7 * DAY),
    at: iso(NOW - 600),
    before_words: share(found.before),
    after_words: share(found.after),
    interpolated: null,
    interval_words: interval ? `${interval[0]}× to ${interval[1]}× (95 %)` : null,
    week,
    by_day: Array.from({ length: found.days }, (_, day) => ({
      day: day + 1,
      before: found.before,
      after: found.after,
      hours: 24,
    })),
    arithmetic: interval
      ? [
          ['Before', '38 012 bad of 907 200 events in 10 080 min'],
          ['After', '3 720 bad of 907 200 events in 10 080 min'],
          ['Compared', '168 h on 7 days, each beside the same hour of the week before it shipped'],
          ['Factor', `${share(found.before)} / ${share(found.after)} = ${found.factor}×`],
          ['Interval', `the factor: ${interval[0]}× to ${interval[1]}× (95 %)`],
          ['Aim', found.aim],
        ]
      : [['Aim', found.aim]],
  };
}
