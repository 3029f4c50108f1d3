// Draws the charts. Without it, the page still says all of it in words and tables.
(() => {
  'use strict';
  const data = JSON.parse(document.getElementById('charts').textContent);
  const root = document.documentElement;
  const PAPER_WIDTH = 640;
  const HALF_PAPER_WIDTH = 290;
  const HEIGHT = 240;
  const PAPER_HEIGHT = 165;
  let drawn = [];

  const colour = (name) => getComputedStyle(root).getPropertyValue('--' + name).trim();
  const group = (number) => Math.round(number).toString().replace(/\B(?=(\d{3})+$)/g, '\u202f');
  const rate = (number) => number < 100 ? number.toFixed(1) : group(number);
  const short = (number) => {
    for (const [unit, size] of [['G', 1e9], ['M', 1e6], ['k', 1e3]]) {
      if (number >= size) return +(number / size).toFixed(2) + '\u202f' + unit;
    }
    return String(+number.toFixed(2));
  };
  const clock = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ') + ' UTC';

  const axis = (more) => ({
    stroke: colour('soft'), font: '12px system-ui, sans-serif',
    grid: { stroke: colour('grid'), width: 1 }, ticks: { stroke: colour('grid'), width: 1, size: 4 }, ...more,
  });
  const amounts = () => axis({ size: 58, values: (u, splits) => splits.map(short) });
  const upFromZero = (u, min, max) => [0, max > 0 ? max * 1.05 : 1];

  // Dates only where a new one begins, seconds only where they differ.
  const times = () => axis({
    space: 64,
    values: (u, splits, at, space, step) => {
      let date = '';
      return splits.map((split) => {
        const iso = new Date(split * 1000).toISOString();
        const text = step >= 86400 ? '' : iso.slice(11, step >= 60 ? 16 : 19);
        const first = iso.slice(0, 10) !== date;
        date = iso.slice(0, 10);
        return text === '' ? date : first ? text + '\n' + date : text;
      });
    },
  });

  /** @param say what the line below the chart says about the point at an index */
  function draw(id, options, columns, say) {
    const figure = document.getElementById(id);
    if (!figure) return;
    const plot = figure.querySelector('.plot');
    const readout = figure.querySelector('.readout');
    const height = root.hasAttribute('data-print') ? PAPER_HEIGHT : HEIGHT;
    const width = () => !root.hasAttribute('data-print') ? Math.floor(plot.clientWidth)
      : figure.classList.contains('half') ? HALF_PAPER_WIDTH : PAPER_WIDTH;
    const chart = new uPlot({
      width: width(), height, padding: [12, 8, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
      hooks: { setCursor: [(u) => { readout.textContent = u.cursor.idx == null ? '' : say(u.cursor.idx); }] },
      ...options,
    }, columns, plot);
    drawn.push({ chart, width });
  }

  function progress() {
    const { at, read, results, rate: rates } = data.progress;
    draw('progress', {
      scales: { y: { range: upFromZero } },
      axes: [times(), amounts()],
      series: [{},
        { stroke: colour('read'), width: 2, fill: colour('read') + '22', points: { show: false } },
        { stroke: colour('results'), width: 2, dash: [6, 4], points: { show: false } }],
    }, [at, read, results], (i) => `${clock(at[i])}: ${group(read[i])} read, ${group(results[i])} results`);
    draw('throughput', {
      scales: { y: { range: upFromZero } },
      axes: [times(), amounts()],
      series: [{}, {
        stroke: colour('read'), width: 1.5, fill: colour('read') + '33', points: { show: false },
        paths: uPlot.paths.stepped({ align: -1 }),
      }],
    }, [at, rates], (i) => `${clock(at[i])}: ${rate(rates[i])} records/s`);
  }

  function deadLetters() {
    const { labels, counts } = data.deadLetters;
    const reasons = Object.keys(counts);
    if (labels.length === 0) return;
    // Each bar reaches from the ground up to the sum so far; the tallest is drawn first and the others over it.
    const sums = new Array(labels.length).fill(0);
    const stacked = reasons.map((reason) => counts[reason].map((count, i) => (sums[i] += count)));
    const bars = uPlot.paths.bars({ size: [0.85, 64] });
    draw('dead-letters', {
      scales: {
        x: { time: false, range: [-0.6, labels.length - 0.4] },
        y: { range: (u, min, max) => [0, Math.max(1, Math.max(...sums) * 1.05)] },
      },
      axes: [
        axis({
          grid: { show: false },
          splits: (u) => {
            const room = Math.max(1, Math.floor(u.width / 95));
            const every = Math.max(1, Math.ceil(labels.length / room));
            return labels.map((label, i) => i).filter((i) => i % every === 0);
          },
          values: (u, splits) => splits.map((i) => labels[i]),
        }),
        amounts(),
      ],
      series: [{}, ...reasons.map((reason) => ({
        fill: colour(reason), stroke: colour(reason), width: 0, paths: bars, points: { show: false },
      })).reverse()],
    }, [labels.map((label, i) => i), ...stacked.slice().reverse()], (i) =>
      `${labels[i]} UTC: ` + (reasons.filter((reason) => counts[reason][i] > 0)
        .map((reason) => `${group(counts[reason][i])} ${reason}`).join(', ') || 'none'));
  }

  function drawAll() {
    drawn.forEach(({ chart }) => chart.destroy());
    drawn = [];
    if (data.progress) progress();
    deadLetters();
  }

  drawAll();
  new ResizeObserver(() => drawn.forEach(({ chart, width }) => {
    if (width() > 0 && width() !== chart.width) chart.setSize({ width: width(), height: HEIGHT });
  })).observe(document.querySelector('main'));
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
  addEventListener('beforeprint', () => { root.setAttribute('data-print', ''); drawAll(); });
  addEventListener('afterprint', () => { root.removeAttribute('data-print'); drawAll(); });
})();
