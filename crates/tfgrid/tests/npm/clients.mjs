// What the programs here share: ThreeFold's published clients, and JSON in and out.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

// Its clients log to standard output, which is ours.
console.log = console.error;

export const require = createRequire(join(process.env.GRIDTUBE_NPM, "node_modules", "/"));
export const given = JSON.parse(readFileSync(0, "utf8"));

/** Ends the program with this answer, whatever the clients still wait for. */
export const end = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`, () => process.exit(0));

/** A module of the bus' client which it does not export. */
export const inside = (name) => require(join(dirname(require.resolve("@threefold/rmb_direct_client")), name));

/** The chain, as far as the bus asks it: who has which twin. `twins` are as the chain has them. */
export const chain = (us, twins) => ({
  connect: async () => {},
  disconnect: async () => {},
  twins: {
    getTwinIdByAccountId: async () => us,
    get: async ({ id }) => twins[id],
    update: async () => ({ apply: async () => {} }),
  },
});
