// ThreeFold's published client at the other end of a relay of ours: `{ relay, twin, mnemonic, twins,
// mode }` in, `twins` as the chain has them.
//
// ask: asks twin 29 three things and says what came. answer: answers each question with what it has
// read, until it is killed or the relay is gone. Of the client only its look-ups on the chain are
// replaced.
import { chain, end, given, inside, require } from "./clients.mjs";

const { Client } = require("@threefold/rmb_direct_client");
const { Envelope, Address, Response } = inside("types/lib/types");
const ClientEnvelope = inside("envelope").default;

const { relay, twin, mnemonic, twins, mode } = given;
const session = mode === "ask" ? "asking" : undefined;
const client = new Client("ws://127.0.0.1:1", relay, mnemonic, session, "sr25519", 1);
client.tfclient = chain(twin, twins);
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
      source: new Address({ twin }),
      destination: question.source,
      response: new Response(),
    }),
    "", client.tfclient, client.twins,
  );
  const said = JSON.stringify({ command: question.request.command, read: JSON.parse(read) });
  reply.cipher = await reply.encrypt(said, mnemonic, twins[question.source.twin].pk);
  reply.signature = reply.signEnvelope();
  client.con.send(reply.serializeBinary());
};

if (mode === "ask") {
  end({
    version: await ask("zos.system.version", null, 29),
    refused: await ask("zos.deployment.get", { contract_id: 123 }, 29),
    ports: await ask("zos.network.list_private_ips", { network_name: "net" }, 29),
  });
} else {
  client.con.onclose = () => process.exit(0);
  client.con.onmessage = (event) => answer(event.data).catch((error) => console.error(error));
  process.stdout.write("ready\n");
}
