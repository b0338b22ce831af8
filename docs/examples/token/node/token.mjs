// Signs a Gridtube token: node token.mjs SITE SUBJECT [SIZES]
import { createHmac, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

/**
 * `secret` is the text of the site's secret file; `subject` your own id of the visitor (1 to 64 of
 * A-Z a-z 0-9 _ -); `sizes` such as "small+mid", or "" for all that the site allows.
 */
export function token(secret, site, subject, sizes = "") {
  const expiry = Math.floor(Date.now() / 1000) + 4 * 60; // five minutes are the limit
  const nonce = randomBytes(16).toString("base64url");
  const signed = `v1.${site}.${subject}.${expiry}.${nonce}.${sizes}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const secret = readFileSync(process.env.GRIDTUBE_SECRET_FILE, "utf8").trim();
  const [site, subject, sizes] = process.argv.slice(2);
  console.log(token(secret, site, subject, sizes));
}
