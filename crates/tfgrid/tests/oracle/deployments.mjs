// Writes ../vectors/deployments.json: what the grid's published client makes of deployments.
// In an empty directory: npm i --ignore-scripts @threefold/grid_client, copy this file there, run
// `node deployments.mjs > deployments.json`.
import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
const root = "./node_modules/@threefold/grid_client/dist/node/zos/index.js"; // not among its exports
const zos = require(root);
const { plainToInstance } = require("class-transformer");

const GIB = 1024 ** 3;
const key = Buffer.alloc(32, 7).toString("base64");
const otherKey = Buffer.alloc(32, 9).toString("base64");
const hexKey = "0a".repeat(32);

const machine = (more = {}, network = {}) => ({
  flist: "https://hub.grid.tf/tf-official-apps/base.flist",
  network: { public_ip: "", planetary: false, interfaces: [{ network: "net", ip: "10.21.2.5" }], ...network },
  size: 0,
  compute_capacity: { cpu: 1, memory: GIB },
  mounts: [],
  entrypoint: "/sbin/zinit init",
  env: {},
  corex: false,
  gpu: [],
  ...more,
});
const light = (more = {}) => {
  const { public_ip, planetary, ...network } = machine().network;
  return { ...machine(more), network: { ...network, ...(more.network ?? {}) } };
};
const net = (more = {}) => ({
  ip_range: "10.21.0.0/16",
  subnet: "10.21.2.0/24",
  wireguard_private_key: key,
  wireguard_listen_port: 20000,
  peers: [],
  ...more,
});
const peer = (n, endpoint) => ({
  subnet: `10.21.${n}.0/24`,
  wireguard_public_key: Buffer.alloc(32, n).toString("base64"),
  allowed_ips: [`10.21.${n}.0/24`, `100.64.21.${n}/32`],
  endpoint,
});

const cases = {
  "fqdn proxy": [["site", "gateway-fqdn-proxy", { fqdn: "videos.example.org", tls_passthrough: false, backends: ["http://[2001:db8::5]:80"] }]],
  "fqdn proxy, TLS handed on, in a network": [["site", "gateway-fqdn-proxy", { fqdn: "videos.example.org", tls_passthrough: true, backends: ["10.21.2.5:443"], network: "net" }]],
  "name proxy, TLS handed on": [["name", "gateway-name-proxy", { name: "my-club", tls_passthrough: true, backends: ["[2001:db8::5]:443"] }]],
  "two backends": [["name", "gateway-name-proxy", { name: "myclub", tls_passthrough: false, backends: ["http://1.2.3.4", "http://1.2.3.5:8080"] }]],
  "network without peers and mycelium": [["net", "network", net()]],
  "network with two peers, one of them silent": [["net", "network", net({ peers: [peer(3, "185.206.122.31:20001"), peer(4, "")] })]],
  "network with mycelium": [["net", "network", net({ wireguard_private_key: otherKey, mycelium: { hex_key: hexKey, peers: [] } })]],
  "light network": [["net", "network-light", net({ peers: [peer(3, "")], mycelium: { hex_key: hexKey, peers: [] } })]],
  "least machine": [["vm", "zmachine", machine()]],
  "machine, env in the order of bytes": [["vm", "zmachine", machine({ env: { b: "2", _: "u", B: "1", a: "", Aa: "=", A_: "x=y", A: "ünïcode ☃ 🎬", 9: "n" } })]],
  "machine with everything": [
    ["disk", "zmount", { size: 100 * GIB }],
    ["data", "volume", { size: 5 * GIB }],
    ["ip", "ip", { v4: false, v6: true }],
    ["vm", "zmachine", machine(
      { size: 2 * GIB, compute_capacity: { cpu: 32, memory: 256 * GIB }, corex: true, gpu: ["0000:28:00.0/1002/731f", "0000:29:00.0/1002/731f"],
        mounts: [{ name: "disk", mountpoint: "/data" }, { name: "data", mountpoint: "/var/lib" }], entrypoint: "", env: { KEY: "line\nline" } },
      { public_ip: "ip", planetary: true, mycelium: { network: "net", hex_seed: "00ff10203040" } })],
    ["logs", "zlogs", { zmachine: "vm", output: "redis://10.21.3.2:6379/logs" }],
  ],
  "light machine": [["vm", "zmachine-light", light()]],
  "light machine with mycelium, mount and env": [
    ["disk", "zmount", { size: GIB }],
    ["vm", "zmachine-light", light({ network: { mycelium: { network: "net", hex_seed: "010203040506" } }, mounts: [{ name: "disk", mountpoint: "/data" }], env: { z: "1", Z: "2" } })],
  ],
  "both addresses": [["ip", "ip", { v4: true, v6: true }], ["ip2", "ip", { v4: true, v6: false }]],
  "texts, version, signers": {
    version: 7, twin_id: 4294967295, metadata: "metadata ☃", description: "line\nline", expiration: 1700000000,
    requests: [{ twin_id: 4294967295, required: true, weight: 1 }, { twin_id: 9, required: false, weight: 20 }], weight_required: 21,
    workloads: [["disk", "zmount", { size: 10 * 1024 ** 4 }, { version: 7, metadata: "é", description: '"quoted"' }]],
  },
};

const vectors = Object.entries(cases).map(([name, given]) => {
  const more = Array.isArray(given) ? { workloads: given } : given;
  const twin_id = more.twin_id ?? 143;
  const deployment = {
    version: more.version ?? 0,
    twin_id,
    contract_id: 0,
    expiration: more.expiration ?? 0,
    metadata: more.metadata ?? "",
    description: more.description ?? "",
    workloads: more.workloads.map(([name, type, data, rest = {}]) => ({ version: 0, name, type, data, metadata: "", description: "", ...rest })),
    signature_requirement: {
      requests: more.requests ?? [{ twin_id, required: false, weight: 1 }],
      weight_required: more.weight_required ?? 1,
      signatures: [],
      signature_style: "",
    },
  };
  const typed = structuredClone(deployment);
  typed.workloads.forEach((w) => (w.data.__type = w.type));
  const instance = plainToInstance(zos.Deployment, typed, { excludeExtraneousValues: true });
  return { name, deployment, challenge: instance.challenge(), md5: instance.challenge_hash() };
});
console.log(JSON.stringify({ made_by: "tests/oracle/deployments.mjs, with npm @threefold/grid_client 2.9.2", vectors }, null, 1));
