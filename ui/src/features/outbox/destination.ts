/** What each kind of destination needs, said once for the form and its checks. */
import type { DestinationForm } from '~/ipc/client';

type Key = 'secret' | 'channel' | 'path' | 'account' | 'client' | 'user';

interface KindOf {
  kind: string;
  name: string;
  teaches: string;
  fields: { key: Key; label: string; hint: string; optional?: true }[];
}

const ADDRESS = { key: 'secret', label: 'Address of the webhook' } as const;

export const KINDS: KindOf[] = [
  {
    kind: 'slack_webhook',
    name: 'Slack webhook',
    teaches:
      'The simplest way into a channel. Slack cannot be asked afterwards, so a lost reply is left to you.',
    fields: [
      {
        ...ADDRESS,
        hint: 'https://hooks.slack.com/services/…; whoever has it can post, so it goes to the keyring.',
      },
    ],
  },
  {
    kind: 'slack_bot',
    name: 'Slack bot',
    teaches: 'A lost reply is looked up in the channel when the bot may read its history (channels:history).',
    fields: [
      { key: 'channel', label: 'Channel id', hint: 'Such as C0123456789, from the channel’s details.' },
      {
        key: 'secret',
        label: 'Bot token',
        hint: 'xoxb-…, with the scope chat:write; it goes to the keyring.',
      },
    ],
  },
  {
    kind: 'teams_workflow',
    name: 'Teams workflow',
    teaches: 'Teams answers before the workflow runs: “accepted” is all that can be known.',
    fields: [
      {
        ...ADDRESS,
        hint: 'From the workflow “post to a channel when a webhook request is received”; goes to the keyring.',
      },
    ],
  },
  {
    kind: 'folder',
    name: 'Folder',
    teaches: 'One Markdown file per update, for a wiki’s checkout or a synchronised drive.',
    fields: [{ key: 'path', label: 'Folder', hint: 'Its whole path; it must exist.' }],
  },
  {
    kind: 'zoom',
    name: 'Zoom',
    teaches:
      'Opens war rooms by a server-to-server OAuth app. Its credential has power over the whole account.',
    fields: [
      { key: 'account', label: 'Account id', hint: 'From the app’s credentials.' },
      { key: 'client', label: 'Client id', hint: 'From the app’s credentials.' },
      { key: 'secret', label: 'Client secret', hint: 'Goes to the keyring.' },
      {
        key: 'user',
        label: 'User who owns the meetings',
        hint: 'An e-mail address; empty is the owner of the app.',
        optional: true,
      },
    ],
  },
];

export function blank(kind: string): DestinationForm {
  return {
    name: '',
    kind,
    secret: null,
    channel: null,
    path: null,
    account: null,
    client: null,
    user: null,
    api: null,
    sign_in: null,
  };
}

/** What is missing, by field. */
export function missing(form: DestinationForm): Record<string, string> {
  const found: Record<string, string> = {};
  if (!/^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/.test(form.name.trim()))
    found.name = 'Use lower case letters, digits and dashes, such as ops-channel.';
  const kind = KINDS.find((one) => one.kind === form.kind);
  for (const { key, label, optional } of kind?.fields ?? [])
    if (!optional && !form[key]?.trim()) found[key] = `${label} is missing.`;
  return found;
}
