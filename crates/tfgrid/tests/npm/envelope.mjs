// The published client's envelopes without a socket: `{ scheme, twin, mnemonic, twins, frames, say }`
// in, frames in hex, `twins` as the chain has them; `{ received, question, answer }` out.
//
// Of each frame it says whether the signature holds, and what was read. `question` goes to the first
// frame's sender, `answer` is to the first frame; both say `say`.
import { chain, end, given, inside, require } from "./clients.mjs";

const { Envelope, Address, Request, Response } = inside("types/lib/types");
const ClientEnvelope = inside("envelope").default;
const { Keyring } = require("@polkadot/api");
const { cryptoWaitReady } = require("@polkadot/util-crypto");

const { scheme, twin, mnemonic, twins, frames, say } = given;
await cryptoWaitReady();
const signer = new Keyring({ type: scheme }).addFromUri(mnemonic);
const theirs = (envelope, by) => new ClientEnvelope(by, envelope, "", chain(twin, twins), new Map());
const frame = (hex) => Envelope.deserializeBinary(Buffer.from(hex, "hex"));

const receive = async (hex) => {
  const envelope = theirs(frame(hex));
  const verified = (await envelope.verify()) === true;
  const read = envelope.cipher.length ? envelope.decrypt(mnemonic) : envelope.plain;
  const text = await Promise.resolve(read).then((bytes) => `${Buffer.from(bytes)}`, () => null);
  return { verified, text };
};

const first = frame(frames[0]);
const send = async (more) => {
  const envelope = theirs(
    new Envelope({
      timestamp: 1700000000,
      expiration: 60,
      source: new Address({ twin }),
      destination: first.source,
      ...more,
    }),
    signer,
  );
  envelope.cipher = await envelope.encrypt(say, mnemonic, twins[first.source.twin].pk);
  envelope.relays = ["relay.example"];
  envelope.signature = envelope.signEnvelope();
  return Buffer.from(envelope.serializeBinary()).toString("hex");
};

const received = [];
for (const hex of frames) received.push(await receive(hex));
end({
  received,
  question: await send({ uid: "theirs", tags: "x", request: new Request({ command: "zos.deployment.get" }) }),
  answer: await send({ uid: first.uid, response: new Response() }),
});
