//! What nodes see of the chain: contracts. And who is verified.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use tfgrid::deployment::Deployment;

/// Contracts. Clones are the same ledger.
#[derive(Clone, Default)]
pub struct Ledger(Arc<Mutex<Contracts>>);

#[derive(Default)]
struct Contracts {
    last: u64,
    nodes: BTreeMap<u64, NodeContract>,
    names: BTreeMap<String, u32>,
    garbled: bool,
}

/// A contract for a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeContract {
    /// Who pays.
    pub twin: u32,
    /// Which node.
    pub node: u32,
    /// 32 hex digits.
    pub hash: String,
}

impl Ledger {
    /// A contract as the chain makes it.
    pub fn create(&self, contract: NodeContract) -> u64 {
        let mut inside = self.0.lock().unwrap();
        inside.last += 1;
        let id = inside.last;
        inside.nodes.insert(id, contract);
        id
    }

    /// A contract for this deployment on that node; its id is set in the deployment too.
    pub fn create_for(&self, deployment: &mut Deployment, node: u32) -> u64 {
        deployment.contract_id = self.create(NodeContract {
            twin: deployment.twin_id,
            node,
            hash: deployment.hash().to_string(),
        });
        deployment.contract_id
    }

    /// The contract gets the hash of a deployment's next version.
    pub fn update_for(&self, deployment: &Deployment) {
        let mut inside = self.0.lock().unwrap();
        let contract = inside.nodes.get_mut(&deployment.contract_id);
        contract.expect("a contract").hash = deployment.hash().to_string();
    }

    /// A contract with this number, in place of whatever it was: for a chain that lives elsewhere.
    pub fn set(&self, id: u64, contract: NodeContract) {
        let mut inside = self.0.lock().unwrap();
        inside.last = inside.last.max(id);
        inside.nodes.insert(id, contract);
    }

    /// All contracts there are, as a chain that lives elsewhere has them now.
    pub fn replace(&self, nodes: BTreeMap<u64, NodeContract>, names: BTreeMap<String, u32>) {
        let mut inside = self.0.lock().unwrap();
        (inside.nodes, inside.names) = (nodes, names);
    }

    /// From now on nodes read another hash than was written, or no longer.
    pub fn garble(&self, garbled: bool) {
        self.0.lock().unwrap().garbled = garbled;
    }

    /// The contract is over.
    pub fn cancel(&self, id: u64) {
        self.0.lock().unwrap().nodes.remove(&id);
    }

    /// Reserves a name for a twin.
    pub fn reserve(&self, name: &str, twin: u32) {
        self.0.lock().unwrap().names.insert(name.to_owned(), twin);
    }

    /// Gives a name back.
    pub fn release(&self, name: &str) {
        self.0.lock().unwrap().names.remove(name);
    }

    /// A node contract that is not over.
    pub fn node_contract(&self, id: u64) -> Option<NodeContract> {
        let inside = self.0.lock().unwrap();
        let mut contract = inside.nodes.get(&id).cloned()?;
        if inside.garbled {
            contract.hash = contract.hash.chars().rev().collect();
        }
        Some(contract)
    }

    /// Whose name it is.
    pub fn owner(&self, name: &str) -> Option<u32> {
        self.0.lock().unwrap().names.get(name).copied()
    }
}

/// Who is verified. Clones are the same list.
#[derive(Clone, Default)]
pub struct Verified(Arc<Mutex<Verifications>>);

#[derive(Default)]
struct Verifications {
    twins: BTreeSet<u32>,
    down: bool,
}

impl Verified {
    /// The twin's owner has proven who he is.
    pub fn add(&self, twin: u32) {
        self.0.lock().unwrap().twins.insert(twin);
    }

    /// Not any more.
    pub fn remove(&self, twin: u32) {
        self.0.lock().unwrap().twins.remove(&twin);
    }

    /// The service does not answer from now on, or does again.
    pub fn down(&self, down: bool) {
        self.0.lock().unwrap().down = down;
    }

    /// `None` when the service is down.
    pub fn knows(&self, twin: u32) -> Option<bool> {
        let inside = self.0.lock().unwrap();
        (!inside.down).then(|| inside.twins.contains(&twin))
    }
}
