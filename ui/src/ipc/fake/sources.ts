/** Made-up sources, watched folders and what is imported: what is added is there, what is named twice is refused. */
import { Fault, type Client, type FolderRow, type ImportLine, type SloRow, type SourceRow } from '../client';
import { datadogRowOf, datadogTestOf, folderRows, rowOf, sourceRows, suggestionRows, testOf } from './places';
import { slo, type Mode } from './world';

type Calls = Pick<
  Client,
  | 'sources'
  | 'sourceAdd'
  | 'sourceTry'
  | 'datadogAdd'
  | 'datadogTry'
  | 'sourceTest'
  | 'sourceRemove'
  | 'folders'
  | 'folderWatch'
  | 'folderUnwatch'
  | 'suggestions'
  | 'acceptSuggestions'
  | 'importDocuments'
  | 'probeAdd'
  | 'sourceForm'
  | 'sourceUpdate'
>;

export class Sources {
  all: SourceRow[];
  folders: FolderRow[];

  constructor(
    private mode: Mode,
    private slos: () => SloRow[],
    /** Watches these, too. */
    private add: (rows: SloRow[]) => void,
  ) {
    this.all = sourceRows(mode);
    this.folders = folderRows(mode);
  }

  calls(
    answer: <T>(make: () => T) => Promise<T>,
    act: (make: () => unknown, ...topics: string[]) => Promise<void>,
    emit: (...topics: string[]) => void,
  ): Calls {
    return {
      sources: () => answer(() => this.all),
      sourceAdd: (form) =>
        answer(() => {
          if (this.all.some((source) => source.name === form.name))
            throw new Fault('invalid', `A source named ${form.name} exists already.`, 'Choose another name.');
          const row = rowOf(form);
          this.all = [...this.all, row];
          emit('sources', 'frame', 'watch');
          return row;
        }),
      sourceTry: (form) => answer(() => testOf(form.url)),
      datadogAdd: (form) =>
        answer(() => {
          if (this.all.some((source) => source.name === form.name))
            throw new Fault('invalid', `A source named ${form.name} exists already.`, 'Choose another name.');
          const row = datadogRowOf(form);
          this.all = [...this.all, row];
          emit('sources', 'frame', 'watch');
          return row;
        }),
      datadogTry: (form) => answer(() => datadogTestOf(form)),
      sourceTest: (name) => answer(() => testOf(this.all.find((source) => source.name === name)?.url ?? '')),
      sourceRemove: (name) =>
        act(
          () => (this.all = this.all.filter((source) => source.name !== name)),
          'sources',
          'watch',
          'frame',
        ),
      folders: () => answer(() => this.folders),
      folderWatch: (path, source, environment) =>
        answer(() => {
          if (!path.startsWith('/'))
            throw new Fault('invalid', `${path} is no folder that can be read; check the path`);
          const row = {
            ...folderRows('story')[0]!,
            id: path,
            path,
            source,
            environment,
            gone: [],
            remarks: [],
          };
          this.folders = [...this.folders.filter((one) => one.path !== path), row];
          return row;
        }),
      folderUnwatch: (id) =>
        act(() => (this.folders = this.folders.filter((one) => one.id !== id)), 'sources', 'watch'),
      suggestions: () => answer(() => suggestionRows(this.mode)),
      acceptSuggestions: (source, accepted) =>
        answer(() => {
          const rows = accepted.map((one) =>
            slo({
              title: one.key,
              environment: one.environment,
              journey: one.journey || 'settings',
              service: 'settings',
              state: 'blind',
              remaining: null,
              burnRate: null,
              history: 0.1,
              reason: 'reading history 10 %',
              source,
              objective: one.objective_percent / 100,
            }),
          );
          this.add(rows);
          emit('watch', 'sources');
          return rows.map((row) => imported('suggestion', row.name, 'imported', [], row.id));
        }),
      importDocuments: (files) =>
        answer(() =>
          files.flatMap((file) => [
            imported(file.name, 'checkout-latency', 'imported', [], this.slos()[0]?.id ?? null),
            imported(
              file.name,
              'checkout-errors',
              'warned',
              ['alertPolicies are not read; the burn-rate rules of Firewatch apply.'],
              this.slos()[1]?.id ?? null,
            ),
            imported(file.name, 'checkout-broken', 'rejected', [
              'objectives[0].target is 99.9; OpenSLO wants a ratio. Write 0.999.',
            ]),
          ]),
        ),
      probeAdd: (form) =>
        answer(() => {
          if (this.slos().some((row) => row.title === form.name))
            return imported('probe', form.name, 'rejected', [
              `An SLO named ${form.name} exists already. Choose another name.`,
            ]);
          const row = slo({
            title: form.name,
            environment: form.environment,
            journey: form.name,
            service: form.name,
            state: 'blind',
            remaining: null,
            burnRate: null,
            reason: 'waiting for the first answer',
            source: 'probe',
            objective: form.objective_percent / 100,
          });
          this.add([row]);
          if (!this.all.some((source) => source.kind === 'probe'))
            this.all = [
              ...this.all,
              {
                ...rowOf({
                  kind: 'probe',
                  alerts: false,
                  environment: null,
                  name: 'probe',
                  url: '',
                  interval_s: 60,
                  auth: 'none',
                  user: null,
                  secret: null,
                  headers: [],
                  allow_plain_http: false,
                }),
                kind: 'probe',
              },
            ];
          emit('watch', 'sources', 'frame');
          return imported('probe', row.name, 'imported', [], row.id);
        }),
      sourceForm: (name) =>
        answer(() => {
          const row = this.all.find((source) => source.name === name);
          if (!row) throw new Fault('not_found', `No source is called ${name}.`);
          const { kind, url, interval_s, auth, plain_http } = row;
          return {
            kind,
            alerts: false,
            environment: null,
            name,
            url,
            interval_s,
            auth,
            user: auth === 'basic' ? 'firewatch' : null,
            secret: null,
            headers: [],
            allow_plain_http: plain_http,
          };
        }),
      sourceUpdate: (form) =>
        answer(() => {
          const row = this.all.find((source) => source.name === form.name) ?? rowOf(form);
          const next = { ...row, url: form.url, interval_s: form.interval_s, auth: form.auth };
          this.all = this.all.map((source) => (source.name === form.name ? next : source));
          emit('sources', 'frame', 'watch');
          return next;
        }),
    };
  }
}

const imported = (
  file: string,
  name: string,
  outcome: string,
  messages: string[] = [],
  id: string | null = null,
): ImportLine => ({ file, line: outcome === 'rejected' ? 14 : 1, name, outcome, messages, id });
