// What the published client makes of plans: `[{ order, sent }]` in, `[{ read, built }]` out.
//
// `sent` are deployments as we send them, read by its classes. `order` says the same in people's units;
// of it, its own makers (`primitives`) build the deployments anew.
import { given, end, require } from "./clients.mjs";

const g = require("@threefold/grid_client");
const { plainToInstance } = require("class-transformer");

const hashed = (deployment) => ({ challenge: deployment.challenge(), md5: deployment.challenge_hash() });

const read = (sent) => {
  const typed = structuredClone(sent);
  // How it tells the kinds apart; it adds the same to what comes from nodes (`primitives/deployment`).
  for (const workload of typed.workloads) workload.data.__type = workload.type;
  const deployment = plainToInstance(g.Deployment, typed, { excludeExtraneousValues: true });
  g.validateObject(deployment);
  return hashed(deployment);
};

const network = (name, range, part, peer, mycelium) => {
  const other = Object.assign(new g.Peer(), {
    subnet: peer.subnet,
    wireguard_public_key: peer.public_key,
    allowed_ips: [peer.subnet, peer.tunnel],
    endpoint: peer.endpoint,
  });
  const data = new g.Znet();
  data.ip_range = range;
  data.subnet = part.subnet;
  data.wireguard_private_key = part.private_key;
  data.wireguard_listen_port = part.port;
  data.peers = [other];
  if (mycelium) data.mycelium = Object.assign(new g.Mycelium(), { hex_key: mycelium, peers: [] });
  const workload = new g.Workload();
  workload.version = 0;
  workload.name = name;
  workload.type = g.WorkloadTypes.network;
  workload.data = data;
  workload.metadata = "";
  workload.description = "";
  return workload;
};

const built = (order) => {
  const { name, net, size, machine, gateway, twin } = order;
  const make = new g.DeploymentFactory({ twinId: twin });
  const metadata = (type, of) => JSON.stringify({ version: 3, type, name: of, projectName: `peertube/${order.project}` });
  const env = { PEERTUBE_WEBSERVER_HOSTNAME: order.host, PT_INITIAL_ROOT_PASSWORD: order.password };
  if (order.ssh_key) env.SSH_KEY = order.ssh_key;

  const disks = new g.DiskPrimitive();
  const vm = make.create([
    network(net.name, net.range, machine, gateway, net.mycelium_key),
    new g.PublicIPPrimitive().create(`${name}_ip`, "", "", 0, false, true),
    disks.create(size.disk_gib, `${name}_data`),
    new g.VMPrimitive().create(
      name, order.flist, size.cpu, size.memory_gib * 1024, size.root_gib, [disks.createMount(`${name}_data`, "/data")],
      net.name, machine.ip, false, true, net.mycelium_seed, `${name}_ip`, order.entrypoint, env,
    ),
  ], 0, metadata("vm", name));

  const proxies = new g.GWPrimitive();
  const backends = [`http://${machine.ip}:9000`];
  const proxy = gateway.fqdn
    ? proxies.createFQDN(order.host, false, backends, name, net.name)
    : proxies.createName(order.project, false, backends, net.name);
  proxy.name = name;
  const gw = make.create([network(net.name, net.range, gateway, machine), proxy], 0, metadata("gateway", order.project));
  return [hashed(vm), hashed(gw)];
};

end(given.map(({ order, sent }) => ({ read: sent.map(read), built: built(order) })));
