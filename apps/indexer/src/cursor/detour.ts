import type { LastPosition } from './resume-point.ts';

/** When the stream is not resumed where it was left, by sequence number. */
export interface Detour {
  /** Everything after that time has to be read again, from that host. */
  rewind(micros: number, host: string): void;
  /** The server went back, so that its numbers mean nothing: what comes until the stream is resumed proves nothing. */
  goBack(micros: number, host: string): void;
  /** The host no longer has what was asked for: it is asked by time, and if that is too old as well, for what comes now. */
  tooOld(): void;
  /** Where to resume instead. */
  rewound(): LastPosition | undefined;
  asksBy(): 'seq' | 'time' | 'live';
  isBack(): boolean;
  /** The time of goBack(), once. */
  takeBack(): number | undefined;
  /** A stream has opened. */
  resumed(): void;
  /** The stream is where it was before. */
  over(): void;
}

export function createDetour(): Detour {
  let rewound: LastPosition | undefined;
  let asksBy: 'seq' | 'time' | 'live' = 'seq';
  let isBack = false;
  let backFrom: number | undefined;
  const rewind = (micros: number, host: string): void => {
    rewound = positionInTime(Math.floor(micros), host);
  };
  return {
    rewind,
    goBack: (micros, host) => {
      rewind(micros, host);
      isBack = true;
      backFrom = rewound?.micros;
    },
    tooOld: () => {
      asksBy = asksBy === 'seq' ? 'time' : 'live';
    },
    rewound: () => rewound,
    asksBy: () => asksBy,
    isBack: () => isBack,
    takeBack: () => {
      const micros = backFrom;
      backFrom = undefined;
      return micros;
    },
    resumed: () => {
      isBack = false;
    },
    over: () => {
      rewound = undefined;
      asksBy = 'seq';
    },
  };
}

/** A position of which only the time is known. */
function positionInTime(micros: number, host: string): LastPosition {
  return { host, identities: [], micros, cursor: undefined, shownAtMicros: micros };
}
