import { createHmac, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";

export function token(secret, site, subject, sizes = "") {
  const expiry = Math.floor(Date.now() / 1000) + 240;
  const nonce = randomBytes(16).toString("hex");
  const signed = `v1.${site}.${subject}.${expiry}.${nonce}.${sizes}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

const [file, site, subject, sizes] = process.argv.slice(2);
console.log(token(readFileSync(file, "utf8").trim(), site, subject, sizes));
