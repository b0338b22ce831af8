// A page for members that embeds the form, and the address that gives it tokens. Needs nothing but Node:
// GRIDTUBE_SECRET_FILE=site.secret node server.mjs
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { token } from "./token.mjs";

const SERVICE = process.env.GRIDTUBE_SERVICE ?? "https://deploy.example";
const SITE = process.env.GRIDTUBE_SITE ?? "mysite";
const secret = readFileSync(process.env.GRIDTUBE_SECRET_FILE, "utf8").trim();
const page = readFileSync(new URL("../members.html", import.meta.url), "utf8")
  .replaceAll("https://deploy.example", SERVICE)
  .replaceAll('site="mysite"', `site="${SITE}"`);

/** Who is logged in, or nothing: here stands your own login. */
function member(request) {
  return "member-7";
}

const server = createServer((request, response) => {
  const subject = member(request);
  if (!subject) {
    response.writeHead(401).end();
  } else if (request.method === "POST" && request.url === "/gridtube-token") {
    response.writeHead(200, { "content-type": "text/plain", "cache-control": "no-store" });
    response.end(token(secret, SITE, subject));
  } else if (request.method === "GET" && request.url === "/") {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page);
  } else {
    response.writeHead(404).end();
  }
});
server.listen(process.env.PORT ?? 8000, "127.0.0.1", () => {
  console.log(`http://localhost:${server.address().port}`);
});
