/**
 * The one door to the Rust core. The generated bindings answer with a result; here it becomes a value or a thrown
 * `Fault`, once, so that no screen handles both. Nothing else may depend on the shape of `bindings.ts`.
 */
import { commands, events } from './bindings';
import type {
  DatadogForm,
  ComparedBlock,
  HistoryRow,
  PostmortemStanding,
  Document,
  PostmortemRow,
  PostmortemView,
  TemplateRow,
  AcceptedSuggestion,
  ActRow,
  AdoptForm,
  Adopted,
  AlertPage,
  Backtest,
  BacktestForm,
  ChoiceRow,
  ChecklistRow,
  CalendarForm,
  Captured,
  DependencyView,
  DestinationForm,
  DestinationRow,
  DefinitionRow,
  DoctorLine,
  DrillScore,
  DroppedFile,
  EvidenceView,
  ExclusionForm,
  ExclusionRow,
  FolderRow,
  FollowUpForm,
  FollowUpRow,
  FollowUpView,
  Frame,
  HandoverNote,
  HoursForm,
  HoursView,
  ImportLine,
  InboxItem,
  IncidentPaper,
  IncidentView,
  LedgerView,
  LookupForm,
  OnCallView,
  Picture,
  PolicyRow,
  ProbeForm,
  ServiceRow,
  Settings,
  SloCharts,
  SloDetail,
  SloEditor,
  SloForm,
  SloPreview,
  SourceForm,
  SourceRow,
  SourceTest,
  Spark,
  Suggestion,
  TighteningForm,
  Tightenings,
  TicketView,
  TrackerForm,
  TrackerFound,
  TrackerRow,
  UpdateDraft,
  WatchPage,
  WayRow,
  WireCode,
  WireError,
  HypothesisPreview,
  ProveForm,
  ShipForm,
  Alike,
  HitRow,
} from './bindings';
export type {
  ComparedBlock,
  HistoryRow,
  PostmortemStanding,
  Document,
  PostmortemRow,
  PostmortemView,
  ReviewerRow,
  TemplateRow,
  AcceptedSuggestion,
  ActRow,
  AdoptForm,
  Adopted,
  AlertFigures,
  AlertPage,
  AlertRow,
  AlertSource,
  Arithmetic,
  Away,
  Backtest,
  BacktestAlert,
  BacktestForm,
  BacktestIncident,
  BacktestRule,
  BacktestRun,
  BacktestSpan,
  BudgetFigures,
  BurnRow,
  CalendarForm,
  CalendarRow,
  Captured,
  ChangeForm,
  ChecklistRow,
  AlertingForm,
  DatadogForm,
  DefinitionRow,
  Degraded,
  DependencyRow,
  DependencyView,
  DestinationForm,
  DestinationRow,
  DoctorLine,
  DrillScore,
  DroppedFile,
  EntryRow,
  Evidence,
  EvidenceSlo,
  EvidenceView,
  ExclusionForm,
  ExclusionRow,
  FoldedCount,
  FolderRow,
  FieldFault,
  FollowUpForm,
  FollowUpRow,
  FollowUpView,
  Frame,
  HandoverNote,
  HoursForm,
  HoursPerson,
  HoursRow,
  HoursView,
  IndicatorForm,
  LookupForm,
  RevisionRow,
  SloEditor,
  SloForm,
  SloPreview,
  ImportLine,
  InboxItem,
  IncidentPaper,
  IncidentTimes,
  IncidentView,
  IndicatorQuery,
  JourneyRow,
  LedgerRow,
  LedgerView,
  Link,
  NeedRow,
  OnCallView,
  OpenIncident,
  Picture,
  PolicyRow,
  ProbeForm,
  Proposed,
  ServiceRow,
  Settings,
  ShiftRow,
  SloCharts,
  SloDetail,
  SloRow,
  SloStatus,
  SourceForm,
  SourceRow,
  SourceTest,
  Spark,
  Suggestion,
  TestLine,
  TicketRow,
  TicketView,
  TrackerForm,
  TrackerFound,
  TrackerRow,
  WayRow,
  ChoiceRow,
  DemandRow,
  Tightening,
  TighteningForm,
  Tightenings,
  TurnRow,
  UpdateDraft,
  WatchPage,
  WireCode,
  HypothesisPlace,
  HypothesisPreview,
  HypothesisView,
  ProofDetail,
  ProofRow,
  ProveForm,
  ShipForm,
  Alike,
  HitRow,
  Piece,
} from './bindings';

/** Every command of the core, as the window calls it. */
export interface Client {
  watchPage(): Promise<WatchPage>;
  sparks(ids: string[]): Promise<Spark[]>;
  frame(): Promise<Frame>;
  sloDetail(id: string): Promise<SloDetail>;
  /** The last hours; all of the window without. */
  sloCharts(id: string, hours: number | null): Promise<SloCharts>;
  sloLedger(id: string): Promise<LedgerView>;
  /** Lays a stretch of an SLO's window to an incident; unix seconds. */
  attachImpact(incident: string, slo: string, from: number, to: number): Promise<IncidentView>;
  declareImpact(
    title: string,
    severity: string,
    slo: string,
    from: number,
    to: number,
  ): Promise<IncidentView>;
  exclusions(): Promise<ExclusionRow[]>;
  exclude(form: ExclusionForm): Promise<ExclusionRow>;
  undoExclusion(id: string): Promise<ExclusionRow>;
  sloRemove(id: string): Promise<void>;
  /** Of an SLO, else of a journey, else those folded nowhere; a hundred from `offset` on. */
  alerts(journeyKey: string | null, sloId: string | null, offset: number): Promise<AlertPage>;
  /** What an SLO, else a journey, depends on; who burned first at the top. */
  dependencies(journeyKey: string, sloId: string | null): Promise<DependencyView>;
  services(): Promise<ServiceRow[]>;
  serviceDepend(service: string, needs: string): Promise<ServiceRow[]>;
  serviceUndepend(service: string, needs: string): Promise<ServiceRow[]>;
  serviceDescribe(name: string, title: string, thirdParty: boolean): Promise<ServiceRow[]>;
  serviceForget(name: string): Promise<ServiceRow[]>;
  inbox(): Promise<InboxItem[]>;
  /** One announcement, or all of them. */
  markRead(id: string | null): Promise<void>;
  acknowledge(journeyKey: string): Promise<void>;
  snooze(journeyKey: string, minutes: number): Promise<void>;
  unsnooze(journeyKey: string): Promise<void>;
  pause(minutes: number): Promise<void>;
  resume(): Promise<void>;
  pollNow(): Promise<void>;
  backtest(form: BacktestForm): Promise<Backtest>;
  backtestTyped(form: SloForm, days: number): Promise<Backtest>;
  tightenings(form: TighteningForm): Promise<Tightenings>;
  adopt(form: AdoptForm): Promise<Adopted>;
  incidents(): Promise<IncidentView[]>;
  incident(id: string): Promise<IncidentView>;
  declare(title: string, severity: string, sloIds: string[]): Promise<IncidentView>;
  addEntry(id: string, text: string): Promise<IncidentView>;
  /** With the end of its timeline only, as acts on it answer. */
  incidentEnd(id: string): Promise<IncidentView>;
  /** With a reason, although something holds it back; such a refusal has the code `held`. */
  setPhase(id: string, phase: string, despite: string | null): Promise<IncidentView>;
  incidentReopen(id: string, reason: string): Promise<IncidentView>;
  incidentMerge(id: string, into: string, reason: string): Promise<IncidentView>;
  checkItem(id: string, item: string, done: boolean): Promise<IncidentView>;
  roleOffer(id: string, role: string, person: string): Promise<IncidentView>;
  /** Confirms with what was read back; declines with none. */
  roleAnswer(id: string, role: string, readback: string | null): Promise<IncidentView>;
  evidence(hash: string): Promise<EvidenceView>;
  checklists(): Promise<ChecklistRow[]>;
  checklistsShipped(): Promise<ChecklistRow[]>;
  checklistsSave(rows: ChecklistRow[]): Promise<ChecklistRow[]>;
  setSeverity(id: string, severity: string): Promise<IncidentView>;
  assignRole(id: string, role: string, person: string): Promise<IncidentView>;
  followups(): Promise<FollowUpRow[]>;
  followup(id: string): Promise<FollowUpView>;
  followupAdd(form: FollowUpForm): Promise<FollowUpView>;
  followupChange(id: string, form: FollowUpForm): Promise<FollowUpView>;
  /** All of them alike, or none. */
  followupsChange(ids: string[], form: FollowUpForm): Promise<FollowUpRow[]>;
  trackers(): Promise<TrackerRow[]>;
  /** Keeps nothing; with no project only the lists come. */
  trackerDiscover(form: TrackerForm): Promise<TrackerFound>;
  trackerAdd(form: TrackerForm): Promise<TrackerRow>;
  trackerChange(form: TrackerForm): Promise<TrackerRow>;
  trackerTest(name: string): Promise<SourceTest>;
  trackerRemove(name: string): Promise<void>;
  trackerPeople(name: string, query: string): Promise<ChoiceRow[]>;
  trackerPerson(name: string, owner: string, account: string, shown: string): Promise<TrackerRow>;
  trackerBelieve(name: string): Promise<TrackerRow>;
  ticket(followup: string): Promise<TicketView | null>;
  ticketMake(followup: string, tracker: string): Promise<TicketView>;
  ticketLink(followup: string, tracker: string, key: string): Promise<TicketView>;
  ticketUnlink(followup: string): Promise<void>;
  /** `ours` or `theirs`. */
  ticketSettle(followup: string, field: string, pick: string): Promise<TicketView>;
  ticketComment(followup: string, text: string): Promise<TicketView>;
  ticketWays(followup: string): Promise<WayRow[]>;
  ticketWay(followup: string, category: string, status: string): Promise<TicketView>;
  search(query: string, limit: number): Promise<HitRow[]>;
  looksLike(incident: string): Promise<Alike[]>;
  followupShip(id: string, form: ShipForm): Promise<FollowUpView>;
  followupProve(id: string, form: ProveForm): Promise<FollowUpView>;
  hypothesisPreview(text: string, slo: string | null, incident: string | null): Promise<HypothesisPreview>;
  outbox(): Promise<ActRow[]>;
  actsAbout(object: string): Promise<ActRow[]>;
  actRetry(id: string): Promise<ActRow>;
  /** `done:KEY` or `drop`. */
  actSettle(id: string, how: string): Promise<ActRow>;
  destinations(): Promise<DestinationRow[]>;
  destinationAdd(form: DestinationForm): Promise<DestinationRow>;
  destinationTest(name: string): Promise<SourceTest>;
  destinationRemove(name: string): Promise<void>;
  updateDraft(id: string): Promise<UpdateDraft>;
  updatePost(id: string, text: string, destinations: string[]): Promise<IncidentView>;
  streamOpen(id: string, title: string, owner: string): Promise<IncidentView>;
  streamOwn(id: string, stream: string, owner: string): Promise<IncidentView>;
  streamSay(id: string, stream: string, text: string): Promise<IncidentView>;
  streamClose(id: string, stream: string, outcome: string): Promise<IncidentView>;
  entryMark(id: string, mark: string, text: string): Promise<IncidentView>;
  entryCorrect(id: string, entry: string, text: string): Promise<IncidentView>;
  entryStrike(id: string, entry: string, reason: string): Promise<IncidentView>;
  /** Corrects a time; none takes the correction back. */
  incidentTime(id: string, moment: string, at: string | null, reason: string): Promise<IncidentView>;
  /** By the template with no `by`, at a link, or by a destination. */
  roomOpen(id: string, by: string): Promise<IncidentView>;
  roomClose(id: string): Promise<IncidentView>;
  /** As `md`, `html` or `json`. */
  incidentExport(id: string, format: string): Promise<IncidentPaper>;
  /** The same as a file in a folder; answers its path. */
  incidentWrite(id: string, format: string, folder: string): Promise<string>;
  captureLine(text: string): Promise<Captured>;
  captureClipboard(): Promise<Captured>;
  captureScreenshot(): Promise<Captured>;
  captureUndo(): Promise<IncidentView>;
  /** A picture as base64. */
  pictureAdd(id: string, base64: string, text: string): Promise<IncidentView>;
  /** By its hash; null where this profile does not have it. */
  picture(hash: string): Promise<Picture | null>;
  entryStar(id: string, entry: string, starred: boolean): Promise<IncidentView>;
  drillScore(): Promise<DrillScore | null>;
  hours(id: string): Promise<HoursView>;
  hoursAdd(id: string, form: HoursForm): Promise<HoursView>;
  hoursStart(id: string, note: string): Promise<HoursView>;
  hoursStop(id: string): Promise<HoursView>;
  hoursShare(id: string, row: string): Promise<HoursView>;
  hoursRemove(id: string, row: string): Promise<HoursView>;
  /** Who is on call, now or at a time as RFC 3339. */
  onCall(at: string | null): Promise<OnCallView>;
  calendarAdd(form: CalendarForm): Promise<OnCallView>;
  calendarRemove(name: string): Promise<OnCallView>;
  calendarsRead(): Promise<OnCallView>;
  /** The note for who takes over; of the present or latest shift without a span. */
  handover(from: string | null, to: string | null): Promise<HandoverNote>;
  postmortems(): Promise<PostmortemRow[]>;
  postmortemTemplates(): Promise<TemplateRow[]>;
  postmortemOpen(incident: string): Promise<PostmortemView>;
  postmortemStart(incident: string, template: string): Promise<PostmortemView>;
  /** A Yjs update in base64; kept for good when this answers. */
  postmortemEdit(incident: string, update: string): Promise<void>;
  /** What somebody at this state vector lacks; both in base64. */
  postmortemPull(incident: string, stateVector: string): Promise<string>;
  postmortemStanding(incident: string): Promise<PostmortemStanding>;
  /** The data of a live block as a JSON text; none of a kind the core does not know. */
  postmortemBlock(incident: string, kind: string, slo: string | null): Promise<string | null>;
  postmortemMove(incident: string, state: string): Promise<PostmortemStanding>;
  postmortemReviewer(incident: string, person: string, approved: boolean): Promise<PostmortemStanding>;
  postmortemRelease(incident: string, person: string): Promise<PostmortemStanding>;
  postmortemCheck(incident: string, item: string, done: boolean): Promise<PostmortemStanding>;
  postmortemHistory(incident: string): Promise<HistoryRow[]>;
  /** One moment against another, or against now. */
  postmortemCompare(incident: string, from: string, to: string | null): Promise<ComparedBlock[]>;
  /** Puts blocks of a moment back before the block that is now the `at`th. */
  postmortemRestore(
    incident: string,
    moment: string,
    first: number,
    count: number,
    at: number,
  ): Promise<void>;
  postmortemExport(incident: string, format: string): Promise<Document>;
  /** Writes the export into a folder and answers its path. */
  postmortemWrite(incident: string, format: string, folder: string): Promise<string>;
  sources(): Promise<SourceRow[]>;
  sourceAdd(form: SourceForm): Promise<SourceRow>;
  sourceTry(form: SourceForm): Promise<SourceTest>;
  datadogAdd(form: DatadogForm): Promise<SourceRow>;
  datadogTry(form: DatadogForm): Promise<SourceTest>;
  sourceTest(name: string): Promise<SourceTest>;
  sourceRemove(name: string): Promise<void>;
  suggestions(source: string): Promise<Suggestion[]>;
  acceptSuggestions(source: string, accepted: AcceptedSuggestion[]): Promise<ImportLine[]>;
  importDocuments(files: DroppedFile[], source: string, environment: string): Promise<ImportLine[]>;
  probeAdd(form: ProbeForm): Promise<ImportLine>;
  folders(): Promise<FolderRow[]>;
  folderWatch(path: string, source: string, environment: string): Promise<FolderRow>;
  folderUnwatch(id: string): Promise<void>;
  sourceForm(name: string): Promise<SourceForm>;
  sourceUpdate(form: SourceForm): Promise<SourceRow>;
  definitions(): Promise<DefinitionRow[]>;
  sloEditor(id: string | null, copy: boolean): Promise<SloEditor>;
  sloCheck(form: SloForm): Promise<SloPreview>;
  sloPreview(form: SloForm, hours: number): Promise<SloPreview>;
  sloSave(form: SloForm): Promise<string>;
  sloDraftKeep(form: SloForm): Promise<void>;
  sloDraftDrop(id: string | null): Promise<void>;
  sloExport(names: string[]): Promise<DroppedFile[]>;
  sloWrite(names: string[], folder: string): Promise<string[]>;
  lookUp(form: LookupForm): Promise<string[]>;
  settings(): Promise<Settings>;
  saveSettings(settings: Settings): Promise<Settings>;
  policies(): Promise<PolicyRow[]>;
  savePolicy(policy: PolicyRow): Promise<PolicyRow>;
  removePolicy(id: string): Promise<void>;
  proposalTake(id: string): Promise<IncidentView>;
  proposalDrop(id: string): Promise<void>;
  doctor(): Promise<DoctorLine[]>;
  testNotification(): Promise<DoctorLine>;
  startDrill(speed: number): Promise<void>;
  stopDrill(): Promise<void>;
  openLink(url: string): Promise<void>;
  toldAboutTray(): Promise<void>;
  quit(): Promise<void>;
  painted(rows: number): Promise<void>;
}

/** The core's two events. Each hook is called with plain values; the answer stops listening. */
export interface Signals {
  changed(heard: (topics: string[]) => void): Promise<() => void>;
  go(heard: (to: string) => void): Promise<() => void>;
}

/** A refusal or failure of the core: what is wrong, and what cures it. */
export class Fault extends Error {
  readonly code: WireCode;
  readonly hint: string | null;
  /** The field of a form it belongs beside. */
  readonly field: string | null;

  constructor(code: WireCode, message: string, hint: string | null = null, field: string | null = null) {
    super(message);
    this.name = 'Fault';
    this.code = code;
    this.hint = hint;
    this.field = field;
  }
}

/** Anything thrown, as a fault. */
export function faultOf(thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown;
  return new Fault('internal', thrown instanceof Error ? thrown.message : String(thrown));
}

type Answer<T> = { status: 'ok'; data: T } | { status: 'error'; error: WireError };

async function sent<T>(answer: Promise<Answer<T>>): Promise<T> {
  const settled = await answer;
  if (settled.status === 'ok') return settled.data;
  const { code, message, hint, field } = settled.error;
  throw new Fault(code, message, hint, field);
}

const core: Client = {
  watchPage: () => sent(commands.watchPage()),
  sparks: (ids) => sent(commands.sparks(ids)),
  frame: () => sent(commands.frame()),
  sloDetail: (id) => sent(commands.sloDetail(id)),
  sloCharts: (id, hours) => sent(commands.sloCharts(id, hours)),
  sloLedger: (id) => sent(commands.sloLedger(id)),
  attachImpact: (incident, slo, from, to) => sent(commands.attachImpact(incident, slo, from, to)),
  declareImpact: (title, severity, slo, from, to) =>
    sent(commands.declareImpact(title, severity, slo, from, to)),
  exclusions: () => sent(commands.exclusions()),
  exclude: (form) => sent(commands.exclude(form)),
  undoExclusion: (id) => sent(commands.undoExclusion(id)),
  sloRemove: async (id) => void (await sent(commands.sloRemove(id))),
  alerts: (journeyKey, sloId, offset) => sent(commands.alerts(journeyKey, sloId, offset)),
  dependencies: (journeyKey, sloId) => sent(commands.dependencies(journeyKey, sloId)),
  services: () => sent(commands.services()),
  serviceDepend: (service, needs) => sent(commands.serviceDepend(service, needs)),
  serviceUndepend: (service, needs) => sent(commands.serviceUndepend(service, needs)),
  serviceDescribe: (name, title, thirdParty) => sent(commands.serviceDescribe(name, title, thirdParty)),
  serviceForget: (name) => sent(commands.serviceForget(name)),
  inbox: () => sent(commands.inbox()),
  markRead: async (id) => void (await sent(commands.markRead(id))),
  acknowledge: async (journeyKey) => void (await sent(commands.acknowledge(journeyKey))),
  snooze: async (journeyKey, minutes) => void (await sent(commands.snooze(journeyKey, minutes))),
  unsnooze: async (journeyKey) => void (await sent(commands.unsnooze(journeyKey))),
  pause: async (minutes) => void (await sent(commands.pause(minutes))),
  resume: async () => void (await sent(commands.resume())),
  pollNow: async () => void (await sent(commands.pollNow())),
  backtest: (form) => sent(commands.backtestRun(form)),
  backtestTyped: (form, days) => sent(commands.backtestTyped(form, days)),
  tightenings: (form) => sent(commands.tightenings(form)),
  adopt: (form) => sent(commands.adopt(form)),
  incidents: () => sent(commands.incidents()),
  incident: (id) => sent(commands.incident(id)),
  declare: (title, severity, sloIds) => sent(commands.declare(title, severity, sloIds)),
  addEntry: (id, text) => sent(commands.addEntry(id, text)),
  incidentEnd: (id) => sent(commands.incidentEnd(id)),
  setPhase: (id, phase, despite) => sent(commands.setPhase(id, phase, despite)),
  incidentReopen: (id, reason) => sent(commands.incidentReopen(id, reason)),
  incidentMerge: (id, into, reason) => sent(commands.incidentMerge(id, into, reason)),
  checkItem: (id, item, done) => sent(commands.checkItem(id, item, done)),
  roleOffer: (id, role, person) => sent(commands.roleOffer(id, role, person)),
  roleAnswer: (id, role, readback) => sent(commands.roleAnswer(id, role, readback)),
  evidence: (hash) => sent(commands.evidence(hash)),
  checklists: () => sent(commands.checklists()),
  checklistsShipped: () => sent(commands.checklistsShipped()),
  checklistsSave: (rows) => sent(commands.checklistsSave(rows)),
  setSeverity: (id, severity) => sent(commands.setSeverity(id, severity)),
  assignRole: (id, role, person) => sent(commands.assignRole(id, role, person)),
  followups: () => sent(commands.followups()),
  followup: (id) => sent(commands.followup(id)),
  followupAdd: (form) => sent(commands.followupAdd(form)),
  followupChange: (id, form) => sent(commands.followupChange(id, form)),
  followupsChange: (ids, form) => sent(commands.followupsChange(ids, form)),
  trackers: () => sent(commands.trackers()),
  trackerDiscover: (form) => sent(commands.trackerDiscover(form)),
  trackerAdd: (form) => sent(commands.trackerAdd(form)),
  trackerChange: (form) => sent(commands.trackerChange(form)),
  trackerTest: (name) => sent(commands.trackerTest(name)),
  trackerRemove: async (name) => void (await sent(commands.trackerRemove(name))),
  trackerPeople: (name, query) => sent(commands.trackerPeople(name, query)),
  trackerPerson: (name, owner, account, shown) => sent(commands.trackerPerson(name, owner, account, shown)),
  trackerBelieve: (name) => sent(commands.trackerBelieve(name)),
  ticket: (followup) => sent(commands.ticket(followup)),
  ticketMake: (followup, tracker) => sent(commands.ticketMake(followup, tracker)),
  ticketLink: (followup, tracker, key) => sent(commands.ticketLink(followup, tracker, key)),
  ticketUnlink: async (followup) => void (await sent(commands.ticketUnlink(followup))),
  ticketSettle: (followup, field, pick) => sent(commands.ticketSettle(followup, field, pick)),
  ticketComment: (followup, text) => sent(commands.ticketComment(followup, text)),
  ticketWays: (followup) => sent(commands.ticketWays(followup)),
  ticketWay: (followup, category, status) => sent(commands.ticketWay(followup, category, status)),
  search: (query, limit) => sent(commands.search(query, limit)),
  looksLike: (incident) => sent(commands.looksLike(incident)),
  followupShip: (id, form) => sent(commands.followupShip(id, form)),
  followupProve: (id, form) => sent(commands.followupProve(id, form)),
  hypothesisPreview: (text, slo, incident) => sent(commands.hypothesisPreview(text, slo, incident)),
  outbox: () => sent(commands.outbox()),
  actsAbout: (object) => sent(commands.actsAbout(object)),
  actRetry: (id) => sent(commands.actRetry(id)),
  actSettle: (id, how) => sent(commands.actSettle(id, how)),
  destinations: () => sent(commands.destinations()),
  destinationAdd: (form) => sent(commands.destinationAdd(form)),
  destinationTest: (name) => sent(commands.destinationTest(name)),
  destinationRemove: async (name) => void (await sent(commands.destinationRemove(name))),
  updateDraft: (id) => sent(commands.updateDraft(id)),
  updatePost: (id, text, destinations) => sent(commands.updatePost(id, text, destinations)),
  streamOpen: (id, title, owner) => sent(commands.streamOpen(id, title, owner)),
  streamOwn: (id, stream, owner) => sent(commands.streamOwn(id, stream, owner)),
  streamSay: (id, stream, text) => sent(commands.streamSay(id, stream, text)),
  streamClose: (id, stream, outcome) => sent(commands.streamClose(id, stream, outcome)),
  entryMark: (id, mark, text) => sent(commands.entryMark(id, mark, text)),
  entryCorrect: (id, entry, text) => sent(commands.entryCorrect(id, entry, text)),
  entryStrike: (id, entry, reason) => sent(commands.entryStrike(id, entry, reason)),
  incidentTime: (id, moment, at, reason) => sent(commands.incidentTime(id, moment, at, reason)),
  roomOpen: (id, by) => sent(commands.roomOpen(id, by)),
  roomClose: (id) => sent(commands.roomClose(id)),
  incidentExport: (id, format) => sent(commands.incidentExport(id, format)),
  incidentWrite: (id, format, folder) => sent(commands.incidentWrite(id, format, folder)),
  captureLine: (text) => sent(commands.captureLine(text)),
  captureClipboard: () => sent(commands.captureClipboard()),
  captureScreenshot: () => sent(commands.captureScreenshot()),
  captureUndo: () => sent(commands.captureUndo()),
  pictureAdd: (id, base64, text) => sent(commands.pictureAdd(id, base64, text)),
  picture: (hash) => sent(commands.picture(hash)),
  entryStar: (id, entry, starred) => sent(commands.entryStar(id, entry, starred)),
  drillScore: () => sent(commands.drillScore()),
  hours: (id) => sent(commands.hours(id)),
  hoursAdd: (id, form) => sent(commands.hoursAdd(id, form)),
  hoursStart: (id, note) => sent(commands.hoursStart(id, note)),
  hoursStop: (id) => sent(commands.hoursStop(id)),
  hoursShare: (id, row) => sent(commands.hoursShare(id, row)),
  hoursRemove: (id, row) => sent(commands.hoursRemove(id, row)),
  onCall: (at) => sent(commands.onCall(at)),
  calendarAdd: (form) => sent(commands.calendarAdd(form)),
  calendarRemove: (name) => sent(commands.calendarRemove(name)),
  calendarsRead: () => sent(commands.calendarsRead()),
  handover: (from, to) => sent(commands.handover(from, to)),
  postmortems: () => sent(commands.postmortems()),
  postmortemTemplates: () => sent(commands.postmortemTemplates()),
  postmortemOpen: (id) => sent(commands.postmortemOpen(id)),
  postmortemStart: (id, template) => sent(commands.postmortemStart(id, template)),
  postmortemEdit: async (id, update) => void (await sent(commands.postmortemEdit(id, update))),
  postmortemPull: (id, stateVector) => sent(commands.postmortemPull(id, stateVector)),
  postmortemStanding: (id) => sent(commands.postmortemStanding(id)),
  postmortemBlock: (id, kind, slo) => sent(commands.postmortemBlock(id, kind, slo)),
  postmortemMove: (id, state) => sent(commands.postmortemMove(id, state)),
  postmortemReviewer: (id, person, approved) => sent(commands.postmortemReviewer(id, person, approved)),
  postmortemRelease: (id, person) => sent(commands.postmortemRelease(id, person)),
  postmortemCheck: (id, item, done) => sent(commands.postmortemCheck(id, item, done)),
  postmortemHistory: (id) => sent(commands.postmortemHistory(id)),
  postmortemCompare: (id, from, to) => sent(commands.postmortemCompare(id, from, to)),
  postmortemRestore: async (id, moment, first, count, at) =>
    void (await sent(commands.postmortemRestore(id, moment, first, count, at))),
  postmortemExport: (id, format) => sent(commands.postmortemExport(id, format)),
  postmortemWrite: (id, format, folder) => sent(commands.postmortemWrite(id, format, folder)),
  sources: () => sent(commands.sources()),
  sourceAdd: (form) => sent(commands.sourceAdd(form)),
  sourceTry: (form) => sent(commands.sourceTry(form)),
  datadogAdd: (form) => sent(commands.datadogAdd(form)),
  datadogTry: (form) => sent(commands.datadogTry(form)),
  sourceTest: (name) => sent(commands.sourceTest(name)),
  sourceRemove: async (name) => void (await sent(commands.sourceRemove(name))),
  suggestions: (source) => sent(commands.suggestions(source)),
  acceptSuggestions: (source, accepted) => sent(commands.acceptSuggestions(source, accepted)),
  importDocuments: (files, source, environment) => sent(commands.importDocuments(files, source, environment)),
  probeAdd: (form) => sent(commands.probeAdd(form)),
  folders: () => sent(commands.folders()),
  folderWatch: (path, source, environment) => sent(commands.folderWatch(path, source, environment)),
  folderUnwatch: async (id) => void (await sent(commands.folderUnwatch(id))),
  sourceForm: (name) => sent(commands.sourceForm(name)),
  sourceUpdate: (form) => sent(commands.sourceUpdate(form)),
  definitions: () => sent(commands.definitions()),
  sloEditor: (id, copy) => sent(commands.sloEditor(id, copy)),
  sloCheck: (form) => sent(commands.sloCheck(form)),
  sloPreview: (form, hours) => sent(commands.sloPreview(form, hours)),
  sloSave: (form) => sent(commands.sloSave(form)),
  sloDraftKeep: async (form) => void (await sent(commands.sloDraftKeep(form))),
  sloDraftDrop: async (id) => void (await sent(commands.sloDraftDrop(id))),
  sloExport: (names) => sent(commands.sloExport(names)),
  sloWrite: (names, folder) => sent(commands.sloWrite(names, folder)),
  lookUp: (form) => sent(commands.lookUp(form)),
  settings: () => sent(commands.settings()),
  saveSettings: (settings) => sent(commands.saveSettings(settings)),
  policies: () => sent(commands.policies()),
  savePolicy: (policy) => sent(commands.savePolicy(policy)),
  removePolicy: async (id) => void (await sent(commands.removePolicy(id))),
  proposalTake: (id) => sent(commands.proposalTake(id)),
  proposalDrop: async (id) => void (await sent(commands.proposalDrop(id))),
  doctor: () => sent(commands.doctor()),
  testNotification: () => sent(commands.testNotification()),
  startDrill: async (speed) => void (await sent(commands.startDrill(speed))),
  stopDrill: async () => void (await sent(commands.stopDrill())),
  openLink: async (url) => void (await sent(commands.openLink(url))),
  toldAboutTray: async () => void (await sent(commands.toldAboutTray())),
  quit: async () => void (await sent(commands.quit())),
  painted: async (rows) => void (await sent(commands.painted(rows))),
};

const coreSignals: Signals = {
  changed: (heard) => events.changed.listen((event) => heard(event.payload.topics)),
  go: (heard) => events.go.listen((event) => heard(event.payload.to)),
};

/** What the screens call. A live binding: development and tests put the made-up core in its place. */
export let client: Client = core;
export let signals: Signals = coreSignals;

/** Talk to another core from now on. */
export function use(other: Client, otherSignals: Signals): void {
  client = other;
  signals = otherSignals;
}

/** Outside Tauri a development or test build talks to made-up data; a production build has none of it. */
export async function connect(): Promise<void> {
  if (import.meta.env.MODE === 'production' || '__TAURI_INTERNALS__' in window) return;
  const { fakeCore } = await import('./fake');
  const fake = fakeCore(new URLSearchParams(window.location.search).get('fake') ?? 'story');
  use(fake.client, fake.signals);
  // The browser's tests play the part of others through it.
  Object.assign(window, { made: fake });
}
