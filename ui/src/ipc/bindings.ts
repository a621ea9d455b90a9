// Written in the shape tauri-specta generates, and replaced by the generated file. Only `client.ts` may import it.
import { invoke } from '@tauri-apps/api/core';
import { listen, type EventCallback, type UnlistenFn } from '@tauri-apps/api/event';

export const commands = {
  watchPage: async (): Promise<Result<WatchPage, WireError>> => await settled<WatchPage>(invoke('watch_page')),
  frame: async (): Promise<Result<Frame, WireError>> => await settled<Frame>(invoke('frame')),
  sloDetail: async (id: string): Promise<Result<SloDetail, WireError>> => await settled<SloDetail>(invoke('slo_detail', { id })),
  sloCharts: async (id: string, hours: number): Promise<Result<SloCharts, WireError>> => await settled<SloCharts>(invoke('slo_charts', { id, hours })),
  sloRemove: async (id: string): Promise<Result<null, WireError>> => await settled<null>(invoke('slo_remove', { id })),
  inbox: async (): Promise<Result<InboxItem[], WireError>> => await settled<InboxItem[]>(invoke('inbox')),
  markRead: async (): Promise<Result<null, WireError>> => await settled<null>(invoke('mark_read')),
  acknowledge: async (journeyKey: string): Promise<Result<null, WireError>> => await settled<null>(invoke('acknowledge', { journeyKey })),
  snooze: async (journeyKey: string, minutes: number): Promise<Result<null, WireError>> => await settled<null>(invoke('snooze', { journeyKey, minutes })),
  unsnooze: async (journeyKey: string): Promise<Result<null, WireError>> => await settled<null>(invoke('unsnooze', { journeyKey })),
  pause: async (minutes: number): Promise<Result<null, WireError>> => await settled<null>(invoke('pause', { minutes })),
  resume: async (): Promise<Result<null, WireError>> => await settled<null>(invoke('resume')),
  pollNow: async (): Promise<Result<null, WireError>> => await settled<null>(invoke('poll_now')),
  incidents: async (): Promise<Result<IncidentView[], WireError>> => await settled<IncidentView[]>(invoke('incidents')),
  incident: async (id: string): Promise<Result<IncidentView, WireError>> => await settled<IncidentView>(invoke('incident', { id })),
  declare: async (title: string, severity: string, sloIds: string[]): Promise<Result<IncidentView, WireError>> => await settled<IncidentView>(invoke('declare', { title, severity, sloIds })),
  addEntry: async (id: string, text: string): Promise<Result<IncidentView, WireError>> => await settled<IncidentView>(invoke('add_entry', { id, text })),
  setPhase: async (id: string, phase: string): Promise<Result<IncidentView, WireError>> => await settled<IncidentView>(invoke('set_phase', { id, phase })),
  setSeverity: async (id: string, severity: string): Promise<Result<IncidentView, WireError>> => await settled<IncidentView>(invoke('set_severity', { id, severity })),
  assignRole: async (id: string, role: string, person: string): Promise<Result<IncidentView, WireError>> => await settled<IncidentView>(invoke('assign_role', { id, role, person })),
  sources: async (): Promise<Result<SourceRow[], WireError>> => await settled<SourceRow[]>(invoke('sources')),
  sourceAdd: async (form: SourceForm): Promise<Result<SourceRow, WireError>> => await settled<SourceRow>(invoke('source_add', { form })),
  sourceTry: async (form: SourceForm): Promise<Result<SourceTest, WireError>> => await settled<SourceTest>(invoke('source_try', { form })),
  sourceTest: async (name: string): Promise<Result<SourceTest, WireError>> => await settled<SourceTest>(invoke('source_test', { name })),
  sourceRemove: async (name: string): Promise<Result<null, WireError>> => await settled<null>(invoke('source_remove', { name })),
  suggestions: async (source: string): Promise<Result<Suggestion[], WireError>> => await settled<Suggestion[]>(invoke('suggestions', { source })),
  acceptSuggestions: async (source: string, accepted: AcceptedSuggestion[]): Promise<Result<ImportLine[], WireError>> => await settled<ImportLine[]>(invoke('accept_suggestions', { source, accepted })),
  importDocuments: async (files: DroppedFile[], source: string, environment: string): Promise<Result<ImportLine[], WireError>> => await settled<ImportLine[]>(invoke('import_documents', { files, source, environment })),
  probeAdd: async (form: ProbeForm): Promise<Result<ImportLine, WireError>> => await settled<ImportLine>(invoke('probe_add', { form })),
  settings: async (): Promise<Result<Settings, WireError>> => await settled<Settings>(invoke('settings')),
  saveSettings: async (settings: Settings): Promise<Result<Settings, WireError>> => await settled<Settings>(invoke('save_settings', { settings })),
  policies: async (): Promise<Result<PolicyRow[], WireError>> => await settled<PolicyRow[]>(invoke('policies')),
  savePolicy: async (policy: PolicyRow): Promise<Result<PolicyRow, WireError>> => await settled<PolicyRow>(invoke('save_policy', { policy })),
  removePolicy: async (id: string): Promise<Result<null, WireError>> => await settled<null>(invoke('remove_policy', { id })),
  doctor: async (): Promise<Result<DoctorLine[], WireError>> => await settled<DoctorLine[]>(invoke('doctor')),
  testNotification: async (): Promise<Result<DoctorLine, WireError>> => await settled<DoctorLine>(invoke('test_notification')),
  startDrill: async (speed: number): Promise<Result<null, WireError>> => await settled<null>(invoke('start_drill', { speed })),
  stopDrill: async (): Promise<Result<null, WireError>> => await settled<null>(invoke('stop_drill')),
  openLink: async (url: string): Promise<Result<null, WireError>> => await settled<null>(invoke('open_link', { url })),
  toldAboutTray: async (): Promise<Result<null, WireError>> => await settled<null>(invoke('told_about_tray')),
  quit: async (): Promise<Result<null, WireError>> => await settled<null>(invoke('quit')),
  painted: async (rows: number): Promise<Result<null, WireError>> => await settled<null>(invoke('painted', { rows })),
};

export const events = {
  changed: made<Changed>('changed'),
  go: made<Go>('go'),
};

/** A suggestion as the person accepted it. */
export type AcceptedSuggestion = {
  /** Key of the suggestion. */
  key: string;
  /** Name, maybe changed. */
  name: string;
  /** Objective as a percentage. */
  objective_percent: number;
  /** Window as `30d`. */
  window: string;
  /** Environment. */
  environment: string;
  /** Journey; the service where empty. */
  journey: string;
};

/** One burn-rate rule and whether its condition holds now. */
export type AlertFigures = {
  /** `page` or `ticket`. */
  severity: string;
  /** Long look-back, as `1h`. */
  long: string;
  /** Short look-back, as `5m`. */
  short: string;
  /** Both look-backs must burn strictly faster than this. */
  factor: number;
  /** The condition holds. */
  firing: boolean;
  /** Too little was observed to say; the alert keeps its state. */
  frozen: boolean;
};

/** One line of arithmetic: a figure, its formula with words, the same with numbers. */
export type Arithmetic = {
  /** Which figure: `sli`, `allowed`, `consumed`, `remaining`, `time_to_exhaustion`, `coverage`. */
  figure: string;
  /** Its value as shown. */
  value: string;
  /** `consumed = bad / allowed`. */
  formula: string;
  /** `1 204 / 1 810 = 66.5 %`. */
  numbers: string;
};

/** A span in which this machine did not watch. */
export type Away = {
  /** Unix seconds. */
  from: number;
  /** Unix seconds. */
  to: number;
};

/** What is left of what may go wrong. */
export type BudgetFigures = {
  /** Events that may be bad in this window; `null` without traffic. */
  allowed: number | null;
  /** Share of the budget that is gone; above 1 when overdrawn. */
  consumed: number | null;
  /** `1 - consumed`, signed. */
  remaining: number | null;
};

/** One row of the burn-rate table. */
export type BurnRow = {
  /** `page` or `ticket`. */
  severity: string;
  /** Long look-back as `1h`. */
  long: string;
  /** Short look-back as `5m`. */
  short: string;
  /** Threshold. */
  factor: number;
  /** Burn rate over the long look-back. */
  long_rate: number | null;
  /** Burn rate over the short look-back. */
  short_rate: number | null;
  /** Bad events over the long look-back. */
  long_bad: number;
  /** All events over the long look-back. */
  long_total: number;
  /** Bad events over the short look-back. */
  short_bad: number;
  /** All events over the short look-back. */
  short_total: number;
  /** Observed share of the long look-back. */
  coverage: number;
  /** Both exceed the threshold. */
  firing: boolean;
  /** Too little observed: the alert keeps its state. */
  frozen: boolean;
  /** Share of the budget spent when this rule fires. */
  share: number;
};

/** What changed, as topics; no data. */
export type Changed = { topics: string[] };

/** Something that works less than it should. */
export type Degraded = {
  /** `notifications`, `tray`, `keyring`, `clock`, `database`, `source:NAME`, … */
  part: string;
  /** What is wrong. */
  message: string;
  /** What the person can do. */
  cure: string;
};

/** One line of the doctor. */
export type DoctorLine = {
  /** `notifications`, `tray`, `keyring`, `clock`, `database`, `source NAME`, `heartbeat`. */
  part: string;
  /** `ok`, `degraded` or `broken`. */
  verdict: string;
  /** What was seen. */
  message: string;
  /** What to do; empty when ok. */
  cure: string;
};

/** A file the person dropped. */
export type DroppedFile = {
  /** Its name, for messages. */
  name: string;
  /** Its text. */
  text: string;
};

/** One entry of the timeline. */
export type EntryRow = {
  /** Id. */
  id: string;
  /** RFC 3339, as claimed. */
  at: string;
  /** Who. */
  author: string;
  /** `declared`, `note`, `phase`, `severity`, `role`, `slo`, `turn`, … */
  kind: string;
  /** As shown. */
  text: string;
};

/** What the frame shows around every page. */
export type Frame = {
  /** The engine's time in unix seconds (the drill's clock runs faster). */
  now: number;
  /** Simulated seconds per real second; 1 outside the drill. */
  pace: number;
  /** This profile is the drill's. */
  drill: boolean;
  /** The drill's story line as of now, if it is the drill. */
  drill_step: string | null;
  /** No source has been added yet: show the first-start choice. */
  first_start: boolean;
  /** Polling is paused until (unix seconds). */
  paused_until: number | null;
  /** When the machine was last away: (asleep or off) from, to; unix seconds. */
  away: Away | null;
  /** Unread announcements in the inbox. */
  unread: number;
  /** Worst state over everything, the tray's face. */
  face: string;
  /** Open incidents, worst first. */
  incidents: OpenIncident[];
  /** Things that do not work as they should, each with its cure (no notifications, no tray, no keyring, database recovered). */
  degraded: Degraded[];
  /** The window was closed before and the person was told that watching goes on. */
  told_about_tray: boolean;
};

/** A route the shell asks the window to show. */
export type Go = { to: string };

/** What became of one document of an import. */
export type ImportLine = {
  /** File name. */
  file: string;
  /** Line in the file, from 1. */
  line: number | null;
  /** Name of the document, where it has one. */
  name: string | null;
  /** `imported`, `warned` or `rejected`. */
  outcome: string;
  /** Reasons and cures, one a line; empty when imported cleanly. */
  messages: string[];
  /** Id of the SLO created or updated. */
  id: string | null;
};

/** One announcement in the inbox. */
export type InboxItem = {
  /** Id. */
  id: string;
  /** Journey key it belongs to. */
  journey_key: string;
  /** Unix seconds of the turn. */
  at: number;
  /** `critical`, `normal` or `low`. */
  urgency: string;
  /** Headline. */
  title: string;
  /** Body. */
  body: string;
  /** `waiting`, `shown`, `folded` or `held` (by quiet hours or snooze). */
  delivery: string;
  /** Which rule decided that, in words. */
  why: string;
  /** Unix seconds of acknowledgement. */
  acknowledged_at: number | null;
  /** Not opened yet. */
  unread: boolean;
  /** SLO it is about, to open it. */
  slo_id: string | null;
};

/** The derived times of an incident, RFC 3339. */
export type IncidentTimes = {
  /** When customers began to suffer. */
  impact_start: string | null;
  /** When a machine or a person noticed. */
  detected: string | null;
  /** When a person took it. */
  acknowledged: string | null;
  /** When customers stopped suffering. */
  mitigated: string | null;
  /** When it was over. */
  resolved: string | null;
};

/** An incident whole: the public contract of `firewatchctl incident show --json`. */
export type IncidentView = {
  /** Id. */
  id: string;
  /** Title. */
  title: string;
  /** `SEV0` to `SEV3`. */
  severity: string;
  /** Phase. */
  phase: string;
  /** Person by role. */
  roles: { [key in string]: string };
  /** Names of the SLOs concerned. */
  slos: string[];
  /** Derived times. */
  times: IncidentTimes;
  /** The timeline, oldest first. */
  entries: EntryRow[];
  /** Follow-ups; none exist yet in this version. */
  followups: string[];
  /** Declared in the drill. */
  drill: boolean;
  /** A policy opened it, not a person. */
  opened_by_policy: boolean;
};

/** A query of the indicator, with the page of the source that shows it. */
export type IndicatorQuery = {
  /** `good`, `bad`, `total`, `buckets` or `probe`. */
  role: string;
  /** As sent. */
  query: string;
  /** Page of the source that graphs it, where it has one. */
  url: string | null;
};

/** A journey with the state of its worst SLO. */
export type JourneyRow = {
  /** Key for acknowledge and snooze: journey and environment. */
  key: string;
  /** Journey name. */
  journey: string;
  /** Environment. */
  environment: string;
  /** Worst state of its SLOs. */
  state: string;
  /** SLOs in it. */
  slos: number;
  /** Shortest time to exhaustion. */
  time_to_exhaustion_s: number | null;
  /** Someone acknowledged it and it has not worsened since. */
  acknowledged: boolean;
  /** Snoozed here until (unix seconds). */
  snoozed_until: number | null;
};

/** A link of the definition, already held to http and https. */
export type Link = {
  /** `runbook`, `dashboard`, … */
  label: string;
  /** Full address, shown before opening. */
  url: string;
};

/** The incident the strip on top shows. */
export type OpenIncident = {
  /** Id. */
  id: string;
  /** Title. */
  title: string;
  /** `SEV0` to `SEV3`. */
  severity: string;
  /** Phase. */
  phase: string;
  /** Unix seconds of its declaration. */
  declared_at: number;
};

/** What a turn orders. */
export type PolicyRow = {
  /** Id; empty when new. */
  id: string;
  /** Journey it applies to; empty for all. */
  journey: string;
  /** Environment it applies to; empty for all. */
  environment: string;
  /** `exhausted` or `page_burn`. */
  trigger: string;
  /** Minutes the trigger must hold. */
  hold_minutes: number;
  /** `notify` or `open_incident`. */
  action: string;
  /** Severity of the incident, `SEV0` to `SEV3`. */
  severity: string;
  /** Switched on. */
  enabled: boolean;
};

/** A URL to probe. */
export type ProbeForm = {
  /** Unique name. */
  name: string;
  /** Address to GET. */
  url: string;
  /** Good when answered within this many milliseconds. */
  under_ms: number;
  /** Objective as a percentage. */
  objective_percent: number;
  /** Window as `30d`. */
  window: string;
  /** Seconds between probes. */
  interval_s: number;
  /** Environment. */
  environment: string;
};

/** What the person chose. */
export type Settings = {
  /** The person's name, author of entries. */
  name: string;
  /** `system`, `light` or `dark`. */
  theme: string;
  /** Quiet hours hold all but pages. */
  quiet_on: boolean;
  /** Local time `22:00`. */
  quiet_from: string;
  /** Local time `07:00`. */
  quiet_to: string;
  /** Hold pages too during quiet hours. */
  quiet_holds_pages: boolean;
  /** Address that is pinged while all is watched; empty for none. */
  heartbeat_url: string;
  /** Seconds between pings. */
  heartbeat_interval_s: number;
  /** Play the desktop's alert sound with a page. */
  sound: boolean;
  /** Start at login. */
  start_at_login: boolean;
  /** Closing the window keeps the watch in the tray. */
  close_keeps_watch: boolean;
};

/** Chart data of one SLO, at most a few hundred points, ready to draw. */
export type SloCharts = {
  /** Unix seconds, ascending, the end of each step. */
  t: number[];
  /** Remaining share of the budget of the window that ends at `t`; `null` where unknown. */
  remaining: (number | null)[];
  /** `good / total` within the step; `null` without traffic or sight. */
  sli: (number | null)[];
  /** Events within the step; `null` where unobserved. */
  total: (number | null)[];
  /** Bad events within the step. */
  bad: (number | null)[];
  /** Observed share of the step. */
  coverage: number[];
  /** Target ratio, to draw the line. */
  objective: number;
  /** Step in seconds. */
  step_s: number;
};

/** Everything the detail needs but the charts. */
export type SloDetail = {
  /** As in the list. */
  row: SloRow;
  /** As in `firewatchctl status`. */
  status: SloStatus;
  /** Description of the definition. */
  description: string;
  /** Every figure opened. */
  arithmetic: Arithmetic[];
  /** Burn-rate rules against their thresholds. */
  burn_table: BurnRow[];
  /** Queries. */
  queries: IndicatorQuery[];
  /** Runbook and other links. */
  links: Link[];
  /** Latest changes of state, newest first. */
  turns: TurnRow[];
  /** Announcement-relevant facts: acknowledged, snoozed. */
  journey_key: string;
  /** Acknowledged and not worsened since. */
  acknowledged: boolean;
  /** Snoozed until (unix seconds). */
  snoozed_until: number | null;
  /** Open incident that carries this SLO. */
  incident_id: string | null;
};

/** One row of the Watch list. Detail is fetched apart. */
export type SloRow = {
  /** Stable id. */
  id: string;
  /** Unique name. */
  name: string;
  /** Name for people; the unique name where none was given. */
  title: string;
  /** Journey. */
  journey: string;
  /** Service. */
  service: string;
  /** Environment. */
  environment: string;
  /** Source name. */
  source: string;
  /** `blind`, `exhausted`, `burning` or `calm`. */
  state: string;
  /** `none`, `ticket` or `page`. */
  burn: string;
  /** Why, in words. */
  reason: string | null;
  /** Target ratio, 0 to 1. */
  objective: number;
  /** Window as `30d`. */
  window: string;
  /** Signed share of the budget that is left. */
  remaining: number | null;
  /** Share of the budget the present burn takes within the next long window of its rule. */
  next_loss: number | null;
  /** Burn rate over the shortest page rule's long look-back. */
  burn_rate: number | null;
  /** Seconds until nothing is left. */
  time_to_exhaustion_s: number | null;
  /** Unix seconds of the newest data, for an age that ticks. */
  data_at: number | null;
  /** Bad events in the window. */
  bad: number | null;
  /** All events in the window. */
  total: number | null;
  /** Events that may be bad. */
  allowed: number | null;
  /** Share of history already read; `null` once it is all there. */
  history: number | null;
  /** Burn over the last day in 24 hourly steps, oldest first. */
  spark: (number | null)[];
  /** The counts are estimates. */
  estimated: boolean;
};

/** One SLO as it stands. */
export type SloStatus = {
  /** Stable id. */
  id: string;
  /** Unique name within the profile. */
  name: string;
  /** Journey it belongs to. */
  journey: string;
  /** Service it belongs to. */
  service: string;
  /** Environment it binds to. */
  environment: string;
  /** Source it is read from. */
  source: string;
  /** RFC 3339, the exclusive end of the last minute counted. */
  at: string;
  /** `blind`, `exhausted`, `burning` or `calm`. */
  state: string;
  /** `seen` or `blind`. */
  sight: string;
  /** `within` or `exhausted`. */
  spent: string;
  /** `none`, `ticket` or `page`. */
  burn: string;
  /** Why it is in this state, in words. */
  reason: string | null;
  /** Target ratio, 0 to 1. */
  objective: number;
  /** Window as `30d`. */
  window: string;
  /** Budgeting method: `occurrences`. */
  method: string;
  /** RFC 3339. */
  window_start: string;
  /** RFC 3339. */
  window_end: string;
  /** Good events. */
  good: number | null;
  /** Bad events. */
  bad: number | null;
  /** All events. */
  total: number | null;
  /** `good / total`; `null` without traffic. */
  sli: number | null;
  /** The budget. */
  budget: BudgetFigures;
  /** Burn rate by look-back (`5m`, `30m`, `1h`, `2h`, `6h`, `1d`, `3d`, those not longer than the window). */
  burn_rates: { [key in string]: number | null };
  /** Seconds until nothing is left at the present pace; `null` when it does not burn or nothing is left. */
  time_to_exhaustion_s: number | null;
  /** Observed share of the window, 0 to 1. */
  coverage: number;
  /** Unobserved seconds of the window. */
  unobserved_s: number;
  /** Age of the newest data in seconds; `null` before the first. */
  data_age_s: number | null;
  /** The server summed, or a carry is inside: the counts are estimates. */
  estimated: boolean;
  /** Burn-rate rules. */
  alerts: AlertFigures[];
  /** Share of history already read, 0 to 1; `null` once it is all there. */
  history: number | null;
};

/** What the person typed to add a source. Secrets travel once, into the keyring. */
export type SourceForm = {
  /** Unique name. */
  name: string;
  /** Base address, with any path prefix. */
  url: string;
  /** Seconds between polls. */
  interval_s: number;
  /** `none`, `basic` or `bearer`. */
  auth: string;
  /** User of Basic. */
  user: string | null;
  /** Password or token. */
  secret: string | null;
  /** Further headers as `Name: value`. */
  headers: string[];
  /** Credentials over plain http are allowed. */
  allow_plain_http: boolean;
};

/** A source as configured; never its secret. */
export type SourceRow = {
  /** Id. */
  id: string;
  /** Unique name. */
  name: string;
  /** `prometheus`, `probe` or `drill`. */
  kind: string;
  /** Base address; empty for probe and drill. */
  url: string;
  /** Seconds between polls. */
  interval_s: number;
  /** `none`, `basic`, `bearer` or `headers`. */
  auth: string;
  /** Where the secret is: `keyring`, `variable NAME`, `session` or `none`. */
  secret: string;
  /** Credentials travel unencrypted by the person's choice. */
  plain_http: boolean;
  /** `ok`, `failing`, `unknown` or `paused`. */
  health: string;
  /** Last error in words. */
  error: string | null;
  /** Unix seconds of the last good read. */
  last_read_at: number | null;
  /** Round trips of the last poll. */
  last_requests: number | null;
  /** Milliseconds of the last poll. */
  last_poll_ms: number | null;
  /** Bytes received by the last poll. */
  last_bytes: number | null;
  /** SLOs that read from it. */
  slos: number;
};

/** What the source was seen to do just now. */
export type SourceTest = {
  /** All checks are ok. */
  ok: boolean;
  /** In order. */
  lines: TestLine[];
};

/** An SLO proposed from what the source already has. */
export type Suggestion = {
  /** Key to accept it by. */
  key: string;
  /** Proposed unique name. */
  name: string;
  /** Proposed title. */
  title: string;
  /** Service. */
  service: string;
  /** What it was made from: `counters`, `histogram`, `probe_success`, `sloth rules`, `pyrra rules`, `grpc`. */
  origin: string;
  /** The indicator in words. */
  indicator: string;
  /** Proposed objective as a percentage. */
  objective_percent: number;
  /** Proposed window. */
  window: string;
  /** Ratio of the last hour, where it could be read. */
  recent_sli: number | null;
  /** An SLO with this name exists already. */
  exists: boolean;
};

/** One check of the truthful test. */
export type TestLine = {
  /** `address`, `answer`, `version`, `query`, `clock`, `series`. */
  check: string;
  /** `ok`, `degraded` or `broken`. */
  verdict: string;
  /** What was seen. */
  message: string;
  /** What to do; empty when ok. */
  cure: string;
};

/** A past change of state. */
export type TurnRow = {
  /** Unix seconds. */
  at: number;
  /** What changed, in words. */
  text: string;
  /** State word after it. */
  state: string;
};

/** Everything the Watch list needs, in one answer. */
export type WatchPage = {
  /** The frame at the same moment. */
  frame: Frame;
  /** Journeys, worst first. */
  journeys: JourneyRow[];
  /** SLOs, worst first. */
  slos: SloRow[];
};

/** What the window branches on. */
export type WireCode = 'invalid' | 'not_found' | 'refused' | 'internal';

/** What went wrong, for the window. */
export type WireError = {
  code: WireCode;
  message: string;
  hint: string | null;
};

export type Result<T, E> = { status: 'ok'; data: T } | { status: 'error'; error: E };

async function settled<T>(answer: Promise<unknown>): Promise<Result<T, WireError>> {
  try {
    return { status: 'ok', data: (await answer) as T };
  } catch (error) {
    if (error instanceof Error) throw error;
    return { status: 'error', error: error as WireError };
  }
}

function made<T>(name: string) {
  return { listen: (heard: EventCallback<T>): Promise<UnlistenFn> => listen<T>(name, heard) };
}
