//! A node: its commands, and the order and the words in which it refuses
//! (zosbase:pkg/zos_api, pkg/provision/engine.go).

mod hardware;
mod store;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use serde_json::{Value, json};
use tfgrid::deployment::{Deployment, PublicIp, State, Workload, WorkloadData};

pub use hardware::Hardware;

use crate::{Book, Handler, Ledger, Reply, Verified};
use store::{Store, Stored, Words, finish, is_active};

/// A node's handler. Clones are the same node.
///
/// What was sent is stored at once and worked on later: when somebody looks, unless it is stalled.
#[derive(Clone)]
pub struct Zos(Arc<Inside>);

struct Inside {
    hardware: Hardware,
    book: Book,
    ledger: Ledger,
    verified: Verified,
    store: Mutex<Store>,
}

impl Zos {
    /// A node that sees this chain and that verification service.
    pub fn new(hardware: Hardware, book: &Book, ledger: &Ledger, verified: &Verified) -> Self {
        Self(Arc::new(Inside {
            hardware,
            book: book.clone(),
            ledger: ledger.clone(),
            verified: verified.clone(),
            store: Mutex::default(),
        }))
    }

    /// Stores, but works on nothing from now on; or works again.
    pub fn stall(&self, stalled: bool) {
        self.store().stalled = stalled;
    }

    /// Workloads of this kind fail with these words from now on.
    pub fn spoil(&self, kind: &str, words: &str) {
        self.store().spoiled.insert(kind.into(), words.into());
    }

    /// The contracts whose deployments it has and has not removed.
    pub fn contracts(&self) -> Vec<u64> {
        let mut store = self.store();
        self.work(&mut store);
        let live = store.deployments.iter().filter(|(_, s)| is_active(s));
        live.map(|(contract, _)| *contract).collect()
    }

    /// Those deployments, as they were sent.
    pub fn deployments(&self) -> Vec<Deployment> {
        let mut store = self.store();
        self.work(&mut store);
        let live = store.deployments.values().filter(|s| is_active(s));
        live.map(|stored| stored.deployment.clone()).collect()
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        self.0.store.lock().unwrap()
    }

    /// `CreateOrUpdate`.
    fn take(&self, from: u32, payload: &[u8], update: bool) -> Result<Value, Words> {
        let text = std::str::from_utf8(payload).map_err(|e| e.to_string())?;
        let deployment = Deployment::from_json(text).map_err(|e| e.to_string())?;
        deployment.check().map_err(|e| e.to_string())?;
        let owner = deployment.twin_id;
        if owner != from {
            return Err(format!(
                "twin id mismatch (deployment: {owner}, message: {from})"
            ));
        }
        match self.0.verified.knows(from) {
            None => return Err("failed to get twin verification status".into()),
            Some(false) => return Err(format!("user with twin id {from} is not verified")),
            Some(true) => {}
        }
        self.check_signatures(&deployment)?;
        let mut store = self.store();
        self.work(&mut store);
        if update {
            store::replace(&mut store, deployment)?;
        } else {
            store::create(&mut store, deployment)?;
        }
        Ok(Value::Null)
    }

    fn check_signatures(&self, deployment: &Deployment) -> Result<(), Words> {
        let requirement = &deployment.signature_requirement;
        for request in &requirement.requests {
            let twin = request.twin_id;
            if !requirement.signatures.iter().any(|s| s.twin_id == twin) {
                return Err(format!("missing required signature for twin '{twin}'"));
            }
        }
        let account = |twin| self.0.book.account(twin);
        deployment
            .verify(account)
            .map_err(|_| "failed to verify signature".into())
    }

    /// What a node does in its own time: compares with the contracts, and provisions.
    fn work(&self, store: &mut Store) {
        if store.stalled {
            return;
        }
        for (contract, stored) in &mut store.deployments {
            if std::mem::take(&mut stored.pending) {
                let verdict = self.against_the_contract(&stored.deployment);
                self.provision(stored, verdict, &store.spoiled);
            } else if self.0.ledger.node_contract(*contract).is_none() && is_active(stored) {
                finish(stored, |_| (State::Deleted, String::new(), Value::Null));
            }
        }
    }

    fn against_the_contract(&self, deployment: &Deployment) -> Result<(), Words> {
        let contract = self.0.ledger.node_contract(deployment.contract_id);
        let contract = contract.ok_or("failed to get deployment contract: object not found")?;
        if contract.node != self.0.hardware.node {
            return Err("invalid node address in contract".into());
        }
        if contract.hash != deployment.hash().to_string() {
            return Err("contract hash does not match deployment hash".into());
        }
        Ok(())
    }

    /// A contract that does not agree fails every workload.
    fn provision(
        &self,
        stored: &mut Stored,
        verdict: Result<(), Words>,
        spoiled: &BTreeMap<String, String>,
    ) {
        let (contract, twin) = (stored.deployment.contract_id, stored.deployment.twin_id);
        let needed = stored.deployment.resources();
        finish(stored, |workload| {
            let done = verdict.clone().and_then(|()| {
                let kind = workload.data.kind().name();
                if let Some(words) = spoiled.get(kind) {
                    return Err(words.clone());
                }
                self.install(workload, contract, twin, needed.mru)
            });
            match done {
                Ok(data) => (State::Ok, String::new(), data),
                Err(words) => (State::Error, words, Value::Null),
            }
        });
    }

    fn install(
        &self,
        workload: &Workload,
        contract: u64,
        twin: u32,
        memory: u64,
    ) -> Result<Value, Words> {
        let id = format!("{twin}-{contract}-{}", workload.name);
        let hardware = &self.0.hardware;
        Ok(match &workload.data {
            WorkloadData::Zmount(_) => json!({ "volume_id": id }),
            WorkloadData::Volume(_) => json!({ "id": id }),
            WorkloadData::Ip(PublicIp { v6, .. }) => {
                if *v6 && !hardware.ipv6 {
                    return Err("no public ipv6 found".into());
                }
                let address = format!("2001:db8:{:x}::{contract:x}/64", hardware.node);
                json!({ "ip": "", "ip6": if *v6 { &*address } else { "" }, "gateway": "" })
            }
            WorkloadData::Zmachine(machine) => {
                if memory > hardware.memory {
                    return Err(format!(
                        "failed to satisfy required capacity: cannot fulfil required memory size \
                         {memory} bytes out of usable {} bytes",
                        hardware.memory
                    ));
                }
                let ip = machine.network.interfaces.first().map(|i| i.ip.to_string());
                json!({ "id": id, "ip": ip, "planetary_ip": "", "mycelium_ip": "",
                    "console_url": "10.20.2.0:20002" })
            }
            WorkloadData::GatewayName(proxy) => {
                let Some(domain) = &hardware.domain else {
                    return Err("gateway is not supported on this node".into());
                };
                match self.0.ledger.owner(&proxy.name) {
                    None => {
                        return Err(
                            "a name contract with the given name must be reserved first".into()
                        );
                    }
                    Some(owner) if owner != twin => return Err("twin id mismatch".into()),
                    Some(_) => json!({ "fqdn": format!("{}.{domain}", proxy.name) }),
                }
            }
            WorkloadData::GatewayFqdn(_) => json!({}),
            _ => Value::Null,
        })
    }

    fn answer(&self, from: u32, command: &str, payload: &[u8]) -> Result<Value, Words> {
        let hardware = &self.0.hardware;
        match command {
            "zos.system.version" => Ok(json!({ "zos": "3.17.1", "zinit": "0.2.25" })),
            "zos.system.node_features_get" => Ok(json!([
                "zmount",
                "zdb",
                "volume",
                "ipv4",
                "ip",
                "gateway-name-proxy",
                "gateway-fqdn-proxy",
                "qsfs",
                "zlogs",
                "network",
                "zmachine",
                "wireguard",
                "yggdrasil",
                "mycelium",
            ])),
            "zos.statistics.get" => Ok(self.statistics()),
            "zos.storage.pools" => Ok(json!([
                { "name": "0b7c", "type": "ssd", "size": hardware.ssd, "used": 0 },
            ])),
            "zos.network.list_wg_ports" => Ok(self.ports()),
            "zos.network.has_ipv6" if hardware.ipv6 => Ok(json!(true)),
            "zos.network.has_ipv6" => Err("no public ipv6 found".into()),
            "zos.network.public_config_get" => match &hardware.domain {
                Some(domain) => Ok(json!({
                    "type": "", "ipv4": "185.206.122.33/24", "gw4": "185.206.122.1",
                    "ipv6": "2a10:b600::33/64", "gw6": "fe80::1", "domain": domain,
                })),
                None => Err("no public configuration".into()),
            },
            "zos.network.list_private_ips" => self.private_ips(from, payload),
            "zos.deployment.deploy" => self.take(from, payload, false),
            "zos.deployment.update" => self.take(from, payload, true),
            "zos.deployment.delete" => {
                Err("deletion over the api is disabled, please cancel your contract instead".into())
            }
            "zos.deployment.get" => self.stored(from, payload, |s| json!(s.deployment)),
            "zos.deployment.changes" => self.stored(from, payload, |s| json!(s.history)),
            "zos.deployment.list" => {
                let mut store = self.store();
                self.work(&mut store);
                let ours = store.deployments.values();
                let ours = ours.filter(|s| s.deployment.twin_id == from && is_active(s));
                Ok(json!(ours.map(|s| &s.deployment).collect::<Vec<_>>()))
            }
            _ => Err("function is not found".into()),
        }
    }

    fn stored(
        &self,
        from: u32,
        payload: &[u8],
        tell: impl FnOnce(&Stored) -> Value,
    ) -> Result<Value, Words> {
        let asked: Value = serde_json::from_slice(payload).map_err(|e| e.to_string())?;
        let contract = asked["contract_id"].as_u64().unwrap_or_default();
        let mut store = self.store();
        self.work(&mut store);
        match store.deployments.get(&contract) {
            Some(stored) if stored.deployment.twin_id == from => Ok(tell(stored)),
            _ => Err("deployment not found".into()),
        }
    }

    fn statistics(&self) -> Value {
        let mut store = self.store();
        self.work(&mut store);
        let (mut memory, mut ssd, mut workloads) = (1_u64 << 30, 100_u64 << 30, 0);
        let live: Vec<&Stored> = store
            .deployments
            .values()
            .filter(|s| is_active(s))
            .collect();
        for stored in &live {
            let resources = stored.deployment.resources();
            memory += resources.mru;
            ssd += resources.sru;
            workloads += stored.deployment.workloads.len();
        }
        let hardware = &self.0.hardware;
        json!({
            "total": { "cru": 16, "mru": hardware.memory, "sru": hardware.ssd, "hru": 0, "ipv4u": 0 },
            "used": { "cru": 0, "mru": memory, "sru": ssd, "hru": 0, "ipv4u": 0 },
            "system": { "cru": 0, "mru": 1_u64 << 30, "sru": 100_u64 << 30, "hru": 0, "ipv4u": 0 },
            "users": { "deployments": live.len(), "workloads": workloads,
                "last_deployment_timestamp": 0 },
            "open_connections": 7,
        })
    }

    /// Go's `null` for an empty list.
    fn ports(&self) -> Value {
        let store = self.store();
        let live = store.deployments.values().filter(|s| is_active(s));
        let ports: Vec<u16> = live
            .flat_map(|s| &s.deployment.workloads)
            .filter_map(|w| match &w.data {
                WorkloadData::Network(network) => Some(network.wireguard_listen_port),
                _ => None,
            })
            .collect();
        if ports.is_empty() {
            Value::Null
        } else {
            json!(ports)
        }
    }

    fn private_ips(&self, from: u32, payload: &[u8]) -> Result<Value, Words> {
        let asked: Value = serde_json::from_slice(payload).map_err(|e| e.to_string())?;
        let network = asked["network_name"].as_str().unwrap_or_default();
        let store = self.store();
        let live = store.deployments.values().filter(|s| is_active(s));
        let ips: Vec<String> = live
            .filter(|s| s.deployment.twin_id == from)
            .flat_map(|s| &s.deployment.workloads)
            .filter_map(|w| match &w.data {
                WorkloadData::Zmachine(machine) => Some(&machine.network.interfaces),
                _ => None,
            })
            .flatten()
            .filter(|interface| interface.network == network)
            .map(|interface| interface.ip.to_string())
            .collect();
        Ok(json!(ips))
    }
}

#[async_trait]
impl Handler for Zos {
    async fn handle(&self, from: u32, command: &str, payload: &[u8]) -> Reply {
        match self.answer(from, command, payload) {
            Ok(value) => Reply::Answer(value),
            Err(words) => Reply::Refuse(0, words),
        }
    }
}
