// ThreeFold's published client at the other end of a relay of ours.
// `node bus.mjs <folder with node_modules> <relay> <twin> <mnemonic> <twins as JSON> ask|answer`
//
// ask: asks twin 29 three things and prints what came. answer: answers each question with what it
// has read, until it is killed. Of the client only its look-ups on the chain are replaced.
import { createRequire } from "node:module";

const [folder, relay, twin, mnemonic, twins, mode] = process.argv.slice(2);
const require = createRequire(`${folder}/`);
const { Client } = require("@threefold/rmb_direct_client");
const inside = require.resolve("@threefold/rmb_direct_client").replace(/index\.js$/, "");
const { Envelope, Address, Response } = require(`${inside}types/lib/types`);
const ClientEnvelope = require(`${inside}envelope`).default;

const book = JSON.parse(twins);
const session = mode === "ask" ? "asking" : undefined;
const client = new Client("ws://127.0.0.1:1", relay, mnemonic, session, "sr25519", 1);
client.tfclient = {
  connect: async () => {},
  disconnect: async () => {},
  twins: {
    getTwinIdByAccountId: async () => Number(twin),
    get: async ({ id }) => book[id],
    update: async () => ({ apply: async () => {} }),
  },
};
// Its own ping waits a second at a time.
client.__pingPong = () => {};
await client.connect();

const ask = async (command, question, to) => {
  try {
    return await client.read(await client.send(command, JSON.stringify(question), to, 1));
  } catch (error) {
    return `${error.message ?? error}`;
  }
};

const answer = async (frame) => {
  const question = new ClientEnvelope(undefined, Envelope.deserializeBinary(frame), "", client.tfclient, client.twins);
  // The signature covers the tags, which it has read too.
  if (!(await question.verify())) return console.error("a signature that does not verify");
  const read = `${Buffer.from(await question.decrypt(mnemonic))}`;
  const reply = new ClientEnvelope(
    client.signer,
    new Envelope({
      uid: question.uid,
      timestamp: Math.round(Date.now() / 1000),
      expiration: 60,
      source: new Address({ twin: Number(twin) }),
      destination: question.source,
      response: new Response(),
    }),
    "", client.tfclient, client.twins,
  );
  const said = JSON.stringify({ command: question.request.command, read: JSON.parse(read) });
  reply.cipher = await reply.encrypt(said, mnemonic, book[question.source.twin].pk);
  reply.signature = reply.signEnvelope();
  client.con.send(reply.serializeBinary());
};

if (mode === "ask") {
  const came = {
    version: await ask("zos.system.version", null, 29),
    refused: await ask("zos.deployment.get", { contract_id: 123 }, 29),
    ports: await ask("zos.network.list_private_ips", { network_name: "net" }, 29),
  };
  console.log(JSON.stringify(came));
  process.exit(0);
}
client.con.onmessage = (event) => answer(event.data).catch((error) => console.error(error));
console.log("ready");
