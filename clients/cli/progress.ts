import type { JobEvent } from '../../shared/schema/index.ts';

export interface Progress {
  show(event: JobEvent): void;
  end(): void;
}

const describeEvent = (event: JobEvent): string => {
  const where = [event.stage, event.target].filter(Boolean).join(' ');
  const took = event.ms === undefined ? '' : event.cached ? ' (from cache)' : ` ${(event.ms / 1000).toFixed(2)} s`;
  const why = event.message ? `: ${event.message}` : '';
  return `${event.type.replace(/^(job|stage)\./, '$1 ')}${where ? ` ${where}` : ''}${took}${why}`;
};

const barWidth = 24;

/** One bar that is drawn over on a terminal. */
function barProgress(out: NodeJS.WriteStream, steps: number): Progress {
  const active = new Set<string>();
  let done = 0;
  const draw = (): void => {
    const filled = Math.min(barWidth, Math.round((done / steps) * barWidth));
    const percent = String(Math.min(100, Math.round((done / steps) * 100))).padStart(3);
    const line = `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)} ${percent} %  ${[...active].join(', ')}`;
    out.write(`\r\x1b[2K${line.slice(0, Math.max(20, out.columns - 1))}`);
  };
  return {
    show(event) {
      const name = [event.stage, event.target].filter(Boolean).join(' ');
      if (event.type === 'stage.started') active.add(name);
      if (event.type === 'stage.finished' || event.type === 'stage.failed') {
        active.delete(name);
        done++;
      }
      draw();
    },
    end: () => void out.write('\r\x1b[2K'),
  };
}

/** One line an event, for logs. */
const lineProgress = (out: NodeJS.WriteStream): Progress => ({
  show: (event) => void out.write(`${describeEvent(event)}\n`),
  end: () => undefined,
});

/** Shows a job’s progress: a bar on a terminal, plain lines otherwise, nothing when `quiet`. */
export function progressOn(out: NodeJS.WriteStream, steps: number, quiet: boolean): Progress {
  if (quiet) return { show: () => undefined, end: () => undefined };
  return out.isTTY ? barProgress(out, steps) : lineProgress(out);
}
