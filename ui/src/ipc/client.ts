/**
 * The one door to the Rust core. The generated bindings answer with a result; here it becomes a value or a thrown
 * `Fault`, once, so that no screen handles both. Nothing else may depend on the shape of `bindings.ts`.
 */
import { commands, events } from './bindings';
import type { WireCode, WireError } from './bindings';
import type { Client, Signals } from './contract';

export type * from './contract';

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
  incidentImport: (path) => sent(commands.incidentImport(path)),
  relayList: () => sent(commands.relayList()),
  relayAdd: (form) => sent(commands.relayAdd(form)),
  relayTest: (name) => sent(commands.relayTest(name)),
  relayShare: (name, all, incidents) => sent(commands.relayShare(name, all, incidents)),
  relayRemove: async (name) => void (await sent(commands.relayRemove(name))),
  presenceSet: async (incident, update) => void (await sent(commands.presenceSet(incident, update))),
  presenceGet: (incident) => sent(commands.presenceGet(incident)),
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
  presence: (heard) => events.presence.listen(({ payload }) => heard(payload.incident, payload.update)),
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
