// A Hocuspocus server as it comes from npm, on loopback: `node hocuspocus.mjs PORT`. With the variable TOKEN it lets nobody else in.
import { Server } from '@hocuspocus/server';

const port = Number(process.argv[2]);
const token = process.env.TOKEN;

const server = new Server({
  port,
  address: '127.0.0.1',
  quiet: true,
  stopOnSignals: false,
  async onAuthenticate(asking) {
    if (token && asking.token !== token) throw new Error('not you');
  },
});
await server.listen();
console.log(`listening on ${port}`);
