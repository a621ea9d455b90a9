/**
 * What the window may ask of the core and hears from it, in the generated types, which the screens take from here.
 */
import type {
  DatadogForm,
  ComparedBlock,
  HistoryRow,
  PostmortemNews,
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
  RelayForm,
  RelayRow,
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
  HypothesisPreview,
  ProveForm,
  ShipForm,
  Alike,
  HitRow,
} from './bindings';
export type {
  ComparedBlock,
  HistoryRow,
  PostmortemNews,
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
  RelayForm,
  RelayIncident,
  RelayRow,
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
  postmortemPull(incident: string, stateVector: string): Promise<PostmortemNews>;
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
  /** Takes a case file in. */
  incidentImport(path: string): Promise<IncidentView>;
  relayList(): Promise<RelayRow[]>;
  /** Nothing is kept when anything is wrong; an empty kind finds out which server answers. */
  relayAdd(form: RelayForm): Promise<RelayRow>;
  relayTest(name: string): Promise<SourceTest>;
  /** Shares every incident, or these alone. */
  relayShare(name: string, all: boolean, incidents: string[]): Promise<RelayRow>;
  relayRemove(name: string): Promise<void>;
  /** Who is in a postmortem from this window: an awareness update in base64. */
  presenceSet(incident: string, update: string): Promise<void>;
  /** Everybody else who is in it; empty for nobody. */
  presenceGet(incident: string): Promise<string>;
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
  /** Others said who is in a postmortem: an awareness update of the y-protocols in base64. */
  presence(heard: (incident: string, update: string) => void): Promise<() => void>;
}
