import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** What lies between a service and its database: it hands bytes on, or breaks the connection as networks do. */
export interface BreakProxy extends AsyncDisposable {
  /** `host:port` */
  readonly address: string;
  /** `hand on`; `reset`: by an RST in the middle of the first answer; `refuse`: as soon as it is made; `hang`: no answer ever. */
  weather: 'hand on' | 'reset' | 'refuse' | 'hang';
}

export async function startBreakProxy(target: string): Promise<BreakProxy> {
  const [host = '', port] = target.split(':');
  const state = { weather: 'hand on' as BreakProxy['weather'] };
  const open = new Set<Socket>();
  const server: Server = createServer((client) => {
    open.add(client);
    client.on('error', () => {}).on('close', () => open.delete(client));
    if (state.weather === 'refuse') client.resetAndDestroy();
    else if (state.weather === 'hang') client.resume();
    else join(client);
  });
  const join = (client: Socket) => {
    const database = connect(Number(port), host);
    client.pipe(database);
    database.on('error', () => client.resetAndDestroy()).on('close', () => client.destroy());
    client.on('close', () => database.destroy());
    database.on('data', (bytes: Buffer) => {
      if (state.weather === 'hand on') client.write(bytes);
      if (state.weather === 'reset') client.write(bytes.subarray(0, bytes.length / 2), () => client.resetAndDestroy());
    });
  };
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await listening;
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    get weather() {
      return state.weather;
    },
    set weather(weather) {
      state.weather = weather;
      if (weather === 'refuse') for (const client of open) client.resetAndDestroy();
    },
    [Symbol.asyncDispose]: async () => {
      for (const client of open) client.destroy();
      const { promise, resolve: closed } = Promise.withResolvers<void>();
      server.close(() => closed());
      await promise;
    },
  };
}
