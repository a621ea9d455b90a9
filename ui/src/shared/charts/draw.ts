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
  destroy(): void;
}

const HEIGHT = 132;

export async function draw(
  box: HTMLElement,
  plot: Plot,
  width: number,
  moved: (index: number | null) => void,
): Promise<Drawing> {
  const [{ default: UPlot }] = await Promise.all([import('uplot'), import('uplot/dist/uPlot.min.css')]);
  const ink = inks(box);
  const stroke = plot.tone === 'budget' ? ink('--accent') : ink('--text-soft');
  const chart = new UPlot(
    {
      width,
      height: HEIGHT,
      legend: { show: false },
      padding: [8, 8, 0, 0],
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
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
      ],
      hooks: {
        drawClear: [(u) => hatch(u, plot.bands, ink('--blind-tint'), ink('--blind-fill'))],
        draw: [(u) => level(u, plot, ink('--exhausted-fill'))],
        setCursor: [(u) => moved(u.cursor.idx ?? null)],
      },
    },
    [plot.t, plot.values],
    box,
  );
  return {
    resize: (to) => chart.setSize({ width: to, height: HEIGHT }),
    point: (index) => {
      if (index === null) return chart.setCursor({ left: -10, top: -10 });
      chart.setCursor({ left: chart.valToPos(plot.t[index] ?? 0, 'x'), top: 20 });
    },
    destroy: () => chart.destroy(),
  };
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
