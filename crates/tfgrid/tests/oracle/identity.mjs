// Writes ../vectors/identity.json: what polkadot-js makes of secrets.
// In an empty directory: npm i @polkadot/keyring @polkadot/util @polkadot/util-crypto, copy this file
// there, run `node identity.mjs > identity.json`.
import { Keyring } from "@polkadot/keyring";
import { u8aToHex } from "@polkadot/util";
import { cryptoWaitReady, mnemonicToMiniSecret } from "@polkadot/util-crypto";

const words = "legal winner thank year wave sausage worth useful legal winner thank yellow";
const long =
  "letter advice cage absurd amount doctor acoustic avoid letter advice cage absurd amount doctor acoustic avoid letter advice cage absurd amount doctor acoustic bless";
const seed = "0x" + "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
const secrets = [
  words,
  long,
  seed,
  `${words}///password`,
  `${words}///pass//word///with /slashes é`,
  "//Alice",
  "//Bob",
  "//Alice//stash",
  "//0",
  "//1//2",
  "//18446744073709551615",
  "//01",
  `${words}//polkadot//0`,
  `${seed}//hard`,
  `//${"x".repeat(31)}`,
  `//${"x".repeat(32)}`,
  `//${"long".repeat(20)}`,
  "//ünïcode ☃",
  `${words}//a//b///secret`,
  "//Alice/soft/1//hard",
  `${words}/0`,
];
await cryptoWaitReady();
const vectors = [];
for (const secret of secrets) {
  const row = { secret };
  for (const type of ["sr25519", "ed25519"]) {
    try {
      const pair = new Keyring({ type, ss58Format: 42 }).addFromUri(secret);
      row[type] = { public_key: u8aToHex(pair.publicKey).slice(2), address: pair.address };
    } catch {
      row[type] = null;
    }
  }
  const [phrase, ...password] = secret.split("///");
  if (!phrase.startsWith("0x") && !phrase.includes("/")) {
    row.seed = u8aToHex(mnemonicToMiniSecret(phrase, password.join("///"))).slice(2);
  }
  vectors.push(row);
}
console.log(JSON.stringify({ made_by: "tests/oracle/identity.mjs, with polkadot-js", vectors }, null, 1));
