import { TestNetworkNoAppView } from '@atproto/dev-env';

/** A real PDS and a real PLC directory. Another process may take their free ports before they listen: then the next ones are tried. */
export async function startTestNetwork(): Promise<TestNetworkNoAppView> {
  for (;;) {
    try {
      return await TestNetworkNoAppView.create({});
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
}
