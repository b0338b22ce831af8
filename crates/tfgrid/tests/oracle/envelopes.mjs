// Writes ../vectors/envelopes.json: challenges, signatures and protobuf of envelopes, and tokens,
// written down a second time from the bus' protocol with nothing but node's own modules.
// Run `node envelopes.mjs > ../vectors/envelopes.json`.
import { createHash, createPrivateKey, sign } from "node:crypto";

// The mini secret of the published vectors' account A, taken as an ed25519 seed.
const seed = Buffer.from("b37231837527c7173dc212bb23a7fe795d5dae540e7c21366a5fb9f4cc398a36", "hex");
const pkcs8 = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
const key = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
const signed = (bytes) => Buffer.concat([Buffer.from("e"), sign(null, bytes, key)]);

const varint = (n) => {
  const out = [];
  for (n = BigInt(n); n > 127n; n >>= 7n) out.push(Number(n & 127n) | 128);
  return Buffer.from([...out, Number(n)]);
};
const field = (tag, bytes) => {
  bytes = Buffer.from(bytes);
  return Buffer.concat([varint((tag << 3) | 2), varint(bytes.length), bytes]);
};
const number = (tag, n) => (BigInt(n) === 0n ? Buffer.alloc(0) : Buffer.concat([varint(tag << 3), varint(n)]));
const optional = (tag, value) => (value == null ? Buffer.alloc(0) : field(tag, value));
const text = (tag, value) => (value === "" ? Buffer.alloc(0) : field(tag, value));
const address = (a) => Buffer.concat([number(1, a.twin), optional(2, a.connection)]);

const kinds = { request: 7, response: 8, error: 12, ping: 15, pong: 16 };
const inner = (e) =>
  e.kind === "request" ? text(1, e.command)
  : e.kind === "error" ? Buffer.concat([number(1, e.error.code), text(2, e.error.message)])
  : Buffer.alloc(0);
const payload = (e) => (e.plain != null ? Buffer.from(e.plain) : Buffer.from(e.cipher ?? "", "hex"));

const end = (a) => (a ? `${a.twin}${a.connection ?? ""}` : "0");
const challenge = (e) =>
  Buffer.concat([
    Buffer.from(`${e.uid}${e.tags ?? ""}${e.timestamp}${e.expiration}${end(e.source)}${end(e.destination)}`),
    Buffer.from(e.kind === "request" ? e.command : e.kind === "error" ? `${e.error.code}${e.error.message}` : ""),
    Buffer.from(`${e.schema ?? ""}${e.federation ?? ""}`),
    payload(e),
    Buffer.from((e.relays ?? []).join("")),
  ]);
const protobuf = (e, signature) =>
  Buffer.concat([
    text(1, e.uid), optional(2, e.tags), number(3, e.timestamp), number(4, e.expiration),
    optional(5, e.source && address(e.source)), optional(6, e.destination && address(e.destination)),
    field(kinds[e.kind], inner(e)), optional(9, signature), optional(10, e.schema), optional(11, e.federation),
    e.plain != null ? field(13, e.plain) : e.cipher != null ? field(14, payload(e)) : Buffer.alloc(0),
    ...(e.relays ?? []).map((relay) => field(17, relay)),
  ]);

const base = {
  uid: "u1", tags: null, timestamp: 1700000000, expiration: 60,
  source: { twin: 143, connection: "s1" }, destination: { twin: 29 }, schema: "application/json",
};
const envelopes = [
  { name: "request, as we send it", ...base, kind: "request", tags: "fail-fast", command: "zos.deployment.deploy", plain: "{}" },
  { name: "request with empty tags and no relays", ...base, kind: "request", tags: "", command: "zos.system.version", plain: "null", relays: [] },
  { name: "request without payload", ...base, kind: "request", command: "zos.system.version" },
  { name: "request with empty payload and command", ...base, kind: "request", command: "", plain: "" },
  { name: "request with a cipher that is no text", ...base, kind: "request", command: "c", cipher: "ff00fe80c3280d0a" },
  { name: "response", ...base, kind: "response", source: { twin: 29 }, destination: { twin: 143, connection: "s1" }, plain: "null", relays: ["r1.grid.tf", "r2.grid.tf", ""] },
  { name: "response, encrypted, federation", ...base, kind: "response", cipher: "00".repeat(28), federation: "relay.grid.tf" },
  { name: "federation that is empty", ...base, kind: "response", plain: "x", federation: "" },
  { name: "error of a node", ...base, kind: "error", error: { code: 0, message: "exists" } },
  { name: "error without words", ...base, kind: "error", error: { code: 4294967295, message: "" } },
  { name: "ping", ...base, kind: "ping", schema: null },
  { name: "pong", ...base, kind: "pong", schema: null },
  { name: "no ends", ...base, kind: "error", source: null, destination: null, error: { code: 0, message: "destination offline" } },
  { name: "ends of zero, empty connection", ...base, kind: "response", source: { twin: 0 }, destination: { twin: 0, connection: "" } },
  { name: "other scripts", ...base, kind: "request", uid: "ü-例", tags: "é 🎬", source: { twin: 1, connection: "ж" }, command: "zos.ü", schema: "ß", plain: "{\"n\":\"日本 🎥\"}", relays: ["ö.example"] },
  { name: "large and zero numbers", ...base, kind: "request", uid: "", timestamp: 0, expiration: 9007199254740991, source: { twin: 4294967295 }, command: "c" },
].map((e) => {
  const md5 = createHash("md5").update(challenge(e)).digest();
  const signature = signed(md5);
  return {
    ...e, challenge_hex: challenge(e).toString("hex"), challenge_md5_hex: md5.toString("hex"),
    signature: signature.toString("hex"), protobuf_hex: protobuf(e, signature).toString("hex"),
  };
});

const part = (bytes) => Buffer.from(bytes).toString("base64url");
const tokens = [
  { sub: 143, iat: 1700000000, exp: 1700000060, sid: "s1" },
  { sub: 4294967295, iat: 0, exp: 9007199254740991 },
  { sub: 1, iat: 1, exp: 2, sid: "a\"b/ü" },
].map((claims) => {
  const input = `${part('{"alg":"RS512","typ":"JWT"}')}.${part(JSON.stringify(claims))}`;
  return { claims, token: `${input}.${part(signed(Buffer.from(input)))}` };
});

const madeBy = "tests/oracle/envelopes.mjs, signed with ed25519 by the published vectors' account A";
console.log(JSON.stringify({ made_by: madeBy, envelopes, tokens }, null, 1));
