/**
 * uPlot, fetched only when the first chart is opened. It paints on a canvas, so colours are read from the tokens of
 * the element it stands in, and read again when the theme changes.
 */
import type uPlot from 'uplot';
import { timeOfDay, day } from '~/shared/format/time';
import type { Plot } from './series';

export interface Drawing {
  resize(width: number): void;
  /** Put the cursor on a point; null takes it away. */
  point(index: number | null): void;
  /** Shade a span, in unix seconds; null takes it away. */
  select(span: Picked | null): void;
  destroy(): void;
}

/** A span picked on the chart, in unix seconds. */
export interface Picked {
  from: number;
  to: number;
}

/** What the person does with the pointer. */
interface Pointing {
  moved: (index: number | null) => void;
  /** A span was drawn with the pointer; absent where none can be. */
  picked?: (span: Picked) => void;
}

const HEIGHT = 132;
const MINUTE = 60;

export async function draw(
  box: HTMLElement,
  plot: Plot,
  width: number,
  { moved, picked }: Pointing,
): Promise<Drawing> {
  const [{ default: UPlot }] = await Promise.all([import('uplot'), import('uplot/dist/uPlot.min.css')]);
  const ink = inks(box);
  const stroke = plot.tone === 'budget' ? ink('--accent') : ink('--text-soft');
  const { data, lines } = columns(plot);
  const chart = new UPlot(
    {
      width,
      height: HEIGHT,
      legend: { show: false },
      // To the right as much as half a day's name needs.
      padding: [8, 24, 0, 0],
      cursor: { y: false, drag: { x: picked !== undefined, y: false, setScale: false }, points: { size: 6 } },
      scales: { x: { time: true }, y: { range: [plot.min, plot.max] } },
      axes: [
        {
          stroke: ink('--text-faint'),
          grid: { show: false },
          ticks: { stroke: ink('--line'), width: 1, size: 4 },
          font: '11px IBM Plex Sans',
          size: 24,
          gap: 4,
          space: 72,
          values: (_, ticks) => timeLabels(ticks),
        },
        {
          stroke: ink('--text-faint'),
          grid: { stroke: ink('--line'), width: 1 },
          ticks: { show: false },
          font: '11px IBM Plex Sans',
          size: 58,
          gap: 6,
          space: 28,
          values: (_, ticks) => ticks.map((tick) => plot.show(tick)),
        },
      ],
      series: [
        {},
        {
          stroke,
          width: 1.5,
          spanGaps: false,
          points: { show: false },
          fill: plot.tone === 'budget' ? ink('--chosen') : undefined,
          fillTo: 0,
        },
        ...lines.map((line) => ({
          stroke: line === 'low' ? ink('--text-faint') : stroke,
          width: line === 'low' ? 0.5 : 1.5,
          dash: line === 'low' ? undefined : [3, 4],
          spanGaps: line === 'projected',
          points: { show: false },
        })),
      ],
      hooks: {
        drawClear: [
          (u) => shade(u, plot.excluded ?? [], ink('--track')),
          (u) => hatch(u, plot.bands, ink('--blind-tint'), ink('--blind-fill')),
        ],
        draw: [
          (u) => level(u, plot, ink('--exhausted-fill')),
          (u) => uprights(u, plot.deeds ?? [], ink('--accent')),
        ],
        setCursor: [(u) => moved(u.cursor.idx ?? null)],
        setSelect: [
          (u) => {
            if (u.select.width < 3) return;
            const at = (x: number) => Math.round(u.posToVal(x, 'x') / MINUTE) * MINUTE;
            picked?.({ from: at(u.select.left), to: at(u.select.left + u.select.width) });
          },
        ],
      },
    },
    data,
    box,
  );
  return {
    resize: (to) => chart.setSize({ width: to, height: HEIGHT }),
    point: (index) => {
      if (index === null) return chart.setCursor({ left: -10, top: -10 });
      chart.setCursor({ left: chart.valToPos(plot.t[index] ?? 0, 'x'), top: 20 });
    },
    select: (span) => {
      const left = span ? chart.valToPos(span.from, 'x') : 0;
      const width = span ? chart.valToPos(span.to, 'x') - left : 0;
      chart.setSelect({ left, width, top: 0, height: chart.over.clientHeight }, false);
    },
    destroy: () => chart.destroy(),
  };
}

/** The columns uPlot wants, and which lines follow the first: the worst of each step, and what is only expected. */
function columns(plot: Plot): { data: uPlot.AlignedData; lines: ('low' | 'projected')[] } {
  const { t, values, low, projected } = plot;
  const end = projected && projected.t > (t.at(-1) ?? 0) ? projected : undefined;
  const padded = (line: (number | null)[]) => (end ? [...line, null] : line);
  const data: (number | null)[][] = [padded(values)];
  const lines: ('low' | 'projected')[] = [];
  if (low) {
    data.push(padded(low));
    lines.push('low');
  }
  if (end) {
    data.push([...values.map((value, i) => (i === values.length - 1 ? value : null)), end.value]);
    lines.push('projected');
  }
  return { data: [end ? [...t, end.t] : t, ...data] as uPlot.AlignedData, lines };
}

function inks(box: HTMLElement): (token: string) => string {
  const probe = document.createElement('span');
  box.append(probe);
  const found = new Map<string, string>();
  return (token) => {
    const known = found.get(token);
    if (known) return known;
    if (!probe.isConnected) box.append(probe);
    probe.style.color = `var(${token})`;
    const colour = getComputedStyle(probe).color;
    probe.remove();
    found.set(token, colour);
    return colour;
  };
}

function timeLabels(ticks: number[]): string[] {
  const wide = ticks.length > 1 && (ticks[1] as number) - (ticks[0] as number) >= 86_400;
  return ticks.map((tick) => (wide || timeOfDay(tick) === '00:00' ? day(tick) : timeOfDay(tick)));
}

function shade(u: uPlot, bands: [number, number][], ink: string): void {
  const { ctx, bbox } = u;
  ctx.save();
  ctx.fillStyle = ink;
  for (const [from, to] of bands) {
    const left = Math.max(bbox.left, u.valToPos(from, 'x', true));
    const right = Math.min(bbox.left + bbox.width, Math.max(u.valToPos(to, 'x', true), left + 2));
    if (right > left) ctx.fillRect(left, bbox.top, right - left, bbox.height);
  }
  ctx.restore();
}

function hatch(u: uPlot, bands: [number, number][], tint: string, ink: string): void {
  const { ctx, bbox } = u;
  ctx.save();
  for (const [from, to] of bands) {
    const left = Math.max(bbox.left, u.valToPos(from, 'x', true));
    const right = Math.min(bbox.left + bbox.width, u.valToPos(to, 'x', true));
    if (right <= left) continue;
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, bbox.top, right - left, bbox.height);
    ctx.clip();
    ctx.fillStyle = tint;
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
    ctx.strokeStyle = ink;
    ctx.globalAlpha = 0.5;
    ctx.beginPath();
    for (let x = left - bbox.height; x < right; x += 7) {
      ctx.moveTo(x, bbox.top + bbox.height);
      ctx.lineTo(x + bbox.height, bbox.top);
    }
    ctx.stroke();
    ctx.restore();
  }
  ctx.restore();
}

function level(u: uPlot, plot: Plot, ink: string): void {
  if (!plot.level) return;
  const { ctx, bbox } = u;
  const y = Math.round(u.valToPos(plot.level.at, 'y', true));
  if (y < bbox.top || y > bbox.top + bbox.height) return;
  ctx.save();
  ctx.strokeStyle = ink;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}

/** One line for each deed with its first letter on top; the words are beside the chart. */
function uprights(u: uPlot, deeds: NonNullable<Plot['deeds']>, ink: string): void {
  const { ctx, bbox } = u;
  ctx.save();
  ctx.strokeStyle = ink;
  ctx.fillStyle = ink;
  ctx.lineWidth = devicePixelRatio;
  ctx.font = `600 ${10 * devicePixelRatio}px IBM Plex Sans`;
  ctx.textBaseline = 'top';
  for (const { at, mark } of deeds) {
    const x = Math.round(u.valToPos(at, 'x', true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.fillText(mark.slice(0, 1).toUpperCase(), x + 3 * devicePixelRatio, bbox.top);
  }
  ctx.restore();
}
