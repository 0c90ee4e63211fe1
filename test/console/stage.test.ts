import { describe, expect, test } from 'vitest';
import { createPlainStage, createScreenStage, type Stage } from '../../src/console/stage.ts';

const { signal } = new AbortController();

/** Every write that the stage makes of these screens. */
async function write(
  create: (paper: { write(text: string): Promise<void> }) => Stage,
  act: (stage: Stage) => Promise<void>,
): Promise<string[]> {
  const written: string[] = [];
  await act(create({ write: async (text) => void written.push(text) }));
  return written;
}

describe('a screen', () => {
  test('is written whole once, then only the lines that differ, in one write', async () => {
    const written = await write(createScreenStage, async (stage) => {
      await stage.show(['one', 'two', 'three'], false, signal);
      await stage.show(['one', '2', '3'], true, signal);
      await stage.show(['one', '2', '3'], false, signal);
    });
    expect(written).toEqual([
      '\x1b[H\x1b[2J\x1b[1;1Hone\x1b[K\x1b[2;1Htwo\x1b[K\x1b[3;1Hthree\x1b[K',
      '\x1b[2;1H2\x1b[K\x1b[3;1H3\x1b[K\x07',
    ]);
  });

  test('is written whole again where something else may stand there', async () => {
    const written = await write(createScreenStage, async (stage) => {
      await stage.show(['one'], false, signal);
      stage.forget();
      await stage.show(['one'], false, signal);
    });
    expect(written).toHaveLength(2);
    expect(written[0]).toBe(written[1]);
  });

  test('is left once, and only where it was entered', async () => {
    const written = await write(createScreenStage, async (stage) => {
      await stage.leave();
      await stage.enter(signal);
      await stage.leave();
      await stage.leave();
    });
    expect(written).toEqual([
      '\x1b[?1049h\x1b[?25l\x1b[?2004h\x1b[H\x1b[2J',
      '\x1b[?2004l\x1b[0m\x1b[?25h\x1b[?1049l',
    ]);
  });

  test('is left although the terminal is gone', async () => {
    const stage = createScreenStage({
      write: async (text) => {
        if (text.includes('1049l')) throw new Error('EIO');
      },
    });
    await stage.enter(signal);
    await expect(stage.leave()).resolves.toBeUndefined();
  });
});

describe('a terminal that can only print', () => {
  test('gets what changed, what came behind it alone, and nothing for what went', async () => {
    const written = await write(createPlainStage, async (stage) => {
      await stage.enter(signal);
      await stage.show(['question', 'keys'], true, signal);
      await stage.show(['question', 'keys', '! notice'], false, signal);
      await stage.show(['question', 'keys'], false, signal);
      await stage.show(['another', 'keys'], false, signal);
      await stage.leave();
    });
    expect(written).toEqual([
      '\r\nquestion\r\nkeys\r\n\x07',
      '! notice\r\n',
      '\r\nanother\r\nkeys\r\n',
      '\r\n',
    ]);
  });
});
