/** A line of a chart: values by the size of the store. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [size: number, value: number])[];
}

export interface Chart {
  readonly title: string;
  readonly unit: string;
  readonly series: readonly Series[];
  /** Whether values are shown by their powers of ten, as sizes always are. */
  readonly isLogarithmic: boolean;
  /** A line to be drawn across. */
  readonly limit?: number;
}

const [WIDTH, HEIGHT] = [760, 420];
const AREA = { left: 70, right: 540, top: 50, bottom: 370 };
const COLORS = ['#1b6ca8', '#c8553d', '#3a7d44', '#8e5aa8', '#b8860b', '#2a9d8f', '#6c757d', '#d1495b'];

/** An SVG that reads on light and on dark paper. */
export function drawChart(chart: Chart): string {
  const points = chart.series.flatMap(({ points }) => points);
  const x = axis(
    points.map(([size]) => size),
    true,
    AREA.left,
    AREA.right,
  );
  const values = [...points.map(([, value]) => value), ...(chart.limit === undefined ? [] : [chart.limit])];
  const y = axis(values, chart.isLogarithmic, AREA.bottom, AREA.top);
  const parts = [
    `<title>${escaped(chart.title)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text(AREA.left, 28, chart.title, 'font-size="16" font-weight="bold"'),
    ...x.ticks.flatMap(tick => [
      line(x.at(tick), AREA.top, x.at(tick), AREA.bottom, '#eee'),
      text(x.at(tick), AREA.bottom + 20, tick.toLocaleString('en'), 'text-anchor="middle"'),
    ]),
    ...y.ticks.flatMap(tick => [
      line(AREA.left, y.at(tick), AREA.right, y.at(tick), '#eee'),
      text(AREA.left - 8, y.at(tick) + 4, tick.toLocaleString('en'), 'text-anchor="end"'),
    ]),
    text((AREA.left + AREA.right) / 2, HEIGHT - 8, 'memories', 'text-anchor="middle"'),
    text(AREA.left - 8, AREA.top - 8, chart.unit, 'text-anchor="end"'),
    ...(chart.limit === undefined
      ? []
      : [
          line(AREA.left, y.at(chart.limit), AREA.right, y.at(chart.limit), '#c00', 'stroke-dasharray="6 4"'),
        ]),
    ...chart.series.flatMap((series, n) => drawSeries(series, n, x, y)),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" fill="#222">\n${parts.join('\n')}\n</svg>\n`;
}

function drawSeries({ name, points }: Series, n: number, x: Axis, y: Axis): readonly string[] {
  const color = COLORS[n % COLORS.length] ?? '#000';
  const path = points.map(([size, value]) => `${round(x.at(size))},${round(y.at(value))}`).join(' ');
  const at = AREA.top + 10 + n * 22;
  return [
    `<polyline points="${path}" fill="none" stroke="${color}" stroke-width="2"/>`,
    ...points.map(
      ([size, value]) =>
        `<circle cx="${round(x.at(size))}" cy="${round(y.at(value))}" r="3" fill="${color}"/>`,
    ),
    line(AREA.right + 16, at, AREA.right + 36, at, color, 'stroke-width="2"'),
    text(AREA.right + 42, at + 4, name),
  ];
}

interface Axis {
  readonly ticks: readonly number[];
  at(value: number): number;
}

function axis(values: readonly number[], isLogarithmic: boolean, start: number, end: number): Axis {
  if (isLogarithmic) {
    const low = Math.floor(Math.log10(Math.min(...values)));
    const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
    const ticks = Array.from({ length: high - low + 1 }, (_, n) => 10 ** (low + n));
    return { ticks, at: value => start + ((Math.log10(value) - low) / (high - low)) * (end - start) };
  }
  const step = 10 ** Math.floor(Math.log10(Math.max(...values)));
  const high = Math.ceil(Math.max(...values) / step) * step;
  const count = Math.round(high / step) < 3 ? 2 * Math.round(high / step) : Math.round(high / step);
  const ticks = Array.from({ length: count + 1 }, (_, n) => (n * high) / count);
  return { ticks, at: value => start + (value / high) * (end - start) };
}

function line(x1: number, y1: number, x2: number, y2: number, color: string, more = ''): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="${color}" ${more}/>`;
}

function text(x: number, y: number, content: string, more = ''): string {
  return `<text x="${round(x)}" y="${round(y)}" ${more}>${escaped(content)}</text>`;
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

function round(value: number): string {
  return value.toFixed(1).replace(/\.0$/, '');
}
