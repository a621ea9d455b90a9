/** Where the cursor stands in a selector, and what may be typed there: a metric, a label, or a label’s value. */
export interface Place {
  what: 'metrics' | 'labels' | 'values';
  /** What is replaced by a choice. */
  from: number;
  to: number;
  /** What was typed of it so far. */
  typed: string;
  /** The selector without what is being typed, to narrow names down. */
  selector: string;
  label: string;
}

export function placeAt(text: string, caret: number): Place {
  const open = text.indexOf('{');
  if (open < 0 || caret <= open) {
    const to = open < 0 ? text.length : open;
    return { what: 'metrics', from: 0, to, typed: text.slice(0, caret).trim(), selector: '', label: '' };
  }
  const from = partStart(text, open + 1, caret);
  const part = text.slice(from, caret);
  const metric = text.slice(0, open).trim();
  const others = conditions(text, open + 1)
    .filter(({ start, end }) => end <= from || start >= caret)
    .map((one) => one.text);
  const selector = others.length > 0 ? `${metric}{${others.join(',')}}` : metric;
  const value = /^\s*([A-Za-z_]\w*)\s*(=~|!~|!=|=)\s*(?:"([^"]*))?$/.exec(part);
  if (value) {
    const typed = value[3] ?? '';
    const start = caret - typed.length - (value[3] === undefined ? 0 : 1);
    return { what: 'values', from: start, to: valueEnd(text, caret), typed, selector, label: value[1] ?? '' };
  }
  const typed = part.trimStart();
  return {
    what: 'labels',
    from: caret - typed.length,
    to: caret + (/^\w*/.exec(text.slice(caret))?.[0].length ?? 0),
    typed,
    selector,
    label: '',
  };
}

/** The text with a choice in it, and where the cursor stands after it. */
export function complete(text: string, place: Place, choice: string): { text: string; caret: number } {
  const before = text.slice(0, place.from);
  const after = text.slice(place.to);
  if (place.what === 'metrics') return { text: choice + after, caret: choice.length };
  if (place.what === 'values') {
    const value = `"${choice.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
    const close = after.includes('}') ? '' : '}';
    return { text: before + value + close + after, caret: before.length + value.length + close.length };
  }
  if (/^\s*[=!]/.test(after)) return { text: before + choice + after, caret: before.length + choice.length };
  const close = after.includes('}') ? '' : '}';
  return {
    text: `${before}${choice}=""${close}${after}`,
    caret: before.length + choice.length + 2,
  };
}

/** Where the condition begins that the cursor stands in: after the last comma outside quotes. */
function partStart(text: string, open: number, caret: number): number {
  let start = open;
  let quoted = false;
  for (let i = open; i < caret; i++) {
    if (text[i] === '\\' && quoted) i++;
    else if (text[i] === '"') quoted = !quoted;
    else if (text[i] === ',' && !quoted) start = i + 1;
  }
  return start;
}

function valueEnd(text: string, caret: number): number {
  let i = caret;
  while (i < text.length && text[i] !== '"' && text[i] !== ',' && text[i] !== '}') i++;
  return text[i] === '"' ? i + 1 : i;
}

function conditions(text: string, open: number): { text: string; start: number; end: number }[] {
  const found = [];
  for (const match of text.slice(open).matchAll(/[A-Za-z_]\w*\s*(?:=~|!~|!=|=)\s*"(?:[^"\\]|\\.)*"/g)) {
    const start = open + match.index;
    found.push({ text: match[0], start, end: start + match[0].length });
  }
  return found;
}
